/** The domains of message ids: whether the data of the message decompressed. */
const VALID_SNAPPY: Uint8Array = Uint8Array.of(1, 0, 0, 0)
export const INVALID_SNAPPY: Uint8Array = Uint8Array.of(0, 0, 0, 0)

/** A SHA-256 that has begun: of node:crypto, or of @noble/hashes where there is no node. */
export type Sha256 = { update(bytes: Uint8Array): unknown; digest(): Uint8Array }

/**
 * The 20 bytes by which gossip knows a message: the first of SHA-256 over the domain, the topic's length as uint64
 * little-endian, the topic in UTF-8, and the data (decompressed where they decompress). Source: leanSpec, gossipsub.
 */
export function gossipMessageId(
  sha256: Sha256,
  topic: string,
  data: Uint8Array,
  domain: Uint8Array = VALID_SNAPPY,
): Uint8Array {
  const topicBytes = new TextEncoder().encode(topic)
  const length = new Uint8Array(8)
  new DataView(length.buffer).setUint32(0, topicBytes.length, true)
  for (const part of [domain, length, topicBytes, data]) sha256.update(part)
  return sha256.digest().subarray(0, 20)
}
