export {
  type ActorHandle,
  type ActorSystem,
  type ActorSystemOptions,
  createActorSystem,
} from './actorSystem.ts'
export { Channel } from './channel.ts'
export type {
  ActorContext,
  Behaviour,
  Decision,
  Expectation,
  Failure,
  FailureReport,
  JobId,
  Start,
  Supervise,
  ToMessage,
} from './context.ts'
export type { StopReport } from './ending.ts'
export type { ActorFigures, LaneFigures, OverfullLane } from './figures.ts'
export { type Journal, type JournalEntry, journalsTogether, RingJournal } from './journal.ts'
export { decodeJournalEntry, encodeJournalEntry, type JournalDecodeError } from './journalText.ts'
export { defineLanes, type LaneOptions, type LaneTable } from './lanes.ts'
export type {
  AnswerOf,
  AskError,
  AskErrorCode,
  AskKind,
  AskResult,
  Message,
  MessageOf,
  Question,
  Ref,
  Reply,
} from './message.ts'
export { Outbox } from './outbox.ts'
export { createRandom, type Random } from './random.ts'
export { createReplay, type Instant, type Replay, replay } from './replay.ts'
export { type AskOptions, ask, awaitReply } from './reply.ts'
export type { Runnable, Scheduler, Timer, WorkOutcome } from './scheduler.ts'
export { createSkewedScheduler, type SkewedScheduler } from './skewedScheduler.ts'
export { createSystemScheduler } from './systemScheduler.ts'
export { createTraceDigest, type TraceDigest } from './traceDigest.ts'
export type { TraceHash } from './traceEncoder.ts'
export { VirtualScheduler } from './virtualScheduler.ts'
