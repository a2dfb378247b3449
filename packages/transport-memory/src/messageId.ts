import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { MessageId } from '@trine/messages'
import { gossipMessageId as hashMessage } from '@trine/types'

/** The protocol's id of a gossip message whose payload decompressed. */
export function gossipMessageId(topic: string, payload: Uint8Array): MessageId {
  return bytesToHex(hashMessage(sha256.create(), topic, payload))
}
