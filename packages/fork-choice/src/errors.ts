import { describeTransitionError, type TransitionError } from '@trine/state-transition'
import type { RootHex, Slot, Uint64, ValidatorIndex } from '@trine/types'

/** Why a vote is not taken. A vote for an unknown block may become valid once that block is imported. */
export type AttestationError =
  | {
      readonly code: 'UNKNOWN_SOURCE_BLOCK' | 'UNKNOWN_TARGET_BLOCK' | 'UNKNOWN_HEAD_BLOCK'
      readonly root: RootHex
      readonly slot: Uint64
    }
  | {
      readonly code:
        | 'VALIDATOR_OUT_OF_RANGE'
        | 'SOURCE_AFTER_TARGET'
        | 'SOURCE_SLOT_MISMATCH'
        | 'TARGET_SLOT_MISMATCH'
        | 'ATTESTATION_TOO_FAR_IN_FUTURE'
        | 'ATTESTATION_FROM_FUTURE_SLOT'
      readonly expected: Uint64
      readonly actual: Uint64
    }

export type AttestationErrorCode = AttestationError['code']

/** Why a block is not imported. */
export type BlockError =
  /** The parent was never seen: the chain must be synced first. */
  | { readonly code: 'PARENT_UNKNOWN'; readonly parentRoot: RootHex; readonly slot: Uint64 }
  /** The parent is a block that pruning removed: the block is not on the finalized chain. */
  | { readonly code: 'PARENT_PRUNED'; readonly parentRoot: RootHex; readonly finalizedSlot: Slot }
  /** The block is known, but `BlockStates` has no state for it. */
  | { readonly code: 'STATE_MISSING'; readonly root: RootHex }
  | { readonly code: 'INVALID_TRANSITION'; readonly cause: TransitionError }
  | {
      readonly code: 'INVALID_ATTESTATION'
      /** Place in the block's body, or the proposer's own vote. */
      readonly attestation: number | 'proposer'
      readonly cause: AttestationError
    }

export type BlockErrorCode = BlockError['code']

/** Why there is nothing to start from. */
export type AnchorError = {
  readonly code: 'ANCHOR_STATE_ROOT_MISMATCH'
  readonly expected: RootHex
  readonly actual: RootHex
}

/** Why a duty cannot be done. */
export type ProductionError =
  | { readonly code: 'NOT_PROPOSER'; readonly expected: ValidatorIndex; readonly actual: ValidatorIndex }
  | Extract<BlockError, { code: 'STATE_MISSING' | 'INVALID_TRANSITION' }>

/** The head's chain has no block at or after the finalized slot that a vote could name as target. */
export type TargetError = {
  readonly code: 'NO_ATTESTATION_TARGET'
  readonly finalizedSlot: Slot
  readonly headSlot: Slot
}

const EXPECTATION = {
  VALIDATOR_OUT_OF_RANGE: 'a validator below',
  SOURCE_AFTER_TARGET: 'a source slot of at most',
  SOURCE_SLOT_MISMATCH: "the source block's slot",
  TARGET_SLOT_MISMATCH: "the target block's slot",
  ATTESTATION_TOO_FAR_IN_FUTURE: 'a slot of at most',
  ATTESTATION_FROM_FUTURE_SLOT: 'a slot of at most',
} as const

/** The rejection as one line: `SOURCE_SLOT_MISMATCH: expected the source block's slot 3, got 4`. */
export function describeAttestationError(error: AttestationError): string {
  if ('root' in error) return `${error.code}: expected a known block, got ${error.root} (slot ${error.slot})`
  return `${error.code}: expected ${EXPECTATION[error.code]} ${error.expected}, got ${error.actual}`
}

/** The rejection as one line. */
export function describeForkChoiceError(
  error: BlockError | ProductionError | TargetError | AnchorError,
): string {
  switch (error.code) {
    case 'PARENT_UNKNOWN':
      return `${error.code}: expected a known parent, got ${error.parentRoot} (block slot ${error.slot})`
    case 'PARENT_PRUNED':
      return `${error.code}: expected a descendant of the finalized block at slot ${error.finalizedSlot}, got parent ${error.parentRoot}`
    case 'STATE_MISSING':
      return `${error.code}: expected the post-state of block ${error.root}, got none`
    case 'INVALID_TRANSITION':
      return `${error.code}: ${describeTransitionError(error.cause)}`
    case 'INVALID_ATTESTATION':
      return `${error.code} (${error.attestation}): ${describeAttestationError(error.cause)}`
    case 'NOT_PROPOSER':
      return `${error.code}: expected proposer ${error.expected}, got ${error.actual}`
    case 'NO_ATTESTATION_TARGET':
      return `${error.code}: expected a block at or after the finalized slot ${error.finalizedSlot} on the chain of the head at slot ${error.headSlot}, got none`
    case 'ANCHOR_STATE_ROOT_MISMATCH':
      return `${error.code}: expected state root ${error.expected}, got ${error.actual}`
  }
}
