import type { ActorContext, Random, Ref } from '@trine/actors'
import type {
  BlockReference,
  ChainMessageFrom,
  EventSink,
  NetworkMessageFrom,
  SyncMessage,
  ValidatorMessageFrom,
} from '@trine/messages'
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
  readonly limits?: Partial<SyncLimits>
}

export type SyncContext = ActorContext<SyncMessage>
