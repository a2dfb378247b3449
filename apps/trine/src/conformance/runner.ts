import { stringifyJson } from '@trine/types'

/** One case of a vector file: passed when `expected` and `actual` agree, which `failure` says in words when not. */
export type CaseResult = {
  readonly name: string
  readonly failure?: string | undefined
  /** What is worth telling of a case that passed: the reason of a rejection, a root that nothing was expected of. */
  readonly note?: string
}

/** A file of a vector folder, read once. `json` is absent when the file is not JSON. */
export type VectorFile = {
  /** Path as shown to the user. */
  readonly path: string
  readonly bytes: Uint8Array
  readonly json?: unknown
}

/** What became of one file. */
export type FileResult = {
  /** One entry per case, at least one for a file that was consumed. */
  readonly cases: readonly CaseResult[]
  /** Why the file (or some cases of it) is not applicable; printed and counted apart. */
  readonly notApplicable?: readonly { readonly name: string; readonly reason: string }[]
}

/**
 * A kind of vector. Files are told apart by their shape, not by their name or folder, so that other files of the same
 * kind run too.
 */
export type Runner = {
  /** For reports: `fork_choice`, `xmss key`, `3sf-mini run`. */
  readonly kind: string
  recognises(file: VectorFile): boolean
  run(file: VectorFile): FileResult | Promise<FileResult>
}

/** A case whose failure is what a thrown error or a difference says. */
export function checkCase(name: string, check: () => string | undefined): CaseResult {
  try {
    return { name, failure: check() }
  } catch (error) {
    return { name, failure: messageOf(error) }
  }
}

/** What a thrown value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * `undefined` when two JSON values are the same, else where they first differ and what was expected and came there. The
 * order of keys does not matter, and a key with the value `undefined` is not there.
 */
export function difference(what: string, expected: unknown, actual: unknown): string | undefined {
  if (Object.is(expected, actual)) return undefined
  if (!isObject(expected) || !isObject(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    return `${what}: expected ${shown(expected)}, got ${shown(actual)}`
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length !== actual.length) {
    return `${what}: expected ${shown(expected)}, got ${shown(actual)}`
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const place = Array.isArray(expected) ? `${what}[${key}]` : `${what}.${key}`
    const found = difference(place, expected[key], actual[key])
    if (found !== undefined) return found
  }
  return undefined
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null
}

function shown(json: unknown): string {
  if (json === undefined) return 'nothing'
  const text = stringifyJson(json)
  const size = Array.isArray(json) ? `${json.length} elements` : `${text.length} characters`
  return text.length > 200 ? `${text.slice(0, 200)}... (${size})` : text
}

/** Whether a JSON value is an object with all these keys. */
export function hasKeys<Key extends string>(json: unknown, ...keys: Key[]): json is Record<Key, unknown> {
  return typeof json === 'object' && json !== null && keys.every((key) => key in json)
}
