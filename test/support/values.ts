type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

/** The value of a result that must be one. */
export function expectValue<T>(result: Outcome<T>): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}
