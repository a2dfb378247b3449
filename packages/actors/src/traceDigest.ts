import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Journal } from './journal.ts'
import { Shape, TraceEncoder, type TraceHash } from './traceEncoder.ts'

/** Bytes collected before they are hashed. */
const HASH_AT = 1 << 15

export type TraceDigest = Journal & {
  /** Entries recorded so far. */
  readonly messages: number
  /** SHA-256, as hex, over all that was recorded. Nothing can be recorded afterwards. */
  digest(): string
}

/**
 * A journal that keeps nothing but a digest: two runs with the same digest handled the same messages in the same order
 * at the same times. `startHash` begins a SHA-256; node:crypto's is many times faster than the portable one.
 */
export function createTraceDigest(startHash: () => TraceHash = () => sha256.create()): TraceDigest {
  const hash = startHash()
  const encoder = new TraceEncoder(startHash)
  const shapes = new Map<string, Shape>()
  let messages = 0
  let digest: string | undefined
  return {
    get messages() {
      return messages
    },
    record(time, actor, message) {
      if (digest !== undefined) throw new Error('trace digest: nothing can be recorded after digest()')
      encoder.number(time)
      encoder.name(actor)
      let shape = shapes.get(message.type)
      if (shape === undefined) {
        shape = new Shape()
        shapes.set(message.type, shape)
      }
      encoder.fields(message, shape)
      messages += 1
      if (encoder.length >= HASH_AT) hash.update(encoder.drain())
    },
    digest() {
      if (digest === undefined) {
        hash.update(encoder.drain())
        digest = bytesToHex(hash.digest())
      }
      return digest
    },
  }
}
