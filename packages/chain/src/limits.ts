/** How much a ChainService keeps and takes on. Counts, bytes and slots; times in milliseconds. */
export type ChainLimits = {
  /** Blocks that wait: for a parent, a voted block, their slot, support, verification or import. */
  readonly waitingBlocks: number
  readonly waitingBlockBytes: number
  /** Of these, how many may have come by gossip from one peer. */
  readonly waitingBlocksPerPeer: number
  /** How long a block waits for something that may never come, in slots. */
  readonly waitingBlockSlots: number
  /** Valid blocks of one slot that are imported on the word of their proposer alone; more wait for votes. */
  readonly vouchedBlocks: number
  /** How far ahead of the clock a block may be to wait for its slot. */
  readonly futureSlots: number
  /**
   * How far before the finalized block, in slots, blocks beside its chain are still taken: votes in later blocks may name
   * them, and who lacks one cannot import those. The tree and the states reach back so far.
   */
  readonly lateSlots: number
  /** Verified votes that wait for a block or for their slot. */
  readonly waitingVotes: number
  /** How old, in slots, a vote may become while it waits. */
  readonly waitingVoteSlots: number
  /** Signatures in one job of the Verifier. */
  readonly verificationBatch: number
  /** Jobs of the Verifier at the same time. */
  readonly verificationJobs: number
  /** Votes from gossip that wait for a job; the oldest are dropped. Blocks wait for their turn instead. */
  readonly verificationBacklog: number
  readonly verifierTimeout: number
  /** Verified votes remembered for each validator, those of the highest slots. */
  readonly verifiedVotesPerValidator: number
  /** Roots of invalid blocks remembered. */
  readonly invalidBlocks: number
  /** Pieces of evidence kept, the latest. */
  readonly evidence: number
  /** Signed blocks in memory besides those that wait or are not yet written. */
  readonly blocksInMemory: number
  readonly blockBytesInMemory: number
  /** Post-states in memory: all of the last few slots, then ever fewer the older they are. At least 8. */
  readonly statesInMemory: number
  /** Blocks replayed in one turn to make a state again. */
  readonly replayedBlocksPerTurn: number
  /** Blocks that the BlockStore could not take so far; beyond, the oldest are given up. */
  readonly unwrittenBlocks: number
  readonly blockStoreTimeout: number
}

const MEBIBYTE = 2 ** 20

export const DEFAULT_LIMITS: ChainLimits = {
  waitingBlocks: 2048,
  waitingBlockBytes: 256 * MEBIBYTE,
  waitingBlocksPerPeer: 1024,
  waitingBlockSlots: 64,
  vouchedBlocks: 8,
  futureSlots: 8,
  lateSlots: 128,
  waitingVotes: 8192,
  waitingVoteSlots: 16,
  verificationBatch: 128,
  verificationJobs: 8,
  verificationBacklog: 8192,
  verifierTimeout: 30_000,
  verifiedVotesPerValidator: 4,
  invalidBlocks: 1024,
  evidence: 1024,
  blocksInMemory: 256,
  blockBytesInMemory: 64 * MEBIBYTE,
  statesInMemory: 64,
  replayedBlocksPerTurn: 16,
  unwrittenBlocks: 1024,
  blockStoreTimeout: 30_000,
}
