import {
  type BuiltBlock,
  blockHeader,
  blockHeaderRoot,
  buildBlock,
  isProposer,
  proposerOf,
  stateRoot,
  stateTransition,
} from '@trine/state-transition'
import {
  type AttestationData,
  type Block,
  type BlockHeader,
  type BlockWithAttestation,
  bytesEqual,
  type Checkpoint,
  failure,
  type Result,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  type Slot,
  type State,
  success,
  toHex,
  toNumber,
  type Uint64,
  type ValidatorIndex,
} from '@trine/types'
import { checkAttestation, checkGossipSlot, findInvalidAttestation } from './attestationChecks.ts'
import { type BlockStates, createBlockStates } from './blockStates.ts'
import { type CheckpointMoves, movesBetween } from './checkpointMoves.ts'
import { DecisiveVotes } from './decisiveVotes.ts'
import type { AnchorError, BlockError, ProductionError } from './errors.ts'
import { ForkChoice } from './forkChoice.ts'
import type { Equivocation } from './latestVotes.ts'
import type { BlockSummary, PrunedBlock } from './protoArray.ts'
import { type HeadCheckpoints, headCheckpoints } from './votingView.ts'

/** Work on a block that its caller has done already. */
export type PreparedBlock = {
  /** `blockHeader(block)`. */
  readonly header?: BlockHeader
  /** What `stateTransition` makes of the parent's post-state and this block. */
  readonly postState?: State
  /**
   * What the post-state says of checkpoints, instead of it: for a block that was imported before, in an earlier life of
   * the store. No state is kept for it.
   */
  readonly checkpoints?: { readonly latestJustified: Checkpoint; readonly latestFinalized: Checkpoint }
}

/** What importing a block did. */
export type BlockImport = {
  readonly root: Uint8Array
  /** A block that is known already changes nothing. */
  readonly isDuplicate: boolean
  /** Votes of the block that contradict another one of the same validator and slot. */
  readonly equivocations: readonly Equivocation[]
  readonly moves: CheckpointMoves
}

export type StoreOptions = {
  /** Where post-states are kept; in a map, without it. */
  readonly states?: BlockStates
  /**
   * Whether blocks and votes are made so that finality comes back after votes or blocks came late (docs/deviations.md),
   * as is the default, or by the letter of the specification, to study it.
   */
  readonly hasRemedies?: boolean
}

const NO_SIGNATURE = new Uint8Array(0)

/**
 * The store of the specification: fork choice, and a post-state for every block.
 *
 * A block or vote that is refused changes nothing. Signatures are not checked here (`signatureChecks` of the state
 * transition lists them). Source: leanSpec `subspecs/forkchoice/store.py`.
 */
export class Store extends ForkChoice {
  private readonly states: BlockStates
  private readonly hasRemedies: boolean
  private readonly decisiveVotes = new DecisiveVotes()

  /** For `getForkchoiceStore`, which checks that state and block belong together. */
  constructor(state: State, anchorBlock: BlockHeader, { states, hasRemedies }: Required<StoreOptions>) {
    const anchor = summaryOf(anchorBlock)
    const genesisTime = toNumber(state.config.genesisTime)
    super({ genesisTime, validatorCount: state.validators.length, block: anchor })
    this.blocks.settleHistory(state)
    this.states = states
    this.hasRemedies = hasRemedies
    states.set(anchor.rootHex, state)
  }

  /**
   * Imports a block: its post-state, its votes as known, the new head, then the proposer's own vote as if from gossip.
   *
   * The signatures only travel along with the votes; where some are missing, those votes get empty ones.
   */
  onBlock(
    signedBlock: SignedBlockWithAttestation,
    prepared: PreparedBlock = {},
  ): Result<BlockImport, BlockError> {
    const header = prepared.header ?? blockHeader(signedBlock.message.block)
    const { root, rootHex } = rootsOf(header)
    if (this.getBlock(rootHex) || this.blocks.isSettled(rootHex)) {
      return success({ root, isDuplicate: true, equivocations: [], moves: {} })
    }
    const invalid = this.checkParent(header) ?? this.checkVotes(signedBlock.message, root)
    if (invalid) return failure(invalid)
    const post = this.outcomeOf(signedBlock.message.block, header, prepared)
    if (!post.ok) return post

    const before = { ...this.nodes }
    const { state, latestJustified, latestFinalized, isJustified } = post.value
    const { votes, proposerVote } = votesOf(signedBlock)
    const block = summaryOf(header)
    const equivocations = this.addBlock({ block, latestJustified, latestFinalized, votes, proposerVote })
    if (state !== undefined) this.states.set(rootHex, state)
    const moves = movesBetween(before, this.nodes)
    const isMoved = moves.justified !== undefined || moves.finalized !== undefined
    this.decisiveVotes.add(votes, isMoved ? isJustified : undefined, toNumber(this.latestFinalized.slot))
    return success({ root, isDuplicate: false, equivocations, moves })
  }

  /**
   * Builds a block on the proposal head of a slot, with the signatures of its votes.
   *
   * The block is not imported: it comes back through `onBlock` once it is signed, with its proposer's vote, like any
   * other (docs/deviations.md). The clock stays advanced also when no block comes of it.
   */
  produceBlockWithSignatures(slot: Slot, proposerIndex: ValidatorIndex): Result<BuiltBlock, ProductionError> {
    if (!isProposer(proposerIndex, slot, this.validatorCount)) {
      const expected = proposerOf(slot, this.validatorCount)
      return failure({ code: 'NOT_PROPOSER', expected, actual: proposerIndex })
    }
    const parentRoot = this.getProposalHead(slot).root
    const parentState = this.stateOf(parentRoot)
    if (!parentState.ok) return parentState
    const { latestJustified, latestFinalized } = this.hasRemedies ? this : parentState.value
    const built = buildBlock({
      parentState: parentState.value,
      parentRoot,
      slot,
      proposerIndex,
      attestations: this.latestKnownAttestations.values(),
      isKnownBlock: (root) => this.getBlock(toHex(root)) !== undefined,
      archivedVotes: this.hasRemedies ? this.decisiveVotes.all() : [],
      storeJustified: latestJustified,
      storeFinalized: latestFinalized,
    })
    return built.ok ? built : failure({ code: 'INVALID_TRANSITION', cause: built.error })
  }

  /** What the proposer of a block that was just built votes for: the block itself, as soon as it is imported. */
  produceProposerAttestationData({ block, postState }: BuiltBlock): AttestationData {
    return this.produceProposerVote(
      summaryOf(blockHeader(block)),
      headCheckpoints(postState),
      this.hasRemedies,
    )
  }

  /** What a validator votes for at a slot. */
  produceAttestationData(slot: Slot): AttestationData {
    const state = this.hasRemedies ? this.states.get(toHex(this.head.root)) : undefined
    return this.produceVote(slot, state && headCheckpoints(state))
  }

  /** As `ForkChoice.prune`; the states of the dropped blocks go with them. */
  override prune(minimum?: number, keptSlots?: number): PrunedBlock[] {
    const pruned = super.prune(minimum, keptSlots)
    for (const { block } of pruned) this.states.delete(block.rootHex)
    return pruned
  }

  private checkParent({ parentRoot, slot }: BlockHeader): BlockError | undefined {
    const parentHex = toHex(parentRoot)
    if (this.getBlock(parentHex)) return undefined
    return this.blocks.isSettled(parentHex)
      ? { code: 'PARENT_PRUNED', parentRoot: parentHex, finalizedSlot: toNumber(this.latestFinalized.slot) }
      : { code: 'PARENT_UNKNOWN', parentRoot: parentHex, slot }
  }

  /** All votes of a block, before any of them or the transition costs anything. The block itself counts as known. */
  private checkVotes(
    { block, proposerAttestation }: BlockWithAttestation,
    root: Uint8Array,
  ): BlockError | undefined {
    const context = this.attestationContext()
    const slotOf = (other: Uint8Array): Uint64 | undefined =>
      bytesEqual(other, root) ? block.slot : context.slotOf(other)
    const invalid = findInvalidAttestation(block.body.attestations, { ...context, slotOf })
    if (invalid) return { code: 'INVALID_ATTESTATION', attestation: invalid.index, cause: invalid.error }
    const cause =
      checkAttestation(proposerAttestation, { ...context, slotOf }) ??
      checkGossipSlot(proposerAttestation, context.currentSlot)
    return cause && { code: 'INVALID_ATTESTATION', attestation: 'proposer', cause }
  }

  private outcomeOf(
    block: Block,
    { bodyRoot }: BlockHeader,
    { postState, checkpoints }: PreparedBlock,
  ): Result<HeadCheckpoints & { readonly state?: State }, BlockError> {
    if (postState) return success({ ...headCheckpoints(postState), state: postState })
    if (checkpoints) {
      const justified = toHex(checkpoints.latestJustified.root)
      return success({ ...checkpoints, isJustified: (root) => root === justified })
    }
    const parentState = this.stateOf(block.parentRoot)
    if (!parentState.ok) return parentState
    const post = stateTransition(parentState.value, block, bodyRoot)
    if (!post.ok) return failure({ code: 'INVALID_TRANSITION', cause: post.error })
    return success({ ...headCheckpoints(post.value), state: post.value })
  }

  private stateOf(root: Uint8Array): Result<State, Extract<BlockError, { code: 'STATE_MISSING' }>> {
    const rootHex = toHex(root)
    const state = this.states.get(rootHex)
    return state ? success(state) : failure({ code: 'STATE_MISSING', root: rootHex })
  }
}

/**
 * A store whose first block is a trusted one with its post-state, taken as justified and finalized.
 *
 * The anchor's own history counts as known, so that votes which name blocks before it can be taken.
 * Source: leanSpec `Store.get_forkchoice_store`.
 */
export function getForkchoiceStore(
  state: State,
  anchorBlock: Block,
  { states = createBlockStates(), hasRemedies = true }: StoreOptions = {},
): Result<Store, AnchorError> {
  const root = stateRoot(state)
  if (!bytesEqual(root, anchorBlock.stateRoot)) {
    const [expected, actual] = [toHex(root), toHex(anchorBlock.stateRoot)]
    return failure({ code: 'ANCHOR_STATE_ROOT_MISMATCH', expected, actual })
  }
  return success(new Store(state, blockHeader(anchorBlock), { states, hasRemedies }))
}

/** Roots of headers, once per object: in a simulation many stores share it. */
const roots = new WeakMap<BlockHeader, Pick<BlockSummary, 'root' | 'rootHex'>>()

function rootsOf(header: BlockHeader): Pick<BlockSummary, 'root' | 'rootHex'> {
  let known = roots.get(header)
  if (known === undefined) {
    // A copy, because what the library returns stands in a slab of a pool, which would be kept with it.
    const root = Uint8Array.from(blockHeaderRoot(header))
    known = { root, rootHex: toHex(root) }
    roots.set(header, known)
  }
  return known
}

function summaryOf(header: BlockHeader): BlockSummary {
  const { slot, parentRoot, proposerIndex } = header
  return {
    ...rootsOf(header),
    slot: toNumber(slot),
    parentRoot,
    proposerIndex: toNumber(proposerIndex),
  }
}

function votesOf({ message, signature }: SignedBlockWithAttestation) {
  const voteAt = (attestation: SignedAttestation['message'], index: number): SignedAttestation => ({
    message: attestation,
    signature: signature[index] ?? NO_SIGNATURE,
  })
  const { attestations } = message.block.body
  return {
    votes: attestations.map(voteAt),
    proposerVote: voteAt(message.proposerAttestation, attestations.length),
  }
}
