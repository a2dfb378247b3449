/** unknown: this machine does not tell. */
export type Outcome = 'ok' | 'warn' | 'fail' | 'unknown'

/** One thing that was looked at. */
export type Check = {
  /** The same for the same thing: `disk`, `peer ream_0`. */
  readonly name: string
  readonly outcome: Outcome
  /** What was found. */
  readonly detail: string
  /** What to do about it, in one line; for `warn` and `fail`. */
  readonly fix?: string
}

export function ok(name: string, detail: string): Check {
  return { name, outcome: 'ok', detail }
}

export function unknown(name: string, detail: string): Check {
  return { name, outcome: 'unknown', detail }
}

export function warn(name: string, detail: string, fix: string): Check {
  return { name, outcome: 'warn', detail, fix }
}

export function fail(name: string, detail: string, fix: string): Check {
  return { name, outcome: 'fail', detail, fix }
}

/** By a number that is the worse the larger it is: from where on it is a warning, and a failure. */
export function graded(
  name: string,
  value: number,
  limits: { readonly warn: number; readonly fail: number },
  detail: string,
  fix: string,
): Check {
  if (value >= limits.fail) return fail(name, detail, fix)
  return value >= limits.warn ? warn(name, detail, fix) : ok(name, detail)
}
