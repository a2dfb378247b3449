export {
  COMPARED,
  COMPARED_SLOTS,
  type Compared,
  type ComparedSlot,
  type Comparison,
  compareSources,
  type Difference,
  differingSettings,
  type StatusSource,
  sourceOfRun,
} from './compare.ts'
export { createRun } from './engine/run.ts'
export type { BlockSummary, ModelFailure, ModelRun, StakerStatus, VoteSummary } from './modelRun.ts'
export { GENESIS_SLOT, ZERO_HASH } from './modelRun.ts'
export { printoutAfterStep, shortHash } from './output/printout.ts'
export { plainScenario, recordsHead, recordsTail, stepRecord } from './output/records.ts'
export { TraceDigest } from './output/traceDigest.ts'
export { frameAt } from './picture/frame.ts'
export { Recorder, type Recording, type Track } from './picture/recording.ts'
export { standaloneStyle } from './picture/style.ts'
export { drawTree } from './picture/tree.ts'
export { type PythonValue, pythonJson } from './pythonJson.ts'
export { PythonRandom } from './pythonRandom.ts'
export { recordedSource } from './recordedRun.ts'
export { ReferenceRun } from './reference/run.ts'
export { justifiableSlots, votesToJustify } from './rules.ts'
export type { Fault, Latency, Link, OfflineSpan, Partition, Rules, Scenario, Span } from './scenario.ts'
export { DEFAULT_SCENARIO } from './scenario.ts'
export { MAX_STAKERS, MAX_STEPS, type ScenarioInput } from './scenarioFields.ts'
export {
  checkScenario,
  parseScenario,
  resolveScenario,
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
