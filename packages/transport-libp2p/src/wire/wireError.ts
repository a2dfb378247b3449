/**
 * Why bytes from outside were refused.
 *
 * - `TRUNCATED`: the bytes end inside of something
 * - `TOO_LONG`: a length, declared or real, is over the limit
 * - `MALFORMED`: the bytes are not of the format
 * - `CHECKSUM`: the data do not fit their CRC-32C
 */
export type WireErrorCode = 'TRUNCATED' | 'TOO_LONG' | 'MALFORMED' | 'CHECKSUM'

export type WireError = { readonly code: WireErrorCode; readonly message: string }

/** A refusal, with the expected and the actual in its message. */
export function wireFailure(
  code: WireErrorCode,
  message: string,
): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error: { code, message } }
}
