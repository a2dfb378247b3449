import {
  BitArray,
  BitListType,
  ByteListType,
  ByteVectorType,
  ContainerType,
  ListCompositeType,
  type Type,
} from '@chainsafe/ssz'
import { fromHex } from '../hex.ts'
import { failure, type Result, success } from '../result.ts'
import { isUint64, Uint64Type } from '../uint64.ts'
import { describeJson, type JsonError, type JsonErrorCode } from './error.ts'

/** Carries an error from the place where it is seen out of the recursion; never leaves this file. */
class Mismatch extends Error {
  readonly mismatch: JsonError
  constructor(mismatch: JsonError) {
    super(mismatch.code)
    this.mismatch = mismatch
  }
}

/** Runs a reading of JSON; what it refuses becomes the error. */
export function readJson<Value>(path: string, read: (reader: JsonReader) => Value): Result<Value, JsonError> {
  try {
    return success(read(new JsonReader(path)))
  } catch (error) {
    if (error instanceof Mismatch) return failure(error.mismatch)
    throw error
  }
}

/** Reads JSON by SSZ types and knows where it is; used through `readJson`. */
export class JsonReader {
  private readonly root: string
  /** Keys and indexes that lead to the value being read. */
  private readonly steps: (string | number)[] = []

  constructor(root: string) {
    this.root = root
  }

  /** The value of a type. */
  read(type: Type<unknown>, json: unknown): unknown {
    if (type instanceof Uint64Type) return this.readUint64(json)
    if (type instanceof ContainerType) return this.readContainer(type, json)
    if (type instanceof ByteVectorType) return this.readBytes(json, type.lengthBytes, type.lengthBytes)
    if (type instanceof ByteListType) return this.readBytes(json, 0, type.limitBytes)
    if (type instanceof ListCompositeType) return this.readList(type, json)
    if (type instanceof BitListType) return this.readBits(type, json)
    throw new TypeError(`no JSON form is defined for the SSZ type ${type.typeName}`)
  }

  private readUint64(json: unknown): number | bigint {
    // JSON has a negative zero.
    if (isUint64(json)) return json === 0 ? 0 : json
    const code = typeof json === 'number' || typeof json === 'bigint' ? 'JSON_UINT64' : 'JSON_TYPE'
    const inexact = typeof json === 'number' && json > Number.MAX_SAFE_INTEGER ? 'the inexact number ' : ''
    return this.refuse(code, 'an integer from 0 to 2^64 - 1', inexact + describeJson(json))
  }

  private readContainer(
    type: ContainerType<Record<string, Type<unknown>>>,
    json: unknown,
  ): Record<string, unknown> {
    const keys = type.fieldsEntries.map(({ jsonKey }) => jsonKey)
    const object = this.objectWith(keys, json)
    const value: Record<string, unknown> = {}
    for (const { fieldName, fieldType, jsonKey } of type.fieldsEntries) {
      value[fieldName] = this.at(jsonKey, () => this.read(fieldType, object[jsonKey]))
    }
    return value
  }

  private readList(type: ListCompositeType<ElementType>, json: unknown): unknown[] {
    // Not `map`, which would leave the holes of a sparse array as they are.
    return Array.from(this.listElements(json, type.limit), (element, index) =>
      this.at(index, () => this.read(type.elementType, element)),
    )
  }

  private readBits(type: BitListType, json: unknown): BitArray {
    const elements = this.listElements(json, type.limitBits)
    const other = elements.findIndex((element) => typeof element !== 'boolean')
    if (other >= 0) {
      this.steps.push(other)
      this.refuse('JSON_TYPE', 'true or false', describeJson(elements[other]))
    }
    return BitArray.fromBoolArray(elements as boolean[])
  }

  private readBytes(json: unknown, minimum: number, maximum: number): Uint8Array {
    const refuse = (code: JsonErrorCode, actual: string): never => {
      const count = minimum === maximum ? `${minimum}` : `${minimum} to ${maximum}`
      return this.refuse(code, `0x and ${count} bytes in hex`, actual)
    }
    if (typeof json !== 'string') return refuse('JSON_TYPE', describeJson(json))
    if (!json.startsWith('0x')) return refuse('JSON_HEX', describeJson(json))
    const length = (json.length - 2) / 2
    if (length < minimum || length > maximum) return refuse('JSON_LENGTH', `${length} bytes`)
    return fromHex(json) ?? refuse('JSON_HEX', describeJson(json))
  }

  /** Reads what stands under a key or index of the value being read. */
  at<Value>(step: string | number, read: () => Value): Value {
    this.steps.push(step)
    const value = read()
    this.steps.pop()
    return value
  }

  /** The elements of `{data: [...]}`, at most `limit`. */
  listElements(json: unknown, limit: number): readonly unknown[] {
    const { data } = this.objectWith(['data'], json)
    if (!Array.isArray(data)) return this.refuse('JSON_TYPE', '{data: [...]}', `data: ${describeJson(data)}`)
    if (data.length > limit) this.refuse('JSON_LENGTH', `at most ${limit} elements`, `${data.length}`)
    return data
  }

  /** An object with exactly these keys. */
  objectWith(keys: readonly string[], json: unknown): Record<string, unknown> {
    const refuse = (code: JsonErrorCode, actual: string) =>
      this.refuse(code, `an object with ${keys.join(', ')}`, actual)
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      return refuse('JSON_TYPE', describeJson(json))
    }
    const missing = keys.find((key) => !Object.hasOwn(json, key))
    if (missing !== undefined) refuse('JSON_MISSING_KEY', `no ${missing}`)
    const found = Object.keys(json)
    if (found.length > keys.length) {
      const unknown = found.find((key) => !keys.includes(key)) as string
      refuse('JSON_UNKNOWN_KEY', `also ${describeJson(unknown)}`)
    }
    return json as Record<string, unknown>
  }

  private refuse(code: JsonErrorCode, expected: string, actual: string): never {
    let path = this.root
    for (const step of this.steps) {
      if (typeof step === 'number') path += `[${step}]`
      else path += path === '' ? step : `.${step}`
    }
    throw new Mismatch({ code, path, expected, actual })
  }
}

type ElementType = ConstructorParameters<typeof ListCompositeType>[0]
