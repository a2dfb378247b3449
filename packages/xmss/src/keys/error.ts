import { failure } from '../result.ts'

/**
 * Why a key was refused:
 * - `malformed`: not the format at all (syntax, missing or unknown field, wrong type)
 * - `wrongLength`: bytes are missing or left over
 * - `notCanonical`: a field element is not below P
 * - `wrongShape`: the parts do not fit together or do not fit the scheme
 * - `unsupported`: a version, scheme or cost this program does not take
 * - `corrupt`: the checksum does not match: a torn or damaged file
 * - `passphraseNeeded`, `wrongPassphrase`: an encrypted key file
 * - `inconsistent`: well-formed, but recomputing hashes gives other values
 */
export type KeyErrorCode =
  | 'malformed'
  | 'wrongLength'
  | 'notCanonical'
  | 'wrongShape'
  | 'unsupported'
  | 'corrupt'
  | 'passphraseNeeded'
  | 'wrongPassphrase'
  | 'inconsistent'

export interface KeyError {
  readonly code: KeyErrorCode
  /** Names the field, what was expected and what was found; never holds secret material. */
  readonly message: string
}

export function keyFailure(
  code: KeyErrorCode,
  message: string,
): { readonly ok: false; readonly error: KeyError } {
  return failure({ code, message })
}
