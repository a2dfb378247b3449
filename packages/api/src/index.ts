export {
  type ActionError,
  type ActionOutcome,
  type ActionReport,
  type AdminActions,
  LOG_LEVELS,
  type LogLevel,
} from './admin/adminActions.ts'
export { type AdminParts, createAdmin } from './admin/createAdmin.ts'
export { type Api, createApi } from './createApi.ts'
export { createEventHub, type EventHub, type EventSource } from './events/eventHub.ts'
export { TOPICS, type Topic } from './events/topics.ts'
export type { FailureCode } from './failure.ts'
export {
  type ApiIdentity,
  type ApiLimits,
  type ApiParts,
  type ApiRefs,
  DEFAULT_API_LIMITS,
} from './parts.ts'
export type { Listen } from './server.ts'
export { readStaticFiles, type StaticFile, type StaticFiles } from './staticFiles.ts'
export type {
  DriverCheckpoint,
  StepReport,
  StoreSnapshot,
  TestDriver,
  TransitionReport,
  VerificationReport,
} from './testDriver.ts'
