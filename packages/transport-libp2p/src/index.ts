export { addressesOf, decodeNodeRecord, encodeNodeRecord, type NodeRecord } from './wire/enr.ts'
export type { WireError, WireErrorCode } from './wire/wireError.ts'
