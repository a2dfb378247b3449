import type { Type } from '@chainsafe/ssz'
import { failure, type Result, success } from './result.ts'

/** Why bytes are not an SSZ encoding of the type they should be. */
export type DecodeError =
  | {
      readonly code: 'SSZ_SIZE'
      readonly type: string
      readonly actual: number
      readonly minimum: number
      readonly maximum: number
    }
  | { readonly code: 'SSZ_INVALID'; readonly type: string; readonly reason: string }

/**
 * Decodes SSZ bytes into a plain value.
 *
 * The size is compared with what the type allows before anything is read, and what is allocated is in proportion to the
 * bytes given. Only what encoding the value gives is accepted: of the types here each value has one encoding, since the
 * library takes offsets, lengths and padding bits only where they must be (the fuzzer re-encodes all that it gets in).
 * The value keeps no reference to the bytes.
 */
export function decode<Value>(type: Type<Value>, bytes: Uint8Array): Result<Value, DecodeError> {
  return read(type, bytes, () => type.deserialize(bytes))
}

/** As `decode`, into the tree-backed view of a composite type. */
export function decodeToView<View>(
  type: Type<unknown> & { deserializeToViewDU(bytes: Uint8Array): View },
  bytes: Uint8Array,
): Result<View, DecodeError> {
  return read(type, bytes, () => type.deserializeToViewDU(bytes))
}

function read<Decoded>(
  { typeName, minSize, maxSize }: Type<unknown>,
  { length }: Uint8Array,
  readBytes: () => Decoded,
): Result<Decoded, DecodeError> {
  if (length < minSize || length > maxSize) {
    return failure({ code: 'SSZ_SIZE', type: typeName, actual: length, minimum: minSize, maximum: maxSize })
  }
  try {
    return success(readBytes())
  } catch (error) {
    // The library throws plain errors; every one of them speaks of the bytes.
    return failure({ code: 'SSZ_INVALID', type: typeName, reason: (error as Error).message })
  }
}

/** The error as one line: type, what was expected, what came. */
export function describeDecodeError(error: DecodeError): string {
  switch (error.code) {
    case 'SSZ_SIZE':
      return `${error.type}: expected ${error.minimum} to ${error.maximum} bytes, got ${error.actual}`
    case 'SSZ_INVALID':
      return `${error.type}: expected valid SSZ, got: ${error.reason}`
  }
}
