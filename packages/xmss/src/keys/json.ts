import { P } from '../field.ts'
import { type Result, success } from '../result.ts'
import { fromMontgomery, toMontgomery } from './elements.ts'
import { type KeyError, keyFailure } from './error.ts'

/** Parses JSON text of limited length. The parser's own message is withheld: it quotes the text, which may be secret. */
export function parseJson(name: string, text: string, maxLength: number): Result<unknown, KeyError> {
  if (text.length > maxLength) {
    return keyFailure('wrongLength', `${name}: expected at most ${maxLength} characters, got ${text.length}`)
  }
  try {
    return success(JSON.parse(text))
  } catch {
    return keyFailure('malformed', `${name}: not valid JSON`)
  }
}

/** The fields of a JSON object that has all of `required`, perhaps some of `optional`, and nothing else. */
export function fieldsOf<Field extends string>(
  name: string,
  value: unknown,
  required: readonly Field[],
  optional: readonly string[] = [],
): Result<Record<Field, unknown> & Record<string, unknown>, KeyError> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return keyFailure('malformed', `${name}: expected an object with ${required.join(', ')}`)
  }
  const missing = required.find((field) => !Object.hasOwn(value, field))
  if (missing !== undefined) return keyFailure('malformed', `${name}: ${missing} is missing`)
  const allowed = new Set<string>([...required, ...optional])
  const unknown = Object.keys(value).find((field) => !allowed.has(field))
  if (unknown !== undefined) return keyFailure('malformed', `${name}: unknown field ${unknown.slice(0, 40)}`)
  return success(value as Record<Field, unknown> & Record<string, unknown>)
}

/** Elements in the form leanSig's JSON has them: Montgomery, as Plonky3's serde writes. */
export function elementsToJson(elements: Uint32Array): number[] {
  return Array.from(elements, toMontgomery)
}

export function elementsFromJson(
  name: string,
  value: unknown,
  length: number,
): Result<Uint32Array, KeyError> {
  if (!Array.isArray(value) || value.length !== length) {
    return keyFailure('malformed', `${name}: expected an array of ${length} integers`)
  }
  const elements = new Uint32Array(length)
  for (let index = 0; index < length; index++) {
    const item: unknown = value[index]
    if (!Number.isInteger(item) || (item as number) < 0) {
      return keyFailure('malformed', `${name}[${index}]: expected an integer below P`)
    }
    if ((item as number) >= P)
      return keyFailure('notCanonical', `${name}[${index}]: expected an integer below P`)
    elements[index] = fromMontgomery(item as number)
  }
  return success(elements)
}
