import type { Result } from '@trine/types'
import { type WireError, wireFailure } from './wireError.ts'

/**
 * A decoder that pulls its bytes: it yields how many it needs next and is given exactly so many, or `undefined` when the
 * bytes end before. The same decoder so reads from a buffer and from a stream.
 */
export type Pull<Value> = Generator<number, Result<Value, WireError>, Uint8Array | undefined>

/** What a decoder says when the bytes end before it has what it needs. */
export function truncated(what: string, needed: number): { readonly ok: false; readonly error: WireError } {
  return wireFailure('TRUNCATED', `${what}: expected ${needed} more bytes, got the end`)
}

/** Runs a decoder on bytes in memory, and says how many it took. */
export function pullFrom<Value>(
  decoder: Pull<Value>,
  bytes: Uint8Array,
  start = 0,
): { readonly result: Result<Value, WireError>; readonly end: number } {
  let offset = start
  let step = decoder.next()
  while (!step.done) {
    const end = offset + step.value
    const isThere = end <= bytes.length
    step = decoder.next(isThere ? bytes.subarray(offset, end) : undefined)
    offset = isThere ? end : bytes.length
  }
  return { result: step.value, end: offset }
}

/** Runs a decoder on bytes that it must take all of. */
export function pullAll<Value>(decoder: Pull<Value>, bytes: Uint8Array): Result<Value, WireError> {
  const { result, end } = pullFrom(decoder, bytes)
  if (!result.ok || end === bytes.length) return result
  return wireFailure('MALFORMED', `expected the end after ${end} bytes, got ${bytes.length - end} more`)
}
