import type { Ref } from '@trine/actors'
import type { EarlierVotes } from '@trine/fork-choice'
import type {
  BlockStore,
  EventSink,
  NetworkMessageFrom,
  SyncMessageFrom,
  ValidatorMessageFrom,
  Verifier,
} from '@trine/messages'
import type { OnPhase, TransitionError } from '@trine/state-transition'
import type {
  Block,
  Result,
  RootHex,
  SignedAttestation,
  SignedBlockWithAttestation,
  Slot,
  State,
  ValidatorIndex,
} from '@trine/types'
import type { ChainLimits } from './limits.ts'

/** What a ChainService is made of. */
export type ChainParts = {
  /** A trusted block with its post-state: genesis, or a finalized checkpoint. */
  readonly anchor: { readonly state: State; readonly block: Block }
  /** Validators whose votes are signed by this node: another's vote in their name is told to the ValidatorService. */
  readonly ownValidators: readonly ValidatorIndex[]
  readonly verifier: Verifier
  /** Where blocks go for good; without it only the latest can be served, and a restart begins at the anchor. */
  readonly blockStore?: BlockStore | undefined
  readonly events: EventSink
  readonly network: Ref<NetworkMessageFrom<'chain'>>
  readonly sync: Ref<SyncMessageFrom<'chain'>>
  readonly validator: Ref<ValidatorMessageFrom<'chain'>>
  readonly limits?: Partial<ChainLimits> | undefined
  /**
   * Computes post-states instead of `stateTransition`. States are immutable, so that nodes in one process can share
   * one that remembers what it computed.
   */
  readonly transition?: Transition | undefined
  /** Told the post-state of each block that was built here: those who share states need not compute it again. */
  readonly onBuilt?: ((root: RootHex, postState: State) => void) | undefined
  /** Told every step that the fork-choice store took, right after it: enough to make the same store elsewhere. */
  readonly onStoreStep?: ((step: StoreStep) => void) | undefined
  /** Told when the finalized block has moved, between two steps of the store. */
  readonly onFinalized?: ((mark: FinalMark) => void) | undefined
}

/** Where whoever follows the steps of the store may begin: a block that has just become final, and the votes at that time. */
export type FinalMark = EarlierVotes & {
  readonly root: RootHex
  /** Undefined where it would have to be read from disk. */
  readonly state: State | undefined
}

/**
 * The post-state of a block, or why it has none. `root` is the block's, `bodyRoot` that of its body. `onPhase` is called
 * when a part of the work is done; not at all where no work was needed.
 */
export type Transition = (
  parentState: State,
  block: Block,
  root: RootHex,
  bodyRoot: Uint8Array,
  onPhase?: OnPhase,
) => Result<State, TransitionError>

/** A step of the fork-choice store. */
export type StoreStep =
  /** A new store began, with this block and its post-state: at the start of the service, and at every restart. */
  | { readonly type: 'anchor'; readonly anchor: ChainParts['anchor'] }
  /** The clock moved on, to this number of intervals since genesis. */
  | { readonly type: 'tick'; readonly time: number }
  /** New votes were accepted outside of a tick, by a proposer. */
  | { readonly type: 'acceptance' }
  | { readonly type: 'block'; readonly root: RootHex; readonly signedBlock: SignedBlockWithAttestation }
  | { readonly type: 'attestation'; readonly signedAttestation: SignedAttestation }
  /** After a restart: these were the latest votes, and this the safe target. */
  | ({ readonly type: 'votes' } & EarlierVotes)
  /** After a restart: votes name this block, which stands before the tree and beside the chain. */
  | { readonly type: 'settled'; readonly root: RootHex; readonly slot: Slot }
  /** Blocks were dropped that finality decided about: the tree begins so many slots before the finalized block. */
  | { readonly type: 'prune'; readonly keptSlots: number }
