import type { AskResult, JobId, Reply } from '@trine/actors'
import { defineLanes } from '@trine/actors'
import type { RootHex, Slot, Status } from '@trine/types'
import type { BlockReference, ChainStatus, PeerId, RootedBlock, SyncState, Tick } from './common.ts'
import type { StoredHistory, WriteOutcome } from './ports.ts'
import type { From, SendersOf } from './senders.ts'
import type { RequestId, ResponseOutcome } from './transport.ts'

/** What the SyncService is told. Meaning, lanes and senders of each: the package's README. */
export type SyncMessage =
  | Tick
  | ChainStatus
  | { readonly type: 'peerStatus'; readonly peerId: PeerId; readonly status: Status }
  | { readonly type: 'peerGone'; readonly peerId: PeerId }
  | {
      readonly type: 'missingBlocks'
      readonly roots: readonly RootHex[]
      /** Who sent what refers to them, and so probably has them; undefined when it was the node itself. */
      readonly peerId: PeerId | undefined
    }
  | { readonly type: 'blockImported'; readonly block: BlockReference; readonly parentRoot: RootHex }
  | {
      readonly type: 'blockRefused'
      readonly root: RootHex
      /** The peer it was fetched from; undefined when it came by gossip. */
      readonly peerId: PeerId | undefined
      /**
       * invalid: breaks a rule, and so do its descendants. forged: a signature or the proposer's vote is wrong, neither
       * of which is part of the root, so the same block may come from another peer with the right ones. full: no room to
       * keep it waiting, fetch it again later. settled: not on the finalized chain, of no use any more, and nobody's fault.
       */
      readonly cause: 'invalid' | 'forged' | 'full' | 'settled'
      readonly reason: string
    }
  | {
      readonly type: 'blockReceived'
      readonly requestId: RequestId
      readonly peerId: PeerId
      readonly block: RootedBlock
    }
  | {
      readonly type: 'blocksEnded'
      readonly requestId: RequestId
      readonly peerId: PeerId
      /** `refused`: never sent, too many requests are open. `declined`: the peer said that it cannot answer now. */
      readonly outcome: ResponseOutcome | 'refused' | 'declined'
      readonly received: number
    }
  | {
      readonly type: 'unknownFound'
      readonly jobId: JobId
      readonly outcome: AskResult<readonly RootHex[]>
    }
  | {
      readonly type: 'historyRead'
      readonly jobId: JobId
      readonly outcome: AskResult<StoredHistory | undefined>
    }
  | {
      readonly type: 'historyVerified'
      readonly jobId: JobId
      readonly outcome: AskResult<readonly boolean[]>
    }
  | { readonly type: 'historyWritten'; readonly jobId: JobId; readonly outcome: AskResult<WriteOutcome> }
  | { readonly type: 'timerFired'; readonly timer: string }
  | { readonly type: 'getSync'; readonly reply: Reply<SyncView> }

export type SyncView = {
  readonly state: SyncState
  readonly headSlot: Slot
  /** Highest head any peer has told of. */
  readonly targetSlot: Slot
  readonly missingRoots: number
  readonly openRequests: number
  readonly peers: readonly { readonly peerId: PeerId; readonly headSlot: Slot; readonly isUseful: boolean }[]
}

export const syncLanes = defineLanes<SyncMessage>()({
  lanes: {
    time: { rank: 0, capacity: 16, whenFull: 'refuse' },
    results: { rank: 1, capacity: 256, whenFull: 'refuse' },
    chain: { rank: 2, capacity: 4096, whenFull: 'refuse' },
    peers: { rank: 3, capacity: 4096, whenFull: 'refuse' },
    queries: { rank: 4, capacity: 64, whenFull: 'refuse' },
    blocks: { rank: 5, capacity: 256, whenFull: 'refuse' },
  },
  laneOf: {
    tick: 'time',
    unknownFound: 'results',
    historyRead: 'results',
    historyVerified: 'results',
    historyWritten: 'results',
    timerFired: 'results',
    chainStatus: 'chain',
    missingBlocks: 'chain',
    blockImported: 'chain',
    blockRefused: 'chain',
    peerStatus: 'peers',
    peerGone: 'peers',
    getSync: 'queries',
    blockReceived: 'blocks',
    blocksEnded: 'blocks',
  },
})

export const syncSenders = {
  tick: ['clock'],
  unknownFound: ['sync'],
  historyRead: ['sync'],
  historyVerified: ['sync'],
  historyWritten: ['sync'],
  timerFired: ['sync'],
  chainStatus: ['chain'],
  missingBlocks: ['chain'],
  blockImported: ['chain'],
  blockRefused: ['chain'],
  peerStatus: ['network'],
  peerGone: ['network'],
  getSync: ['api'],
  blockReceived: ['network'],
  blocksEnded: ['network'],
} as const satisfies SendersOf<SyncMessage>

/** What one sender may tell sync. */
export type SyncMessageFrom<S extends string> = From<SyncMessage, typeof syncSenders, S>
