import type { ActorContext, Random, Ref } from '@trine/actors'
import type {
  BlockReference,
  ChainMessageFrom,
  EventSink,
  HistoryStore,
  NetworkMessageFrom,
  SyncMessage,
  ValidatorMessageFrom,
  Verifier,
} from '@trine/messages'
import type { State } from '@trine/types'
import type { SyncLimits } from './limits.ts'

/** What the SyncService is put together with. */
export type SyncParts = {
  readonly chain: Ref<ChainMessageFrom<'sync'>>
  readonly network: Ref<NetworkMessageFrom<'sync'>>
  readonly validator: Ref<ValidatorMessageFrom<'sync'>>
  readonly events: EventSink
  /** Spreads retries and breaks ties between peers. */
  readonly random: Random
  /** The chain at the start, until the first `chainStatus`. */
  readonly heads: { readonly head: BlockReference; readonly finalized: BlockReference }
  /** There are peers to wait for: a node that starts far behind its clock does no duties before it heard of one. */
  readonly expectsPeers: boolean
  /** For fetching blocks from before the chain's anchor; without it they are not. */
  readonly history?: HistoryParts | undefined
  readonly limits?: Partial<SyncLimits>
}

export type HistoryParts = {
  readonly store: HistoryStore
  readonly verifier: Verifier
  /** Any state of the chain: its validators are those of all blocks. */
  readonly state: State
  /** How far before the finalized block, in slots, blocks are fetched: all of them unless given. */
  readonly retainSlots?: number | undefined
}

export type SyncContext = ActorContext<SyncMessage>
