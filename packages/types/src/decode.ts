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
  | { readonly code: 'SSZ_NOT_CANONICAL'; readonly type: string }

/**
 * Decodes SSZ bytes into a plain value.
 *
 * The size is compared with what the type allows before anything is read, and what is allocated is in proportion to the
 * bytes given; bytes that decode but are not what encoding the value gives are refused. The value keeps no reference
 * to the bytes.
 */
export function decode<Value>(type: Type<Value>, bytes: Uint8Array): Result<Value, DecodeError> {
  return decodeWith(type, bytes, (input) => type.deserialize(input))
}

/** As `decode`, into the tree-backed view of a composite type. */
export function decodeToView<View extends { serialize(): Uint8Array }>(
  type: Type<unknown> & { deserializeToViewDU(bytes: Uint8Array): View },
  bytes: Uint8Array,
): Result<View, DecodeError> {
  return decodeWith(
    type,
    bytes,
    (input) => type.deserializeToViewDU(input),
    (view) => view.serialize(),
  )
}

function decodeWith<Value, Decoded>(
  type: Type<Value>,
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => Decoded,
  write: (value: Decoded) => Uint8Array = (value) => type.serialize(value as unknown as Value),
): Result<Decoded, DecodeError> {
  const { typeName, minSize, maxSize } = type
  if (bytes.length < minSize || bytes.length > maxSize) {
    return failure({
      code: 'SSZ_SIZE',
      type: typeName,
      actual: bytes.length,
      minimum: minSize,
      maximum: maxSize,
    })
  }
  let value: Decoded
  try {
    value = read(bytes)
  } catch (error) {
    // The library throws plain errors; every one of them speaks of the bytes.
    return failure({ code: 'SSZ_INVALID', type: typeName, reason: (error as Error).message })
  }
  if (type.fixedSize === null && !sameBytes(write(value), bytes)) {
    return failure({ code: 'SSZ_NOT_CANONICAL', type: typeName })
  }
  return success(value)
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0
}

/** The error as one line: type, what was expected, what came. */
export function describeDecodeError(error: DecodeError): string {
  switch (error.code) {
    case 'SSZ_SIZE':
      return `${error.type}: expected ${error.minimum} to ${error.maximum} bytes, got ${error.actual}`
    case 'SSZ_INVALID':
      return `${error.type}: expected valid SSZ, got: ${error.reason}`
    case 'SSZ_NOT_CANONICAL':
      return `${error.type}: expected canonical SSZ, got bytes that encode differently`
  }
}
