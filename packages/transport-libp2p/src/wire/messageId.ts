import { createHash } from 'node:crypto'

/** Domains of message ids: whether the data of the message decompressed. */
export const VALID_SNAPPY: Uint8Array = Uint8Array.of(1, 0, 0, 0)
export const INVALID_SNAPPY: Uint8Array = Uint8Array.of(0, 0, 0, 0)

/**
 * The 20 bytes by which gossip knows a message: the first of SHA-256 over the domain, the topic's length as uint64
 * little-endian, the topic in UTF-8, and the data (decompressed where they decompress). Source: leanSpec, gossipsub.
 */
export function gossipMessageId(topic: string, data: Uint8Array, domain = VALID_SNAPPY): Uint8Array {
  const topicBytes = new TextEncoder().encode(topic)
  const length = new Uint8Array(8)
  new DataView(length.buffer).setUint32(0, topicBytes.length, true)
  const digest = createHash('sha256').update(domain).update(length).update(topicBytes).update(data).digest()
  return digest.subarray(0, 20)
}
