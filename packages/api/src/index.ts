export { type Api, createApi, type Listen } from './createApi.ts'
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
export { readStaticFiles, type StaticFile, type StaticFiles } from './staticFiles.ts'
