export { defaultLimits, type NetworkLimits } from './limits.ts'
export { createNetwork, superviseNetwork } from './networkService.ts'
export type { ChainHeads, NetworkParts } from './parts.ts'
export { createPayloadCodec, createSharedPayloadCodec, type PayloadCodec } from './payloadCodec.ts'
export {
  BLOCKS_BY_ROOT_PROTOCOLS,
  LEAN_BLOCKS_BY_ROOT_PROTOCOLS,
  STATUS_PROTOCOLS,
  topicOf,
} from './protocols.ts'
export type { ScoreRules } from './scoreRules.ts'
