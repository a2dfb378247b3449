import { createHash } from 'node:crypto'
import { gossipMessageId as hashMessage } from '@trine/types'

/** The 20 bytes by which gossip knows a message: see `gossipMessageId` of @trine/types. */
export function gossipMessageId(topic: string, data: Uint8Array, domain?: Uint8Array): Uint8Array {
  return hashMessage(createHash('sha256'), topic, data, domain)
}
