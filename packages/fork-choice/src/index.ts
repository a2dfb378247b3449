export { type BlockStates, createBlockStates } from './blockStates.ts'
export type { CheckpointMoves } from './checkpointMoves.ts'
export {
  type AnchorError,
  type AttestationError,
  type AttestationErrorCode,
  type BlockError,
  type BlockErrorCode,
  describeAttestationError,
  describeForkChoiceError,
  type ProductionError,
  type TargetError,
} from './errors.ts'
export { ForkChoice } from './forkChoice.ts'
export type { Anchor, EarlierVotes, ValidBlock } from './input.ts'
export type { Equivocation, VoteOutcome } from './latestVotes.ts'
export type { BlockSummary, PrunedBlock, WeightedBlock } from './protoArray.ts'
export {
  type BlockImport,
  getForkchoiceStore,
  type PreparedBlock,
  Store,
  type StoreOptions,
} from './store.ts'
