import type { FailureReport } from '@trine/actors'
import type { RootHex, SignedAttestation, Slot, Uint64, ValidatorIndex } from '@trine/types'
import type { BlockReference, PeerId, SyncState, Verdict } from './common.ts'
import type { GossipKind, ResponseOutcome } from './transport.ts'

/** What happened in a node, for the API's event stream, metrics and logs. All times are milliseconds. */
export type NodeEvent = ClockEvent | ChainEvent | ValidatorEvent | NetworkEvent | SyncEvent | ActorEvent

export type IntervalReference = { readonly slot: Slot; readonly interval: number }

export type ClockEvent =
  | { readonly type: 'countdown'; readonly secondsToGenesis: number }
  | {
      readonly type: 'intervalBegan'
      readonly slot: Slot
      readonly interval: number
      /** How long after its time the tick was sent. */
      readonly lateness: number
    }
  /** Intervals from `first` to `last` had no tick: the process or the machine slept, or its clock was set forward. */
  | {
      readonly type: 'intervalsSkipped'
      readonly first: IntervalReference
      readonly last: IntervalReference
      readonly count: number
    }
  /** The wall clock was set: forward, or back for a negative number. */
  | { readonly type: 'clockStepped'; readonly milliseconds: number }

export type ChainEvent =
  /** The service begins, or begins again: where it stands, with what it found in the BlockStore. */
  | {
      readonly type: 'chainStarted'
      readonly head: BlockReference
      readonly safeTarget: BlockReference
      readonly justified: BlockReference
      readonly finalized: BlockReference
      readonly validatorCount: number
    }
  | { readonly type: 'head'; readonly head: BlockReference; readonly previous: BlockReference }
  | {
      readonly type: 'block'
      readonly block: BlockReference
      readonly parentRoot: RootHex
      readonly proposerIndex: ValidatorIndex
      readonly origin: 'gossip' | 'request' | 'own'
      readonly attestations: number
      /** From the arrival in the mailbox to the end of the import, and the state transition alone. */
      readonly importTime: number
      readonly transitionTime: number
      /** State transition and fork choice: without waiting and without signatures. */
      readonly processingTime: number
      /** Of the state transition; undefined when the post-state was there already, as that of a block built here. */
      readonly phases: TransitionPhases | undefined
    }
  /** A block was to be built for one of our validators. */
  | {
      readonly type: 'blockBuilding'
      readonly slot: Slot
      readonly validatorIndex: ValidatorIndex
      readonly outcome: 'built' | 'failed'
      /** Why it was not built; empty when it was. */
      readonly reason: string
      readonly attestations: number
      readonly time: number
    }
  | {
      readonly type: 'blockRejected'
      readonly root: RootHex
      readonly slot: Uint64
      readonly reason: string
      readonly message: string
    }
  /**
   * A block that cannot be imported yet. It waits for its parent; for another block, which one of its votes names; for
   * its slot to begin; for votes that support it, since its proposer did not vouch for it; or for its parent's state,
   * which is being made again.
   */
  | {
      readonly type: 'blockWaiting'
      readonly block: BlockReference
      readonly waitsFor: 'parent' | 'votedBlock' | 'slot' | 'support' | 'state'
    }
  | {
      readonly type: 'attestation'
      readonly validatorIndex: ValidatorIndex
      readonly slot: Slot
      readonly head: BlockReference
      readonly target: BlockReference
      readonly source: BlockReference
      readonly origin: 'gossip' | 'block' | 'own'
      readonly validationTime: ValidationTime
    }
  | {
      readonly type: 'attestationRejected'
      readonly validatorIndex: Uint64
      readonly reason: string
      readonly message: string
      readonly validationTime: ValidationTime
    }
  | {
      readonly type: 'signaturesVerified'
      readonly valid: number
      readonly invalid: number
      readonly time: number
    }
  | { readonly type: 'justified'; readonly checkpoint: BlockReference }
  | { readonly type: 'finalized'; readonly checkpoint: BlockReference; readonly previous: BlockReference }
  /** The head left its branch. Depth: blocks of the old branch after the common ancestor. */
  | {
      readonly type: 'reorg'
      readonly from: BlockReference
      readonly to: BlockReference
      readonly commonAncestor: BlockReference
      readonly depth: number
    }
  | { readonly type: 'safeTarget'; readonly safeTarget: BlockReference }
  | { readonly type: 'evidence'; readonly evidence: Evidence }
  /** Facts about finality that should never disagree, do. */
  | {
      readonly type: 'finalityConflict'
      readonly message: string
      readonly checkpoints: readonly BlockReference[]
    }
  /** The BlockStore could not write. What it did not take is tried again at every tick. */
  | { readonly type: 'storeFailed'; readonly message: string; readonly unwrittenBlocks: number }
  /** After failures the BlockStore wrote again, with it what had waited. */
  | { readonly type: 'storeRecovered'; readonly writtenBlocks: number }

/** Parts of a state transition: how many slots it went through, and milliseconds for each part. */
export type TransitionPhases = {
  readonly slots: number
  readonly slotsTime: number
  readonly headerTime: number
  readonly attestationsTime: number
}

/**
 * Of a vote from gossip, from its turn in the mailbox to its verdict, the Verifier's time included. Undefined for votes
 * in blocks, for our own, and for those that waited for a block or a slot.
 */
export type ValidationTime = number | undefined

/**
 * A validator did what an honest one never does. Two votes are proof by their signatures. Two blocks are proof only if
 * the proposer's votes name the blocks themselves: a vote for the parent can be wrapped into another block by anybody.
 */
export type Evidence =
  | {
      readonly kind: 'twoVotes'
      readonly validatorIndex: ValidatorIndex
      readonly slot: Slot
      readonly first: SignedAttestation
      readonly second: SignedAttestation
    }
  | {
      readonly kind: 'twoBlocks'
      readonly proposerIndex: ValidatorIndex
      readonly slot: Slot
      readonly first: RootHex
      readonly second: RootHex
      readonly isProof: boolean
    }

export type DutyKind = 'block' | 'attestation'

export type DutyResult = {
  readonly kind: DutyKind
  readonly slot: Slot
  readonly validatorIndex: ValidatorIndex
  /** skipped: nothing was signed and nothing will be. failed: it should have been. */
  readonly outcome: 'published' | 'skipped' | 'failed'
  /** Why it was not published; empty when it was. */
  readonly reason: string
  /** Whether a signature was made, published or not. */
  readonly isSigned: boolean
  /** Time spent waiting for the data, the ledger and the signature. */
  readonly dataTime: number
  readonly reserveTime: number
  readonly signTime: number
}

export type ValidatorEvent =
  | { readonly type: 'duty'; readonly result: DutyResult }
  | {
      readonly type: 'dutiesPaused'
      readonly reason: string
      /** The one that does nothing more; undefined when none does. */
      readonly validatorIndex: ValidatorIndex | undefined
    }
  | { readonly type: 'dutiesResumed' }

export type NetworkEvent =
  | {
      readonly type: 'peerConnected'
      readonly peerId: PeerId
      readonly direction: 'inbound' | 'outbound'
      readonly address: string
      readonly agent: string
    }
  | {
      readonly type: 'peerDisconnected'
      readonly peerId: PeerId
      readonly direction: 'inbound' | 'outbound'
      readonly reason: string
      /** We parted with it. */
      readonly isByUs: boolean
    }
  /** A peer that we dial could not be reached; it is dialled again. */
  | {
      readonly type: 'dialFailed'
      readonly peerId: PeerId
      readonly cause: 'timeout' | 'error'
      readonly message: string
    }
  | { readonly type: 'peerScored'; readonly peerId: PeerId; readonly score: number; readonly reason: string }
  | {
      readonly type: 'peerBanned'
      readonly peerId: PeerId
      readonly milliseconds: number
      readonly cause: 'score' | 'otherChain' | 'operator'
      readonly reason: string
    }
  | {
      readonly type: 'gossipReceived'
      readonly kind: GossipKind
      readonly peerId: PeerId
      readonly bytes: number
      /** Of the block or vote; undefined when it was not decoded, or is no number a slot could be. */
      readonly slot: Slot | undefined
    }
  | {
      readonly type: 'gossipJudged'
      readonly kind: GossipKind
      readonly peerId: PeerId
      readonly verdict: Verdict
      readonly reason: string
    }
  | {
      readonly type: 'gossipPublished'
      readonly kind: GossipKind
      readonly bytes: number
      readonly recipients: number
    }
  | {
      readonly type: 'requestEnded'
      readonly direction: 'asked' | 'served'
      readonly protocol: string
      readonly peerId: PeerId
      readonly outcome: ResponseOutcome
      readonly chunks: number
      readonly time: number
    }

export type SyncEvent =
  | {
      readonly type: 'syncState'
      readonly state: SyncState
      readonly headSlot: Slot
      /** Highest head any peer has told of. */
      readonly targetSlot: Slot
    }
  /** Blocks from before the chain's anchor were stored, or there are none to store (any more). */
  | {
      readonly type: 'backfill'
      /** The lowest stored block of the final chain. */
      readonly lowest: BlockReference
      /** Stored with this step. */
      readonly blocks: number
      /** broken: the blocks are no chain, whatever the state says that their roots were found in; it is given up. */
      readonly outcome: 'going' | 'complete' | 'broken'
    }

/** A handler threw. `stop` means that the node is about to end. */
export type ActorEvent = { readonly type: 'actorFailed'; readonly report: FailureReport }
