import type { RootHex, Uint64 } from '@trine/types'

/** Why a block is not a valid child of a state. */
export type TransitionErrorCode =
  /** `processSlots` towards a slot that is not after the state's. */
  | 'SLOT_NOT_AFTER_STATE'
  /** The block would lengthen the history beyond what a state can hold. */
  | 'HISTORY_LIMIT_EXCEEDED'
  | 'BLOCK_SLOT_MISMATCH'
  | 'BLOCK_NOT_AFTER_PARENT'
  | 'WRONG_PROPOSER'
  | 'PARENT_ROOT_MISMATCH'
  | 'STATE_ROOT_MISMATCH'
  /** The specification fails with an index error here, and the whole block with it; so for the next two. */
  | 'SOURCE_SLOT_OUT_OF_RANGE'
  | 'TARGET_SLOT_OUT_OF_RANGE'
  | 'VALIDATOR_OUT_OF_RANGE'
  /** Justifiability is not defined before the finalized slot: the specification asserts, and the block fails. */
  | 'TARGET_BEFORE_FINALIZED'
  | 'LINK_BEFORE_FINALIZED'

/** A rejection, with what was expected and what came. */
export type TransitionError = {
  readonly code: TransitionErrorCode
  readonly expected: Uint64 | RootHex
  readonly actual: Uint64 | RootHex
  /** Which attestation of the block's body, where one is to blame. */
  readonly attestationIndex?: number
}

const EXPECTATION: Readonly<Record<TransitionErrorCode, string>> = {
  SLOT_NOT_AFTER_STATE: 'a slot after',
  HISTORY_LIMIT_EXCEEDED: 'a history of at most (slots)',
  BLOCK_SLOT_MISMATCH: 'the block slot',
  BLOCK_NOT_AFTER_PARENT: 'a block slot after',
  WRONG_PROPOSER: 'proposer',
  PARENT_ROOT_MISMATCH: 'parent root',
  STATE_ROOT_MISMATCH: 'state root',
  SOURCE_SLOT_OUT_OF_RANGE: 'a source slot below',
  TARGET_SLOT_OUT_OF_RANGE: 'a target slot below',
  VALIDATOR_OUT_OF_RANGE: 'a validator below',
  TARGET_BEFORE_FINALIZED: 'a target not before the finalized slot',
  LINK_BEFORE_FINALIZED: 'a justifying link whose source is not before the finalized slot',
}

/** The rejection as one line: `WRONG_PROPOSER: expected proposer 1, got 3`. */
export function describeTransitionError(error: TransitionError): string {
  const where = error.attestationIndex === undefined ? '' : ` (attestation ${error.attestationIndex})`
  return `${error.code}${where}: expected ${EXPECTATION[error.code]} ${error.expected}, got ${error.actual}`
}
