import type { ActorContext, Ref } from '@trine/actors'
import type {
  BlockReference,
  ChainMessageFrom,
  EventSink,
  NetworkMessage,
  SyncMessageFrom,
  Transport,
} from '@trine/messages'
import type { RootHex } from '@trine/types'
import type { NetworkLimits } from './limits.ts'
import type { PayloadCodec } from './payloadCodec.ts'
import type { ScoreRules } from './scoreRules.ts'

/** Head and finalized checkpoint: what a status tells of a chain. */
export type ChainHeads = { readonly head: BlockReference; readonly finalized: BlockReference }

/** What the NetworkService is put together with. */
export type NetworkParts = {
  /** Started and stopped by who puts the node together; this service subscribes, serves, and is told its events. */
  readonly transport: Transport
  readonly chain: Ref<ChainMessageFrom<'network'>>
  readonly sync: Ref<SyncMessageFrom<'network'>>
  readonly events: EventSink
  readonly codec: PayloadCodec
  /** The network's name within the topics, e.g. `devnet0`. */
  readonly networkName: string
  readonly genesisRoot: RootHex
  /** The chain at the start: status requests are answered from it until the first `chainStatus`. */
  readonly heads: ChainHeads
  readonly limits?: Partial<NetworkLimits>
  readonly scoreRules?: Partial<ScoreRules>
}

export type NetworkContext = ActorContext<NetworkMessage>
