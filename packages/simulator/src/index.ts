export type { Disappointment, DisappointmentKind } from './expectations.ts'
export { type FollowReport, followRecording, type Recording } from './followRecording.ts'
export { type ForkChoiceVector, VectorRecorder, type VectorStep } from './forkChoiceVector.ts'
export type { Violation, ViolationKind } from './invariants.ts'
export { formatMoment, type Moment, momentOf, parseMoment } from './moment.ts'
export type { NodeCounts } from './monitor.ts'
export type { RecordedMessage } from './recordedTransport.ts'
export type { Expectation, Fault, Scenario, SignatureMode, Topology } from './scenario.ts'
export {
  DEFAULT_SCENARIO,
  parseScenario,
  resolveScenario,
  type ScenarioInput,
  scenarioFields,
} from './scenarioFile.ts'
export { writeScenario } from './scenarioText.ts'
export { type Failure, failureOf } from './shrink/failure.ts'
export { type ShrinkOptions, type ShrinkProgress, type Shrunk, shrinkScenario } from './shrink/shrink.ts'
export { createSignatureKit, type SignatureKit } from './signatures.ts'
export { type NodeReport, type SimulateOptions, type SimulationReport, simulate } from './simulate.ts'
export { StoreMirror } from './storeMirror.ts'
export { type JournalHeader, readJournalHeader } from './timeTravel/journalHeader.ts'
export type { NodeView, ServicesView, VoteView } from './timeTravel/nodeView.ts'
export { rebuildNodes } from './timeTravel/rebuild.ts'
export { verifyItems } from './xmssKit.ts'
