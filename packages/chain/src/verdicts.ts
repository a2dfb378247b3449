import type { AttestationErrorCode, BlockErrorCode } from '@trine/fork-choice'
import type { SyncMessage, Verdict } from '@trine/messages'
import type { SignatureCheckError, TransitionErrorCode } from '@trine/state-transition'

/** What can become of a block or vote, the reasons of the packages below included. */
export type Reason =
  | ChainReason
  | TransitionErrorCode
  | AttestationErrorCode
  // The other two only wrap a reason that is in this list itself.
  | Exclude<BlockErrorCode, 'INVALID_TRANSITION' | 'INVALID_ATTESTATION'>
  | SignatureCheckError['code']

type ChainReason =
  | 'ACCEPTED'
  | 'DUPLICATE'
  /** A valid block, but not the first of its proposer and slot. */
  | 'SECOND_BLOCK_OF_SLOT'
  /** The proposer's vote is another's, or for another slot, or for a block that is neither this one nor its parent. */
  | 'NOT_VOUCHED_FOR'
  | 'WAITS_FOR_PARENT'
  | 'WAITS_FOR_VOTED_BLOCK'
  | 'WAITS_FOR_SLOT'
  | 'WAITS_FOR_STATE'
  | 'FAR_FUTURE'
  | 'KNOWN_INVALID'
  | 'PARENT_INVALID'
  | 'INVALID_SIGNATURE'
  /** The validator has a vote of a later slot, so that this one changes nothing. */
  | 'SUPERSEDED'
  /** The second of two votes of a validator for one slot. */
  | 'EQUIVOCATION'
  | 'VOTE_FOR_REFUSED_BLOCK'
  | 'NO_ROOM'
  | 'EXPIRED'
  | 'VERIFIER_UNAVAILABLE'

/**
 * What becomes of a gossip message, by what became of its block or vote. `reject` costs the peer that sent it, so it
 * stands only where no honest peer, however its clock goes and whatever it has seen, could have sent the message.
 */
export const VERDICTS = {
  ACCEPTED: 'accept',
  DUPLICATE: 'ignore',
  SECOND_BLOCK_OF_SLOT: 'ignore',
  NOT_VOUCHED_FOR: 'ignore',
  WAITS_FOR_PARENT: 'ignore',
  WAITS_FOR_VOTED_BLOCK: 'ignore',
  WAITS_FOR_SLOT: 'ignore',
  WAITS_FOR_STATE: 'ignore',
  // A clock that goes wrong is no offence.
  FAR_FUTURE: 'ignore',
  KNOWN_INVALID: 'reject',
  // Whoever forwards a block has imported its parent.
  PARENT_INVALID: 'reject',
  INVALID_SIGNATURE: 'reject',
  SUPERSEDED: 'ignore',
  // The peer may have seen the other vote later, or not at all.
  EQUIVOCATION: 'ignore',
  VOTE_FOR_REFUSED_BLOCK: 'ignore',
  NO_ROOM: 'ignore',
  EXPIRED: 'ignore',
  VERIFIER_UNAVAILABLE: 'ignore',

  // The state transition: the same for everybody who has the parent.
  SLOT_NOT_AFTER_STATE: 'reject',
  HISTORY_LIMIT_EXCEEDED: 'reject',
  BLOCK_SLOT_MISMATCH: 'reject',
  BLOCK_NOT_AFTER_PARENT: 'reject',
  WRONG_PROPOSER: 'reject',
  PARENT_ROOT_MISMATCH: 'reject',
  STATE_ROOT_MISMATCH: 'reject',
  SOURCE_SLOT_OUT_OF_RANGE: 'reject',
  TARGET_SLOT_OUT_OF_RANGE: 'reject',
  VALIDATOR_OUT_OF_RANGE: 'reject',
  TARGET_BEFORE_FINALIZED: 'reject',
  LINK_BEFORE_FINALIZED: 'reject',

  // Fork choice.
  UNKNOWN_SOURCE_BLOCK: 'ignore',
  UNKNOWN_TARGET_BLOCK: 'ignore',
  UNKNOWN_HEAD_BLOCK: 'ignore',
  // A node that follows the specification makes such votes right after a justification (docs/deviations.md).
  SOURCE_AFTER_TARGET: 'ignore',
  SOURCE_SLOT_MISMATCH: 'reject',
  TARGET_SLOT_MISMATCH: 'reject',
  ATTESTATION_TOO_FAR_IN_FUTURE: 'ignore',
  ATTESTATION_FROM_FUTURE_SLOT: 'ignore',
  PARENT_UNKNOWN: 'ignore',
  // The peer may not have finalized yet.
  PARENT_PRUNED: 'ignore',
  STATE_MISSING: 'ignore',

  // Signatures that need not even be looked at.
  SIGNATURE_COUNT: 'reject',
  SIGNER_OUT_OF_RANGE: 'reject',
  EPOCH_OUT_OF_RANGE: 'reject',
} as const satisfies Record<Reason, Verdict>

/** Why a block is not imported, or a vote not taken, with what was expected and what came. */
export type Rejection = { readonly reason: Reason; readonly message: string }

/** Whose fault the refusal of a block is: see `blockRefused`. */
export type RefusalCause = Extract<SyncMessage, { type: 'blockRefused' }>['cause']

export type BlockRejection = Rejection & { readonly cause: RefusalCause }

export function rejection(reason: Reason, message: string): Rejection {
  return { reason, message: `${reason}: ${message}` }
}
