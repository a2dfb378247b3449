import { ELEMENT_BYTES, HASH_LENGTH, RANDOMNESS_LENGTH } from './constants.ts'
import { areElements } from './field.ts'
import { failure, type Result, success } from './result.ts'
import type { Scheme, Signature } from './types.ts'

/**
 * How a signature stands in a block or on the wire; elements are canonical little-endian u32:
 * - `padded`: path, rho, hashes, then zeros up to 3116 bytes (leanSpec at 050fa4a1)
 * - `ssz`: the SSZ container {path: {siblings: List}, rho: Vector, hashes: List} (leanSpec from d6cec9b3)
 * - `ssz3112`: the same bytes as a fixed-size element of 3112 bytes, what devnet-1 clients sent; a scheme with shorter
 *   signatures has zeros after them
 */
export type SignatureEncoding = 'padded' | 'ssz3112' | 'ssz'

/**
 * Why bytes are no signature: `wrongLength`, `wrongOffset` (of the SSZ container), `notCanonical` (an element not below
 * P) or `paddingNotZero` (else one signature would have many encodings).
 */
export type SignatureDecodeErrorCode = 'wrongLength' | 'wrongOffset' | 'notCanonical' | 'paddingNotZero'

export interface SignatureDecodeError {
  readonly code: SignatureDecodeErrorCode
  readonly message: string
}

const PADDED_BYTES = 3116
const FIXED_SSZ_BYTES = 3112

const DIGEST_BYTES = HASH_LENGTH * ELEMENT_BYTES
const RHO_BYTES = RANDOMNESS_LENGTH * ELEMENT_BYTES
const OFFSET_BYTES = 4
/** Of the container's fixed part: path offset, rho, hashes offset. */
const SSZ_HEAD_BYTES = OFFSET_BYTES + RHO_BYTES + OFFSET_BYTES

/** Bytes of every signature of a scheme in an encoding. */
export function signatureBytes(scheme: Scheme, encoding: SignatureEncoding): number {
  if (encoding === 'ssz') return contentBytes(scheme, 'ssz')
  const fixed = encoding === 'padded' ? PADDED_BYTES : FIXED_SSZ_BYTES
  if (contentBytes(scheme, encoding) > fixed) {
    throw new RangeError(`signatures of scheme ${scheme.name} do not fit the ${fixed} bytes of ${encoding}`)
  }
  return fixed
}

/** Encodes a signature of the scheme. */
export function encodeSignature(
  scheme: Scheme,
  signature: Signature,
  encoding: SignatureEncoding,
): Uint8Array {
  const bytes = new Uint8Array(signatureBytes(scheme, encoding))
  const view = new DataView(bytes.buffer)
  const places = placesOf(scheme, encoding)
  for (const { at, value } of places.offsets) view.setUint32(at, value, true)
  for (const part of PARTS) {
    signature[part].forEach((element, index) => {
      view.setUint32(places[part] + index * ELEMENT_BYTES, element, true)
    })
  }
  return bytes
}

/** Decodes a signature; only what `encodeSignature` makes is accepted. */
export function decodeSignature(
  scheme: Scheme,
  bytes: Uint8Array,
  encoding: SignatureEncoding,
): Result<Signature, SignatureDecodeError> {
  const expected = signatureBytes(scheme, encoding)
  if (bytes.length !== expected) {
    return refuse('wrongLength', `signature (${encoding}): expected ${expected} bytes, got ${bytes.length}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const places = placesOf(scheme, encoding)
  for (const { at, value } of places.offsets) {
    const actual = view.getUint32(at, true)
    if (actual !== value) {
      return refuse(
        'wrongOffset',
        `signature (${encoding}): offset at byte ${at}: expected ${value}, got ${actual}`,
      )
    }
  }
  const read = (at: number, length: number) => {
    const elements = new Uint32Array(length)
    for (let index = 0; index < length; index++)
      elements[index] = view.getUint32(at + index * ELEMENT_BYTES, true)
    return elements
  }
  const signature: Signature = {
    path: read(places.path, scheme.logLifetime * HASH_LENGTH),
    rho: read(places.rho, RANDOMNESS_LENGTH),
    hashes: read(places.hashes, scheme.dimension * HASH_LENGTH),
  }
  for (const part of PARTS) {
    if (!areElements(signature[part])) {
      return refuse('notCanonical', `signature (${encoding}): ${part} holds a value that is not below P`)
    }
  }
  const padding = contentBytes(scheme, encoding)
  if (bytes.subarray(padding).some((byte) => byte !== 0)) {
    return refuse('paddingNotZero', `signature (${encoding}): expected zeros from byte ${padding} on`)
  }
  return success(signature)
}

const PARTS = ['path', 'rho', 'hashes'] as const

/** Bytes before any padding. */
function contentBytes({ logLifetime, dimension }: Scheme, encoding: SignatureEncoding): number {
  const elements = RHO_BYTES + (logLifetime + dimension) * DIGEST_BYTES
  return encoding === 'padded' ? elements : elements + 3 * OFFSET_BYTES
}

/** Where the parts begin, and the SSZ offsets: the path, itself a container of one list, begins with the offset 4. */
function placesOf({ logLifetime }: Scheme, encoding: SignatureEncoding) {
  const pathBytes = logLifetime * DIGEST_BYTES
  if (encoding === 'padded') return { path: 0, rho: pathBytes, hashes: pathBytes + RHO_BYTES, offsets: [] }
  const hashes = SSZ_HEAD_BYTES + OFFSET_BYTES + pathBytes
  return {
    path: SSZ_HEAD_BYTES + OFFSET_BYTES,
    rho: OFFSET_BYTES,
    hashes,
    offsets: [
      { at: 0, value: SSZ_HEAD_BYTES },
      { at: OFFSET_BYTES + RHO_BYTES, value: hashes },
      { at: SSZ_HEAD_BYTES, value: OFFSET_BYTES },
    ],
  }
}

const refuse = (code: SignatureDecodeErrorCode, message: string) => failure({ code, message })
