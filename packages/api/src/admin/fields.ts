import { z } from 'zod'

/** Parts of a body whose messages complete "expected ...". */

export function text(longest: number) {
  const expected = `a text of 1 to ${longest} characters`
  return z.string(expected).min(1, expected).max(longest, expected)
}

export function integer(minimum: number, maximum: number) {
  const expected = `an integer from ${minimum} to ${maximum}`
  return z.int(expected).min(minimum, expected).max(maximum, expected)
}

export function choice<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, `one of ${values.join(', ')}`)
}

/** An object with these fields and no others. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, `an object with no fields but ${Object.keys(shape).join(', ')}`)
}
