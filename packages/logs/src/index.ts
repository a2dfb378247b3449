export { type BootFacts, bootPage } from './bootPage.ts'
export {
  COMPONENTS,
  type Component,
  isComponent,
  isLevel,
  LEVELS,
  type Level,
  type Levels,
  levelsOf,
  parseLevels,
} from './components.ts'
export { createLogs, type Logs, type LogsOptions } from './createLogs.ts'
export type { Line } from './line.ts'
