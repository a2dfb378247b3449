export type { Disappointment } from './expectations.ts'
export type { Violation } from './invariants.ts'
export { formatMoment, type Moment, parseMoment } from './moment.ts'
export type { NodeCounts } from './monitor.ts'
export type { Expectation, Fault, FaultKind, Scenario, SignatureMode, Topology } from './scenario.ts'
export {
  DEFAULT_SCENARIO,
  parseScenario,
  resolveScenario,
  type ScenarioInput,
  scenarioFields,
} from './scenarioFile.ts'
export { createSignatureKit, type SignatureKit } from './signatures.ts'
export { type NodeReport, type SimulateOptions, type SimulationReport, simulate } from './simulate.ts'
