import { type Result, success } from '@trine/types'
import { crc32c } from './crc32c.ts'
import { type Pull, pullFrom, truncated } from './pull.ts'
import { compressBlock, decompressBlock, maxCompressedLength } from './snappyBlock.ts'
import { type WireError, wireFailure } from './wireError.ts'

/** The stream identifier chunk, with which every stream of frames begins. */
const STREAM_IDENTIFIER = Uint8Array.of(0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59)
const COMPRESSED = 0x00
const UNCOMPRESSED = 0x01
const FIRST_SKIPPABLE = 0x80
const IDENTIFIER = 0xff

/** Bytes of data in one frame at most. */
const FRAME_DATA = 65_536
const HEADER = 4
const CHECKSUM = 4

/** Longest stream of frames that honest encoders make of so many bytes. */
export function maxFramedLength(length: number): number {
  const frames = Math.ceil(length / FRAME_DATA)
  return STREAM_IDENTIFIER.length + frames * (HEADER + CHECKSUM + 32) + maxCompressedLength(length)
}

/** Snappy's framing format (google/snappy, framing_format.txt): stream identifier, then frames with CRC-32C. */
export function encodeFrames(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [STREAM_IDENTIFIER]
  for (let offset = 0; offset < bytes.length; offset += FRAME_DATA) {
    const data = bytes.subarray(offset, offset + FRAME_DATA)
    const compressed = compressBlock(data)
    const isSmaller = compressed.length < data.length
    const body = isSmaller ? compressed : data
    const head = new DataView(new ArrayBuffer(HEADER + CHECKSUM))
    head.setUint32(0, ((body.length + CHECKSUM) << 8) | (isSmaller ? COMPRESSED : UNCOMPRESSED), true)
    head.setUint32(HEADER, mask(crc32c(data)), true)
    parts.push(new Uint8Array(head.buffer), body)
  }
  return concat(parts)
}

/** Undoes `encodeFrames`, of a whole stream that becomes at most `maxLength` bytes. */
export function decodeFrames(bytes: Uint8Array, maxLength: number): Result<Uint8Array, WireError> {
  const decoder = pullFrames((_uncompressed, framed) => framed === bytes.length, maxLength)
  return pullFrom(decoder, bytes).result
}

/**
 * Reads frames until `isWhole` says so of the bytes got, uncompressed and framed; asked after the stream identifier and
 * after every frame. Takes no more memory than `maxLength` and one frame.
 */
export function* pullFrames(
  isWhole: (uncompressed: number, framed: number) => boolean,
  maxLength: number,
): Pull<Uint8Array> {
  const identifier = yield STREAM_IDENTIFIER.length
  if (identifier === undefined) return truncated('snappy frames', STREAM_IDENTIFIER.length)
  if (STREAM_IDENTIFIER.some((byte, index) => byte !== identifier[index])) {
    return wireFailure('MALFORMED', 'snappy frames: expected the stream identifier first')
  }
  const maxFramed = maxFramedLength(maxLength)
  const parts: Uint8Array[] = []
  let framed = STREAM_IDENTIFIER.length
  let uncompressed = 0
  while (!isWhole(uncompressed, framed)) {
    const header = yield HEADER
    if (header === undefined) return truncated('snappy frames', HEADER)
    const length = header[1]! | (header[2]! << 8) | (header[3]! << 16)
    framed += HEADER + length
    if (framed > maxFramed) {
      return wireFailure('TOO_LONG', `snappy frames: expected at most ${maxFramed} bytes, got ${framed}`)
    }
    const data = yield* pullFrame(header[0]!, length)
    if (!data.ok) return data
    uncompressed += data.value.length
    if (uncompressed > maxLength) {
      return wireFailure(
        'TOO_LONG',
        `snappy frames: expected at most ${maxLength} bytes, got ${uncompressed}`,
      )
    }
    if (data.value.length > 0) parts.push(data.value)
  }
  return success(parts.length === 1 ? parts[0]! : concat(parts))
}

/** The data of one frame whose header was read; none for a frame to be skipped. */
function* pullFrame(type: number, length: number): Pull<Uint8Array> {
  if (type === IDENTIFIER && length !== STREAM_IDENTIFIER.length - HEADER) {
    return wireFailure('MALFORMED', `snappy frames: expected a stream identifier of 6 bytes, got ${length}`)
  }
  const isData = type === COMPRESSED || type === UNCOMPRESSED
  if (!isData && type < FIRST_SKIPPABLE) {
    return wireFailure('MALFORMED', `snappy frames: expected a known type of frame, got ${type}`)
  }
  const longest = CHECKSUM + maxCompressedLength(FRAME_DATA)
  if (isData && (length < CHECKSUM || length > longest)) {
    return wireFailure('MALFORMED', `snappy frames: expected ${CHECKSUM} to ${longest} bytes, got ${length}`)
  }
  const body = yield length
  if (body === undefined) return truncated('snappy frames', length)
  if (!isData) return success(new Uint8Array(0))
  const data =
    type === COMPRESSED
      ? decompressBlock(body.subarray(CHECKSUM), FRAME_DATA)
      : success(body.subarray(CHECKSUM))
  if (!data.ok) return data
  if (data.value.length > FRAME_DATA) {
    return wireFailure(
      'TOO_LONG',
      `snappy frames: expected at most ${FRAME_DATA} bytes, got ${data.value.length}`,
    )
  }
  const expected = new DataView(body.buffer, body.byteOffset).getUint32(0, true)
  const actual = mask(crc32c(data.value))
  return expected === actual
    ? data
    : wireFailure('CHECKSUM', `snappy frames: expected checksum ${expected}, got ${actual}`)
}

/** The format stores checksums rotated and shifted, so that data which contain checksums do no harm. */
function mask(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}
