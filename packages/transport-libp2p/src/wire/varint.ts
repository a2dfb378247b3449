import { type Result, success } from '@trine/types'
import { type WireError, wireFailure } from './wireError.ts'

/** A uint64 takes at most so many bytes. */
export const MAX_VARINT_LENGTH = 10

const UINT64_END = 2n ** 64n

/** Unsigned LEB128 of a uint64, as protocol buffers have it: 7 bits a byte, low first. */
export function encodeVarint(value: number | bigint): Uint8Array {
  let rest = BigInt(value)
  if (rest < 0n || rest >= UINT64_END) throw new RangeError(`varint: expected a uint64, got ${value}`)
  const bytes: number[] = []
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.of(...bytes, Number(rest))
}

/** The value at an offset, and how many bytes it takes there. More than 10 bytes or 64 bits are `MALFORMED`. */
export function decodeVarint(
  bytes: Uint8Array,
  offset = 0,
): Result<{ readonly value: bigint; readonly length: number }, WireError> {
  let value = 0n
  for (let length = 1; length <= MAX_VARINT_LENGTH; length++) {
    const byte = bytes[offset + length - 1]
    if (byte === undefined) {
      return wireFailure('TRUNCATED', `varint: expected a byte without continuation, got ${length - 1} with`)
    }
    value |= BigInt(byte & 0x7f) << BigInt(7 * (length - 1))
    if (byte >= 0x80) continue
    return value < UINT64_END
      ? success({ value, length })
      : wireFailure('MALFORMED', `varint: expected at most 64 bits, got ${value}`)
  }
  return wireFailure('MALFORMED', `varint: expected at most ${MAX_VARINT_LENGTH} bytes, got more`)
}
