export { createRun } from './engine/run.ts'
export type { BlockSummary, ModelFailure, ModelRun, StakerStatus, VoteSummary } from './modelRun.ts'
export { GENESIS_SLOT, ZERO_HASH } from './modelRun.ts'
export { printoutAfterStep, shortHash } from './output/printout.ts'
export { TraceDigest } from './output/traceDigest.ts'
export { type PythonValue, pythonJson } from './pythonJson.ts'
export { PythonRandom } from './pythonRandom.ts'
export { ReferenceRun } from './reference/run.ts'
export type { Fault, Latency, Link, OfflineSpan, Partition, Rules, Scenario, Span } from './scenario.ts'
export { DEFAULT_SCENARIO } from './scenario.ts'
export type { ScenarioInput } from './scenarioFields.ts'
export {
  checkScenario,
  parseScenario,
  resolveScenario,
  type ScenarioError,
  type ScenarioResult,
} from './scenarioFile.ts'
export { portableSha256, type StartSha256, type TextHash } from './sha256.ts'
export {
  addTo,
  type Histogram,
  type RunStatistics,
  StatisticsCollector,
  type Summary,
  summarise,
} from './statistics.ts'
