import type { Scenario } from './scenario.ts'

/** The hash that stands for "nothing yet": parent of genesis, first justified and finalized hash. */
export const ZERO_HASH = '0'.repeat(64)

/** The slot of the genesis block. */
export const GENESIS_SLOT = 1

/** What a staker holds after a step, as the trace digest reads it. Hashes are 64 hex digits. */
export type StakerStatus = {
  readonly head: string
  readonly headSlot: number
  /** The justified block of the state with the highest justified slot among those the staker knows. */
  readonly justified: string
  readonly justifiedSlot: number
  /** The finalized block in the state of the head. */
  readonly finalized: string
  readonly finalizedSlot: number
  /** Undefined until the staker computed one. */
  readonly safeTarget: string | undefined
  /** How many blocks, votes taken into account and votes waiting the staker has. */
  readonly chain: number
  readonly knownVotes: number
  readonly newVotes: number
}

/** A block as a picture or a listing needs it. */
export type BlockSummary = {
  readonly hash: string
  readonly slot: number
  readonly parent: string
  readonly votes: number
  readonly stateRoot: string
}

/** A vote as a picture needs it. */
export type VoteSummary = {
  readonly staker: number
  readonly slot: number
  readonly head: string
  readonly target: string
}

/** The Python program stopped with a failed `assert` at this step. */
export type ModelFailure = { readonly step: number; readonly message: string }

/** A run of the model, advanced step by step. */
export interface ModelRun {
  readonly scenario: Scenario
  readonly genesisHash: string
  /** Steps done so far; the model's clock reads the same number. */
  readonly stepsDone: number
  /** Set when an `assert` of the model failed; there are no further steps then. */
  readonly failure: ModelFailure | undefined
  /** Does one step. False when all steps are done or the model failed. */
  step(): boolean
  /** What a staker holds now. */
  status(staker: number): StakerStatus
  /** A block that any staker knows. */
  block(hash: string): BlockSummary
  /** All blocks made so far, in the order of their making. */
  blocks(): BlockSummary[]
  /** The blocks a staker knows, in the order in which it accepted them. */
  blocksOf(staker: number): BlockSummary[]
  /** The latest vote of each staker that a staker has taken into account, by voter. */
  latestVotesOf(staker: number): VoteSummary[]
}
