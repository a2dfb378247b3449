import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { MessageId } from '@trine/messages'

const VALID_DOMAIN = Uint8Array.of(1, 0, 0, 0)

/**
 * The protocol's id of a gossip message whose payload decompressed: the first 20 bytes of SHA-256 over the domain
 * 0x01000000, the topic's length as uint64 little-endian, the topic, the payload. Source: leanSpec networking, gossipsub.
 */
export function gossipMessageId(topic: string, payload: Uint8Array): MessageId {
  const topicBytes = utf8ToBytes(topic)
  const length = new Uint8Array(8)
  new DataView(length.buffer).setUint32(0, topicBytes.length, true)
  const digest = sha256
    .create()
    .update(VALID_DOMAIN)
    .update(length)
    .update(topicBytes)
    .update(payload)
    .digest()
  return bytesToHex(digest.subarray(0, 20))
}
