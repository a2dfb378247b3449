import { failure, type Result, success } from '../result.ts'
import type { JsonError } from './error.ts'

/** A number outside of a string that may exceed 2^53; the same digits inside a string only cost time. */
const LONG_INTEGER = /(?:^|[:,[\s-])\d{16}/

/** A uint64 has at most 20 digits; anything longer is refused by its type, so it need not be exact. */
const EXACT_INTEGER = /^-?\d{1,20}$/

// Both are newer than the library's types.
type ParseContext = { readonly source?: string }
type Reviver = (key: string, value: unknown, context: ParseContext) => unknown
const parse = JSON.parse as (text: string, reviver?: Reviver) => unknown
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object }

/**
 * Parses JSON without loss: an integer that a number cannot hold becomes a bigint, up to 20 digits.
 *
 * Texts without such integers are parsed at the full speed of `JSON.parse`. Fails with `JSON_SYNTAX`.
 */
export function parseJson(text: string): Result<unknown, JsonError> {
  try {
    return success(parse(text, LONG_INTEGER.test(text) ? reviveLongInteger : undefined))
  } catch (error) {
    return failure({
      code: 'JSON_SYNTAX',
      path: '',
      expected: 'JSON text',
      actual: (error as SyntaxError).message,
    })
  }
}

function reviveLongInteger(_key: string, value: unknown, { source }: ParseContext): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return source !== undefined && EXACT_INTEGER.test(source) ? BigInt(source) : value
}

/**
 * Writes JSON without loss: a bigint becomes an integer.
 *
 * @param indent spaces per level, as of `JSON.stringify`
 */
export function stringifyJson(json: unknown, indent?: number): string {
  try {
    // Refuses bigints; most values have none, and a replacer costs several times the whole work.
    return JSON.stringify(json, null, indent)
  } catch {
    return JSON.stringify(
      json,
      (_key, value: unknown) => (typeof value === 'bigint' ? rawJSON(value.toString()) : value),
      indent,
    )
  }
}
