import type { Checkpoint, SignedAttestation } from '@trine/types'
import type { BlockSummary } from './protoArray.ts'

/** Where a fork choice starts. */
export type Anchor = {
  /** Unix seconds. */
  readonly genesisTime: number
  readonly validatorCount: number
  /** The first block of the tree, taken as justified and finalized. */
  readonly block: BlockSummary
}

/** What fork choice takes from a block that was found valid. */
export type ValidBlock = {
  readonly block: BlockSummary
  /** Of the block's post-state. */
  readonly latestJustified: Checkpoint
  readonly latestFinalized: Checkpoint
  /** The votes of its body, in their order. */
  readonly votes: readonly SignedAttestation[]
  readonly proposerVote: SignedAttestation
}

/** The votes of an earlier life of a store, at most one of each kind per validator. */
export type EarlierVotes = {
  readonly known: readonly SignedAttestation[]
  /** Those that waited for the next acceptance. */
  readonly waiting: readonly SignedAttestation[]
  /** Root of the block that was the safe target. */
  readonly safeTarget: Uint8Array
}
