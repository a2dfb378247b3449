import {
  type AttestationData,
  type Checkpoint,
  failure,
  PRESET,
  type Result,
  type RootHex,
  SECONDS_PER_INTERVAL,
  type SignedAttestation,
  type Slot,
  success,
  toHex,
  toNumber,
  type ValidatorIndex,
} from '@trine/types'
import { type AttestationContext, checkAttestation, checkGossipSlot } from './attestationChecks.ts'
import { findAttestationTarget } from './attestationTarget.ts'
import { type CheckpointMoves, checkpointOf, movesBetween, type StoreNodes } from './checkpointMoves.ts'
import type { AttestationError, TargetError } from './errors.ts'
import type { Anchor, EarlierVotes, ValidBlock } from './input.ts'
import { KnownBlocks } from './knownBlocks.ts'
import { type Equivocation, LatestVotes, type Vote, type VoteOutcome } from './latestVotes.ts'
import type { BlockNode, BlockSummary, PrunedBlock, WeightedBlock } from './protoArray.ts'
import { type HeadCheckpoints, voteFor, votingView } from './votingView.ts'

/** How many blocks must be decided before `prune` goes to work, which numbers the whole tree anew. */
const PRUNE_BATCH = 64

const { intervalsPerSlot } = PRESET

/**
 * LMD-GHOST over a block tree, the latest votes and a clock, with the checkpoints that follow from them: everything of
 * the specification's store that needs no states. It reads no clock and does no I/O: the same calls have the same effect.
 */
export class ForkChoice {
  /** Unix seconds. */
  readonly genesisTime: number
  /** Length of the registry, which devnet-1 never changes. */
  readonly validatorCount: number
  protected readonly blocks = new KnownBlocks()
  protected readonly nodes: StoreNodes
  private readonly votes = new LatestVotes()
  private intervals: number
  private readonly slotOf = (root: Uint8Array): Slot | undefined => this.blocks.slotOf(root)

  constructor({ genesisTime, validatorCount, block }: Anchor) {
    const anchor = this.blocks.tree.add(block, undefined)
    this.genesisTime = genesisTime
    this.validatorCount = validatorCount
    this.intervals = anchor.slot * intervalsPerSlot
    this.nodes = { head: anchor, safeTarget: anchor, justified: anchor, finalized: anchor }
  }

  /** The clock, in intervals since genesis. */
  get time(): number {
    return this.intervals
  }

  get currentSlot(): Slot {
    return Math.floor(this.intervals / intervalsPerSlot)
  }

  /** The blocks of the four checkpoints. */
  get landmarks(): Readonly<Record<keyof StoreNodes, BlockSummary>> {
    return this.nodes
  }

  get head(): Checkpoint {
    return checkpointOf(this.nodes.head)
  }

  get safeTarget(): Checkpoint {
    return checkpointOf(this.nodes.safeTarget)
  }

  /** The highest justified checkpoint of any imported block, on whatever branch; the head state's may be lower. */
  get latestJustified(): Checkpoint {
    return checkpointOf(this.nodes.justified)
  }

  /** The highest finalized checkpoint of any imported block. */
  get latestFinalized(): Checkpoint {
    return checkpointOf(this.nodes.finalized)
  }

  /** Votes that have weight for the head, in the order in which a produced block takes them. */
  get latestKnownAttestations(): ReadonlyMap<ValidatorIndex, SignedAttestation> {
    return this.votes.known
  }

  /** Votes that wait for the next acceptance. */
  get latestNewAttestations(): ReadonlyMap<ValidatorIndex, SignedAttestation> {
    return this.votes.new
  }

  /** The slot of the latest vote of a validator, known or new; -1 for none. */
  latestVoteSlot(validatorIndex: ValidatorIndex): Slot {
    return this.votes.latestSlotOf(validatorIndex)
  }

  /** Number of blocks in the tree. */
  get blockCount(): number {
    return this.blocks.tree.size
  }

  /** A block of the tree; undefined when it is unknown or pruned. */
  getBlock(root: RootHex): BlockSummary | undefined {
    return this.blocks.tree.get(root)
  }

  /** Whether finality has settled a block: it left the tree, or stood before its first block. The oldest are forgotten. */
  isSettled(root: RootHex): boolean {
    return this.blocks.isSettled(root)
  }

  /** Lets votes name a block from before the tree that is not in the history of its first state: one beside the chain. */
  settle(root: RootHex, slot: Slot): void {
    this.blocks.settle(root, slot)
  }

  /** The blocks from the latest justified one on, parents first, with the known votes for each subtree. */
  weightedBlocks(): WeightedBlock[] {
    return this.blocks.tree.weightsFrom(this.nodes.justified, this.votes.known.values())
  }

  /** Whether a vote may be taken, by everything but its signature and the stricter clock of gossip. */
  validateAttestation({ message }: SignedAttestation): Result<void, AttestationError> {
    const error = checkAttestation(message, this.attestationContext())
    return error ? failure(error) : success(undefined)
  }

  /** Takes a vote: one from a block's body is known at once, one from gossip waits among the new ones. */
  onAttestation(vote: SignedAttestation, isFromBlock = false): Result<VoteOutcome, AttestationError> {
    const error =
      checkAttestation(vote.message, this.attestationContext()) ??
      (isFromBlock ? undefined : checkGossipSlot(vote.message, this.currentSlot))
    return error ? failure(error) : success(this.addVote(vote, isFromBlock))
  }

  /** Advances the clock to a Unix time in seconds, interval by interval; a time that has passed changes nothing. */
  onTick(time: number, hasProposal: boolean): CheckpointMoves {
    const before = { ...this.nodes }
    const target = Math.floor((time - this.genesisTime) / SECONDS_PER_INTERVAL)
    // After two whole slots without a block or vote from outside, nothing can move any more but the clock.
    const settled = this.intervals + 2 * intervalsPerSlot
    while (this.intervals < Math.min(target, settled)) {
      this.tickInterval(hasProposal && this.intervals + 1 === target)
    }
    this.intervals = Math.max(this.intervals, target)
    return movesBetween(before, this.nodes)
  }

  /** Advances the clock by one interval and does what belongs to it. */
  tickInterval(hasProposal: boolean): void {
    this.intervals += 1
    const interval = this.intervals % intervalsPerSlot
    if (interval === 0 && hasProposal) this.acceptNewAttestations()
    if (interval === 2) this.updateSafeTarget()
    if (interval === 3) this.acceptNewAttestations()
  }

  /** Gives the new votes weight, and finds the head. */
  acceptNewAttestations(): void {
    this.votes.acceptNew()
    this.updateHead()
  }

  /**
   * Takes votes that were latest before a restart, and the safe target found then. The votes were checked before; what
   * they name must be in the tree, or settled.
   */
  restore({ known, waiting, safeTarget }: EarlierVotes): void {
    this.votes.replace(this.votesByValidator(known), this.votesByValidator(waiting))
    this.nodes.safeTarget = this.blocks.tree.get(toHex(safeTarget)) ?? this.nodes.safeTarget
    this.updateHead()
  }

  /** Finds the head by the known votes. */
  updateHead(): void {
    this.nodes.head = this.blocks.tree.findHead(this.nodes.justified, this.votes.known.values())
  }

  /** Finds the last block that two thirds of all validators support by their new votes. */
  updateSafeTarget(): void {
    const twoThirds = Math.ceil((2 * this.validatorCount) / 3)
    const { tree } = this.blocks
    this.nodes.safeTarget = tree.findHead(this.nodes.justified, this.votes.new.values(), twoThirds)
  }

  /** The head to build upon at a slot; advances the clock to it and accepts the new votes. */
  getProposalHead(slot: Slot): Checkpoint {
    this.onTick(this.genesisTime + slot * PRESET.secondsPerSlot, true)
    this.acceptNewAttestations()
    return this.head
  }

  /** The checkpoint that a vote cast now should have justified. */
  getAttestationTarget(): Result<Checkpoint, TargetError> {
    const { head, safeTarget, finalized } = this.nodes
    const target = findAttestationTarget(this.blocks.tree, head, safeTarget.slot, finalized.slot)
    return target.ok ? success(checkpointOf(target.value)) : target
  }

  /** What a validator votes for at a slot; `state` is what the head's own state says, where it is at hand. */
  protected produceVote(slot: Slot, state: HeadCheckpoints | undefined): AttestationData {
    const { head, safeTarget, justified, finalized } = this.nodes
    const { tree } = this.blocks
    const view = votingView(justified, finalized, state, (root) => tree.get(root))
    const target = findAttestationTarget(tree, head, safeTarget.slot, view.finalizedSlot)
    return voteFor(slot, head, target, view.source)
  }

  /**
   * What the proposer of a block that is not imported yet votes for: what `produceVote` will say once the block is the
   * head. Expects the block's parent in the tree, and its slot after the safe target's.
   */
  protected produceProposerVote(
    block: BlockSummary,
    state: HeadCheckpoints,
    followsState: boolean,
  ): AttestationData {
    const { tree } = this.blocks
    const { safeTarget } = this.nodes
    const justified = this.later(this.nodes.justified, state.latestJustified)
    const finalized = this.later(this.nodes.finalized, state.latestFinalized)
    const view = votingView(justified, finalized, followsState ? state : undefined, (root) => tree.get(root))
    // The walk's first step is from the block to its parent.
    const parent = tree.get(toHex(block.parentRoot))!
    const lookback = PRESET.justificationLookbackSlots - 1
    const target = findAttestationTarget(tree, parent, safeTarget.slot, view.finalizedSlot, lookback)
    return voteFor(block.slot, block, target, view.source)
  }

  /**
   * Drops every block that is not the finalized one or below it. To be called after finality moved; it does nothing
   * until enough blocks are decided to be worth it.
   *
   * A block beside the finalized chain may still come late and be needed: a vote in a block of the finalized chain may
   * name it. Whoever wants to take such blocks keeps the last ancestors of the finalized block, and what stands on them.
   *
   * @param minimum how many blocks to be dropped are enough
   * @param keptSlots how far before the finalized block the tree may begin
   * @returns the dropped blocks, parents first
   */
  prune(minimum = PRUNE_BATCH, keptSlots = 0): PrunedBlock[] {
    const { justified, finalized } = this.nodes
    const { tree } = this.blocks
    // Dishonest votes can finalize one branch and justify another; until that is resolved both are needed.
    if (finalized.index < minimum || !tree.isDescendant(justified, finalized)) return []
    const root = tree.ancestorAt(finalized, finalized.slot - keptSlots)
    return root.index >= minimum ? this.blocks.prune(root) : []
  }

  /**
   * Adds a block whose parent is in the tree and whose votes were checked: checkpoints, votes as known, the head, then
   * the proposer's own vote as if from gossip. Returns the contradictions among the votes.
   */
  protected addBlock({ block, votes, proposerVote, ...checkpoints }: ValidBlock): Equivocation[] {
    const justified = this.later(this.nodes.justified, checkpoints.latestJustified)
    const finalized = this.later(this.nodes.finalized, checkpoints.latestFinalized)
    this.blocks.tree.add(block, this.blocks.tree.get(toHex(block.parentRoot)))
    Object.assign(this.nodes, { justified, finalized })
    const equivocations: Equivocation[] = []
    const add = (vote: SignedAttestation, isFromBlock: boolean) => {
      const { equivocation } = this.addVote(vote, isFromBlock)
      if (equivocation !== undefined) equivocations.push(equivocation)
    }
    for (const vote of votes) add(vote, true)
    // Before the proposer's own vote is counted, so that no proposer adds weight to its block.
    this.updateHead()
    add(proposerVote, false)
    return equivocations
  }

  protected attestationContext(): AttestationContext {
    const { validatorCount, currentSlot, slotOf } = this
    return { validatorCount, currentSlot, slotOf }
  }

  private later(node: BlockNode, checkpoint: Checkpoint): BlockNode {
    if (checkpoint.slot <= node.slot) return node
    const later = this.blocks.tree.get(toHex(checkpoint.root))
    if (later === undefined)
      throw new Error(`checkpoint ${toHex(checkpoint.root)}: expected a block of the tree`)
    return later
  }

  private votesByValidator(votes: readonly SignedAttestation[]): Map<ValidatorIndex, Vote> {
    const located = new Map<ValidatorIndex, Vote>()
    for (const vote of votes) located.set(toNumber(vote.message.validatorIndex), this.locate(vote))
    return located
  }

  private locate({ message, signature }: SignedAttestation): Vote {
    const { slot, head } = message.data
    return { message, signature, slot, headNode: this.blocks.voteNode(head.root) }
  }

  private addVote(signedVote: SignedAttestation, isFromBlock: boolean): VoteOutcome {
    const vote = this.locate(signedVote)
    const validatorIndex = toNumber(vote.message.validatorIndex)
    return isFromBlock
      ? this.votes.addFromBlock(validatorIndex, vote)
      : this.votes.addFromGossip(validatorIndex, vote)
  }
}
