import type { AttestationErrorCode, BlockError } from '@trine/fork-choice'
import type { TransitionErrorCode } from '@trine/state-transition'

/** Every code by which a block or vote is refused. */
export type RejectionCode = TransitionErrorCode | AttestationErrorCode | BlockError['code']

/** What the specification's errors say, up to where they name a root, and the code that stands for it here. */
const CODES_BY_REASON: readonly (readonly [reason: string, ...codes: RejectionCode[]])[] = [
  ['Target slot must be in the future', 'SLOT_NOT_AFTER_STATE'],
  ['Block slot mismatch', 'BLOCK_SLOT_MISMATCH'],
  ['Block is older than latest header', 'BLOCK_NOT_AFTER_PARENT'],
  ['Incorrect block proposer', 'WRONG_PROPOSER'],
  ['Block parent root mismatch', 'PARENT_ROOT_MISMATCH'],
  ['Invalid block state root', 'STATE_ROOT_MISMATCH'],
  ['Candidate slot must not be before finalized slot', 'TARGET_BEFORE_FINALIZED', 'LINK_BEFORE_FINALIZED'],
  ['Parent state not found', 'PARENT_UNKNOWN', 'PARENT_PRUNED'],
  ['Unknown source block', 'UNKNOWN_SOURCE_BLOCK'],
  ['Unknown target block', 'UNKNOWN_TARGET_BLOCK'],
  ['Unknown head block', 'UNKNOWN_HEAD_BLOCK'],
  ['Source checkpoint slot must not exceed target', 'SOURCE_AFTER_TARGET'],
  ['Source checkpoint slot mismatch', 'SOURCE_SLOT_MISMATCH'],
  ['Target checkpoint slot mismatch', 'TARGET_SLOT_MISMATCH'],
  ['Attestation too far in future', 'ATTESTATION_TOO_FAR_IN_FUTURE'],
  ['Attestation from future slot', 'ATTESTATION_FROM_FUTURE_SLOT'],
]

const INDEX_ERROR: readonly RejectionCode[] = [
  'SOURCE_SLOT_OUT_OF_RANGE',
  'TARGET_SLOT_OUT_OF_RANGE',
  'VALIDATOR_OUT_OF_RANGE',
  'HISTORY_LIMIT_EXCEEDED',
]

/** The codes that stand for an error of the specification, by its text or its class; undefined when it is not known. */
function codesFor(reason: string): readonly RejectionCode[] | undefined {
  const text = reason.replace(/^\w*(Error|Exception): /, '')
  const row = CODES_BY_REASON.find(([start]) => text.startsWith(start))
  if (row) return row.slice(1) as RejectionCode[]
  if (/IndexError/.test(reason)) return INDEX_ERROR
  if (reason === 'AssertionError') return CODES_BY_REASON.flatMap(([, ...codes]) => codes)
  return undefined
}

/**
 * `undefined` when a rejection has the reason that the specification had, as far as that is known.
 *
 * @param reason an error's text (`Incorrect block proposer`, with or without its class) or its class alone
 */
export function otherReason(what: string, reason: string, code: RejectionCode): string | undefined {
  const codes = codesFor(reason)
  if (codes === undefined || codes.includes(code)) return undefined
  return `${what}: expected to be rejected with ${codes.join(' or ')} (${reason}), got ${code}`
}

/** The code that says why a block was refused: that of its transition or vote where one of these is to blame. */
export function codeOf(error: BlockError): RejectionCode {
  return 'cause' in error ? error.cause.code : error.code
}
