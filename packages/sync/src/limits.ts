/** Bounds and delays of sync. Times in milliseconds, distances in slots. */
export type SyncLimits = {
  /** Further behind than this, and for longer than `slipDelay`: syncing. */
  readonly farDistance: number
  /** No further behind than this, and for `settleDelay`: synced. */
  readonly closeDistance: number
  readonly slipDelay: number
  readonly settleDelay: number
  /** While syncing with no peer left: idle after so long. */
  readonly abandonDelay: number
  /** Far behind, with fewer new blocks than slots and the same head over so many slots: what is claimed is not to be had. */
  readonly stallWindow: number

  /** Blocks remembered by root, most of them without their contents: longest history there can be, and some. */
  readonly maxRemembered: number
  /** Roots of which nothing is known but that somebody named them. */
  readonly maxUnseen: number
  readonly maxUnseenPerPeer: number
  /** Blocks held in memory until their parents are in the chain. */
  readonly maxHeld: number
  readonly maxHeldBytes: number
  /** Blocks handed to the chain that it did not import yet. */
  readonly maxTold: number
  /** How far ahead of the chain blocks are fetched again. */
  readonly fetchAhead: number
  /** How far before the finalized block those may be that the chain asked for, in slots: as far as it takes them. */
  readonly lateSlots: number
  /** Without word of the chain for so many slots: asked whether it has the block. */
  readonly toldSlots: number

  /** Gossip may still bring what was just named. */
  readonly gossipGrace: number
  readonly maxOpenPerPeer: number
  readonly maxRootsPerRequest: number
  /** Bytes that one request should bring at most, by the blocks that came so far. */
  readonly requestBytes: number
  /** Of a request for one block the first time; doubled with every round without success. */
  readonly firstDeadline: number
  readonly longestDeadline: number
  /** A second peer is asked when the first sent nothing for so long. */
  readonly hedgeAfter: number
  /** Between rounds over all peers, and of a peer that fails: doubled each time, and spread by half of it. */
  readonly firstBackOff: number
  readonly longestBackOff: number
  /** Rounds over all peers until a block is given up: all said they have it not, or none said anything. */
  readonly maxDeniedRounds: number
  readonly maxSilentRounds: number
  /** A block that was given up is not looked for again for so long. */
  readonly givenUpFor: number
  readonly findTimeout: number
  /** Statuses are asked for again when older: while syncing, and else. Slots. */
  readonly statusAgeSyncing: number
  readonly statusAge: number

  /** Signatures of blocks from before the anchor that are verified at one time. */
  readonly historySignatures: number
  /** After each step of fetching such blocks: a pause this many times as long, and at least so long. */
  readonly historyRest: number
  readonly historyPause: number
  /** After a step that failed, or found nothing yet. */
  readonly historyRetry: number
  /** Verifier and HistoryStore have so long to answer. */
  readonly historyTimeout: number
}

export const defaultLimits: SyncLimits = {
  farDistance: 8,
  closeDistance: 2,
  slipDelay: 8_000,
  settleDelay: 4_000,
  abandonDelay: 60_000,
  stallWindow: 16,

  maxRemembered: 2 ** 18 + 4096,
  maxUnseen: 1024,
  maxUnseenPerPeer: 32,
  maxHeld: 512,
  maxHeldBytes: 64 * 2 ** 20,
  maxTold: 32,
  fetchAhead: 64,
  lateSlots: 128,
  toldSlots: 4,

  gossipGrace: 200,
  maxOpenPerPeer: 4,
  maxRootsPerRequest: 32,
  requestBytes: 4 * 2 ** 20,
  firstDeadline: 4_000,
  longestDeadline: 30_000,
  hedgeAfter: 500,
  firstBackOff: 1_000,
  longestBackOff: 32_000,
  maxDeniedRounds: 3,
  maxSilentRounds: 10,
  givenUpFor: 60_000,
  findTimeout: 5_000,
  statusAgeSyncing: 4,
  statusAge: 8,

  historySignatures: 64,
  historyRest: 3,
  historyPause: 100,
  historyRetry: 8_000,
  historyTimeout: 30_000,
}
