export { decodeChunks, decodeRequest, encodeChunk, encodeRequest } from './chunks.ts'
export {
  addressesOf,
  decodeNodeRecord,
  encodeNodeRecord,
  type NodeRecord,
  readNodeRecord,
  readNodeRecordRlp,
} from './enr.ts'
export { gossipMessageId } from './messageId.ts'
export { encodePublicKey, type PeerKeyType, peerIdOf } from './peerId.ts'
export { compressBlock, decompressBlock } from './snappyBlock.ts'
export { decodeFrames, encodeFrames } from './snappyFrames.ts'
export { decodeVarint, encodeVarint } from './varint.ts'
export type { WireError, WireErrorCode } from './wireError.ts'
