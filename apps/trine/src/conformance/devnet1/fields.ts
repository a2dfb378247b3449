import {
  type DecodeError,
  decode,
  decodeToView,
  describeDecodeError,
  describeJsonError,
  fromHex,
  fromJson,
  isUint64,
  type Result,
  type State,
  stateType,
  type Uint64,
} from '@trine/types'
import { z } from 'zod'

/** Any SSZ type, as `decode` takes it. */
type SszType<Value> = Parameters<typeof decode<Value>>[0]

/** A container of which nothing is known but that it has a tree-backed view. */
export type SszContainer = SszType<unknown> & {
  hashTreeRoot(value: unknown): Uint8Array
  deserializeToViewDU(bytes: Uint8Array): { serialize(): Uint8Array; hashTreeRoot(): Uint8Array }
}

/** `0x` hex, lowercase as `toHex` writes it. */
export const hexText = z.string().regex(/^0x([0-9a-f]{2})*$/, 'expected 0x and lowercase hex digits')

export const uint64 = z.custom<Uint64>(isUint64, 'expected an integer from 0 to 2^64 - 1')

/** A count or a slot that is worked with as a number. */
export const integer = z.int().min(0)

/** SSZ bytes in hex, decoded. */
export function ssz<Value>(type: SszType<Value>) {
  return hexText.transform((hex, context) => take(decode(type, bytesOf(hex)), describeDecodeError, context))
}

/** SSZ bytes of a state in hex, decoded to its view. */
export const sszState: z.ZodType<State> = hexText.transform(
  (hex, context): State =>
    take<State, DecodeError>(decodeToView(stateType, bytesOf(hex)), describeDecodeError, context),
)

/** A value in the JSON of the fixtures. */
export function json<Value>(type: SszType<Value>) {
  return z.unknown().transform((value, context) => take(fromJson(type, value), describeJsonError, context))
}

/** A state in the JSON of the fixtures, as its view. */
export const jsonState: z.ZodType<State> = json(stateType).transform((value) => stateType.toViewDU(value))

/** The bytes of a `hexText`. */
export function bytesOf(hex: string): Uint8Array {
  return fromHex(hex) as Uint8Array
}

/** The value of a result within a schema; an error becomes the schema's. */
export function take<Value, Failure>(
  result: Result<Value, Failure>,
  describe: (error: Failure) => string,
  context: z.RefinementCtx,
): Value {
  if (result.ok) return result.value
  context.addIssue({ code: 'custom', message: describe(result.error) })
  return z.NEVER
}

/** Reads a part of a vector file; throws an error that says which field is not what was expected. */
export function readFields<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const lines = result.error.issues.map(({ path, message }) => {
    const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
    return `${place.replace(/^\./, '') || 'the file'}: ${message}`
  })
  throw new Error(lines.join('; '))
}
