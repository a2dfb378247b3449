export { createLibp2pTransport, type Libp2pTransport } from './libp2pTransport.ts'
export {
  defaultTransportLimits,
  type Libp2pTransportOptions,
  type StaticPeer,
  type TransportLimits,
} from './options.ts'
export { addressesOf, decodeNodeRecord, encodeNodeRecord, type NodeRecord } from './wire/enr.ts'
export type { WireError, WireErrorCode } from './wire/wireError.ts'
