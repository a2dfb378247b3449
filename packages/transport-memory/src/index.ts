export { checkConditions, GOOD_LINK, type Latency, type LinkConditions } from './conditions.ts'
export type { LinkFigures } from './link.ts'
export { gossipMessageId } from './messageId.ts'
export {
  createMemoryNetwork,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  type NetworkTiming,
  type TransportOptions,
} from './network.ts'
