import { type Result, success } from '@trine/types'
import { compressSync, uncompressSync } from 'snappy'
import { decodeVarint } from './varint.ts'
import { type WireError, wireFailure } from './wireError.ts'

/** Longest compressed form of so many bytes: snappy's own bound. */
export function maxCompressedLength(length: number): number {
  return 32 + length + Math.floor(length / 6)
}

/** Snappy's block format, "raw": varint of the length, then the compressed data. */
export function compressBlock(bytes: Uint8Array): Uint8Array {
  return compressSync(bytes)
}

/** How long compressed data say they are, bytes; 0 when they say nothing. */
export function declaredLength(bytes: Uint8Array): number {
  const declared = decodeVarint(bytes)
  return declared.ok ? Number(declared.value.value) : 0
}

/**
 * Undoes `compressBlock`. The declared length is checked against `maxLength` (bytes) before memory is taken for it, and
 * against what so few compressed bytes can become.
 */
export function decompressBlock(bytes: Uint8Array, maxLength: number): Result<Uint8Array, WireError> {
  const declared = decodeVarint(bytes)
  if (!declared.ok) return declared
  const { value, length } = declared.value
  if (value > maxLength) {
    return wireFailure('TOO_LONG', `snappy: expected at most ${maxLength} bytes, got ${value}`)
  }
  // The densest element, a copy of 64 bytes, takes 3 bytes.
  const most = Math.floor((64 * (bytes.length - length)) / 3)
  if (value > most) {
    return wireFailure('MALFORMED', `snappy: expected at most ${most} bytes of ${bytes.length}, got ${value}`)
  }
  try {
    return success(uncompressSync(bytes, { asBuffer: true }) as Uint8Array)
  } catch (error) {
    return wireFailure('MALFORMED', `snappy: ${error instanceof Error ? error.message : error}`)
  }
}
