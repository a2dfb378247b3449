import { failure } from './result.ts'

/**
 * Why a key could not be made or used:
 * - `badRange`: not a range of epochs of the scheme
 * - `badSeed`: not 32 bytes
 * - `badMessage`: not 32 bytes
 * - `epochOutOfRange`: not an epoch of the scheme at all
 * - `epochNotActive`: before the key's first epoch
 * - `keyExhausted`: after the key's last epoch
 * - `epochNotPrepared`: the key's trees do not cover the epoch now; see `advancePreparation`
 * - `noCodeword`: no attempt gave a valid codeword (does not happen in practice)
 * - `aborted`: the caller's signal fired
 */
export type XmssErrorCode =
  | 'badRange'
  | 'badSeed'
  | 'badMessage'
  | 'epochOutOfRange'
  | 'epochNotActive'
  | 'keyExhausted'
  | 'epochNotPrepared'
  | 'noCodeword'
  | 'aborted'

export interface XmssError {
  readonly code: XmssErrorCode
  readonly message: string
}

export const xmssFailure = (code: XmssErrorCode, message: string) => failure({ code, message })
