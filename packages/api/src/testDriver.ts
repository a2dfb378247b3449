import type { Result, RootHex, Uint64 } from '@trine/types'

/** In the camelCase of the fixtures, as Hive's simulator reads it. */
export type DriverCheckpoint = { readonly slot: Uint64; readonly root: RootHex }

export type StoreSnapshot = {
  readonly headSlot: Uint64
  readonly headRoot: RootHex
  /** Intervals since genesis. */
  readonly time: number
  readonly justifiedCheckpoint: DriverCheckpoint
  readonly finalizedCheckpoint: DriverCheckpoint
  readonly safeTarget: RootHex
  readonly validatorCount: number
}

export type StepReport = {
  readonly accepted: boolean
  readonly error: string | null
  readonly snapshot: StoreSnapshot
}

export type TransitionReport = {
  readonly succeeded: boolean
  readonly error: string | null
  readonly post: {
    readonly slot: Uint64
    readonly latestBlockHeaderSlot: Uint64
    readonly latestBlockHeaderStateRoot: RootHex
    readonly historicalBlockHashesCount: number
  } | null
}

export type VerificationReport = { readonly succeeded: boolean; readonly error: string | null }

/**
 * Runs the specification's fixtures, one fork-choice store at a time. The errors of the results say what of the input
 * is not as it should be; that a block or vote is refused is part of a report.
 */
export interface TestDriver {
  /** Begins a fresh store from `{anchorState, anchorBlock}`. */
  initForkChoice(input: unknown): Result<void, string>
  /** Applies one step of a fixture; undefined before the first `initForkChoice`. */
  stepForkChoice(input: unknown): Result<StepReport, string> | undefined
  /** Applies `blocks` to `pre`. */
  runStateTransition(input: unknown): Result<TransitionReport, string>
  /** Verifies the signatures of `signedBlockWithAttestation` by the registry of `anchorState`. */
  verifySignatures(input: unknown): Result<VerificationReport, string>
}
