import type { Journal, Random, Ref, Scheduler } from '@trine/actors'
import type { ChainLimits, ChainParts, StoreStep, Transition } from '@trine/chain'
import type {
  BlockStore,
  ChainMessageFrom,
  EventSink,
  HistoryStore,
  KeyLedger,
  NetworkMessageFrom,
  Signer,
  SlotTiming,
  Transport,
  Verifier,
} from '@trine/messages'
import type { NetworkLimits, PayloadCodec, ScoreRules } from '@trine/network'
import type { SyncLimits } from '@trine/sync'
import type { Block, State } from '@trine/types'

/** Keys to sign with, and the ledger that is asked before each signature. */
export type Duties = { readonly signer: Signer; readonly ledger: KeyLedger }

/** How validators reach the rest of their node. */
export type ValidatorOutlets = {
  readonly chain: Ref<ChainMessageFrom<'validator'>>
  readonly network: Ref<NetworkMessageFrom<'validator'>>
}

/** Everything one node is put together from. */
export type NodeParts = {
  /** First part of the names of its actors. */
  readonly name: string
  readonly scheduler: Scheduler
  readonly random: Random
  readonly timing: SlotTiming
  /** A trusted block with its post-state: genesis, or a finalized checkpoint. */
  readonly anchor: { readonly state: State; readonly block: Block }
  /** Hash tree root of the genesis block. */
  readonly genesisRoot: string
  /** The network's name within the gossip topics. */
  readonly networkName: string
  readonly codec: PayloadCodec
  readonly transport: Transport
  readonly verifier: Verifier
  readonly blockStore?: BlockStore | undefined
  /** Where blocks from before the anchor go, and how many slots of them are kept; without it they are not fetched. */
  readonly backfill?: { readonly store: HistoryStore; readonly retainSlots?: number | undefined } | undefined
  /** Without them the node only follows. */
  readonly duties?: Duties | undefined
  /** Whether there are peers to wait for before the first duty of a node that starts late. */
  readonly expectsPeers: boolean
  readonly events: EventSink
  readonly journal?: Journal | undefined
  readonly limits?: {
    readonly chain?: Partial<ChainLimits>
    readonly network?: Partial<NetworkLimits>
    readonly sync?: Partial<SyncLimits>
  }
  readonly scoreRules?: Partial<ScoreRules> | undefined
  /** See `ChainParts`. */
  readonly transition?: Transition | undefined
  readonly onBuilt?: ChainParts['onBuilt']
  readonly onStoreStep?: ((step: StoreStep) => void) | undefined
  readonly onFinalized?: ChainParts['onFinalized']
  /** Puts something between the validators and the rest of the node: for simulated faults. */
  readonly interpose?: ((outlets: ValidatorOutlets) => ValidatorOutlets) | undefined
}
