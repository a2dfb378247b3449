export { createValidatorClient, type ValidatorClient } from './createValidatorClient.ts'
export type { HttpError, HttpPort, HttpRequest, HttpResponse } from './http.ts'
export {
  type ClientLimits,
  DEFAULT_LIMITS,
  type NetworkFacts,
  type NodeEventsPort,
  type RemoteEventSink,
  type RemoteNode,
  type ValidatorClientParts,
} from './parts.ts'
