/** One case of a vector file: passed when `expected` and `actual` agree, which `failure` says in words when not. */
export type CaseResult = { readonly name: string; readonly failure?: string | undefined }

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
    return { name, failure: error instanceof Error ? error.message : String(error) }
  }
}

/** `undefined` when the two are the same text, else what was expected and what came. */
export function difference(what: string, expected: unknown, actual: unknown): string | undefined {
  const [expectedText, actualText] = [expected, actual].map((value) => JSON.stringify(value) ?? 'undefined')
  if (expectedText === actualText) return undefined
  return `${what}: expected ${shorten(expectedText ?? '')}, got ${shorten(actualText ?? '')}`
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}... (${text.length} characters)` : text
}

/** Whether a JSON value is an object with all these keys. */
export function hasKeys<Key extends string>(json: unknown, ...keys: Key[]): json is Record<Key, unknown> {
  return typeof json === 'object' && json !== null && keys.every((key) => key in json)
}
