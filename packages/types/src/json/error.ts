/** Why a text is not JSON, or JSON not a value of the type it should be. */
export type JsonErrorCode =
  | 'JSON_SYNTAX'
  /** Another kind of value: a string instead of an object. */
  | 'JSON_TYPE'
  | 'JSON_MISSING_KEY'
  | 'JSON_UNKNOWN_KEY'
  /** Not an integer from 0 to 2^64 - 1. */
  | 'JSON_UINT64'
  /** Not `0x` and an even number of hex digits. */
  | 'JSON_HEX'
  /** More or fewer bytes, elements or bits than the type holds. */
  | 'JSON_LENGTH'

/** A refusal: where (`block.body.attestations[3].data.slot`), what was expected there, what came. */
export type JsonError = {
  readonly code: JsonErrorCode
  /** Keys as in the JSON; the `data` that wraps each list is left out. Empty for the value itself. */
  readonly path: string
  readonly expected: string
  readonly actual: string
}

/** The refusal as one line. */
export function describeJsonError({ path, expected, actual }: JsonError): string {
  return `${path === '' ? 'JSON' : path}: expected ${expected}, got ${actual}`
}

const LONGEST_SHOWN = 80

/** A JSON value in few words, for messages. */
export function describeJson(json: unknown): string {
  if (Array.isArray(json)) return `an array of ${json.length}`
  if (typeof json === 'object' && json !== null) {
    const keys = Object.keys(json)
    return keys.length === 0 ? 'an empty object' : `an object with ${shorten(keys.join(', '))}`
  }
  return typeof json === 'string' ? JSON.stringify(shorten(json)) : shorten(String(json))
}

function shorten(text: string): string {
  return text.length <= LONGEST_SHOWN
    ? text
    : `${text.slice(0, LONGEST_SHOWN)}... (${text.length} characters)`
}
