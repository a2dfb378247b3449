import { z } from 'zod'

/** Building blocks of a schema whose every message completes the sentence "expected ...". */

export function wholeNumber(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error })
}

export function realNumber(min: number, max: number) {
  const error = `a number from ${min} to ${max}`
  return z.number({ error }).min(min, { error }).max(max, { error })
}

export function choice<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `one of ${values.join(', ')}` })
}

export function flag() {
  return z.boolean({ error: 'true or false' })
}

export function text(maxLength: number) {
  const error = `a text of at most ${maxLength} characters`
  return z.string({ error }).max(maxLength, { error })
}

/** An object with no other fields than these; the message for an unknown one names the known ones. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape, orElse = '') {
  const names = Object.keys(shape).join(', ')
  const error: z.core.$ZodErrorMap = ({ code }) =>
    code === 'unrecognized_keys' ? `one of ${names}` : `${orElse}a mapping with fields among ${names}`
  return z.strictObject(shape, { error })
}

/** A list of at most 10,000 items; `what` names them in the message. */
export function list<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, { error: `a list of ${what}` }).max(10_000, { error: 'at most 10000 entries' })
}

/** Whole numbers below `limit` as `3`, `[0, 1, 2]` or `0..4`; `what` names them in the message. */
export function indices(limit: number, what: string) {
  return z.preprocess(expandRange, list(wholeNumber(0, limit - 1), `${what}, an index or a range like 0..4`))
}

function expandRange(value: unknown): unknown {
  if (typeof value === 'number') return [value]
  const range = typeof value === 'string' ? /^(\d{1,4})\.\.(\d{1,4})$/.exec(value) : null
  if (range === null) return value
  const [first, last] = [Number(range[1]), Number(range[2])]
  return first > last ? value : Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
