import {
  type BitArray,
  BitListType,
  ByteListType,
  ByteVectorType,
  ContainerType,
  ListCompositeType,
  type Type,
} from '@chainsafe/ssz'
import { toHex } from '../hex.ts'
import { Uint64Type } from '../uint64.ts'

/** JSON as `toJson` makes it; `stringifyJson` writes the bigints among it as integers. */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/**
 * A value of an SSZ type in the JSON of the specification's fixtures: camelCase keys, lists as `{data: [...]}`, bit
 * lists as `{data: [booleans]}`, bytes as `0x` hex, uint64 as integers (bigint from 2^53 on).
 *
 * @param value plain data; for a state, `state.toValue()`
 */
export function toJson<Value>(type: Type<Value>, value: Value): JsonValue {
  return write(type, value)
}

function write(type: Type<unknown>, value: unknown): JsonValue {
  if (type instanceof Uint64Type) return value as number | bigint
  if (type instanceof ByteVectorType || type instanceof ByteListType) return toHex(value as Uint8Array)
  if (type instanceof BitListType) return { data: (value as BitArray).toBoolArray() }
  if (type instanceof ListCompositeType) {
    return { data: (value as readonly unknown[]).map((element) => write(type.elementType, element)) }
  }
  if (type instanceof ContainerType) {
    const json: Record<string, JsonValue> = {}
    for (const { fieldName, fieldType, jsonKey } of type.fieldsEntries) {
      json[jsonKey] = write(fieldType, (value as Record<string, unknown>)[fieldName as string])
    }
    return json
  }
  throw new TypeError(`no JSON form is defined for the SSZ type ${type.typeName}`)
}
