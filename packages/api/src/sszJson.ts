import {
  BitListType,
  ByteListType,
  ByteVectorType,
  ContainerType,
  ListCompositeType,
  type Type,
} from '@chainsafe/ssz'
import { toHex, uint64Type } from '@trine/types'

/**
 * A value of an SSZ type in the JSON of this API: snake_case keys, lists as arrays, bytes as `0x` hex, bit lists as the
 * hex of their SSZ bytes (a 1 after the last bit), uint64 as integers.
 */
export function sszToJson<Value>(type: Type<Value>, value: Value): unknown {
  return write(type, value)
}

function write(type: Type<unknown>, value: unknown): unknown {
  if (type instanceof ByteVectorType || type instanceof ByteListType) return toHex(value as Uint8Array)
  if (type instanceof BitListType) return toHex(type.serialize(value as never))
  if (type instanceof ListCompositeType) {
    return (value as readonly unknown[]).map((element) => write(type.elementType, element))
  }
  if (type instanceof ContainerType) {
    const object: Record<string, unknown> = {}
    for (const { fieldName, fieldType, jsonKey } of type.fieldsEntries) {
      object[snakeCase(jsonKey)] = write(fieldType, (value as Record<string, unknown>)[fieldName as string])
    }
    return object
  }
  if (type === (uint64Type as unknown)) return value
  throw new TypeError(`no JSON form is defined for the SSZ type ${type.typeName}`)
}

/** `historicalBlockHashes` -> `historical_block_hashes` */
export function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
