import { isJustifiableAfter, stateTransition } from '@trine/state-transition'
import {
  type Attestation,
  type Block,
  blockType,
  type Checkpoint,
  type SignedBlockWithAttestation,
  type State,
  toHex,
  type Uint64,
} from '@trine/types'

type Vote = Attestation

/** The rules of the specification's store as plainly as they can be written: the oracle of the tests. Rejects by throwing. */
export class NaiveStore {
  time: number
  head: string
  safeTarget: string
  justified: { root: string; slot: Uint64 }
  finalized: { root: string; slot: Uint64 }
  readonly genesisTime: number
  readonly blocks = new Map<string, Block>()
  readonly states = new Map<string, State>()
  known = new Map<Uint64, Vote>()
  new = new Map<Uint64, Vote>()

  constructor(state: State, anchorBlock: Block) {
    const root = toHex(blockType.hashTreeRoot(anchorBlock))
    this.time = Number(anchorBlock.slot) * 4
    this.genesisTime = Number(state.config.genesisTime)
    this.head = root
    this.safeTarget = root
    this.justified = { root, slot: anchorBlock.slot }
    this.finalized = this.justified
    this.blocks.set(root, anchorBlock)
    this.states.set(root, state)
  }

  validateAttestation({ data }: Vote): void {
    const source = this.blocks.get(toHex(data.source.root))
    const target = this.blocks.get(toHex(data.target.root))
    if (!source) throw new Error('UNKNOWN_SOURCE_BLOCK')
    if (!target) throw new Error('UNKNOWN_TARGET_BLOCK')
    if (!this.blocks.has(toHex(data.head.root))) throw new Error('UNKNOWN_HEAD_BLOCK')
    if (data.source.slot > data.target.slot) throw new Error('SOURCE_AFTER_TARGET')
    if (source.slot !== data.source.slot) throw new Error('SOURCE_SLOT_MISMATCH')
    if (target.slot !== data.target.slot) throw new Error('TARGET_SLOT_MISMATCH')
    if (data.slot > Math.floor(this.time / 4) + 1) throw new Error('ATTESTATION_TOO_FAR_IN_FUTURE')
  }

  onAttestation(vote: Vote, isFromBlock: boolean): void {
    this.validateAttestation(vote)
    const { slot } = vote.data
    const isLaterThan = (other: Vote | undefined) => other === undefined || other.data.slot < slot
    const waiting = this.new.get(vote.validatorIndex)
    if (isFromBlock) {
      if (isLaterThan(this.known.get(vote.validatorIndex))) this.known.set(vote.validatorIndex, vote)
      if (waiting && waiting.data.slot <= slot) this.new.delete(vote.validatorIndex)
      return
    }
    if (slot > Math.floor(this.time / 4)) throw new Error('ATTESTATION_FROM_FUTURE_SLOT')
    if (isLaterThan(waiting)) this.new.set(vote.validatorIndex, vote)
  }

  /** As the specification, but all or nothing; a post-state may be handed in, in place of the transition's. */
  onBlock({ message }: Pick<SignedBlockWithAttestation, 'message'>, postState?: State): void {
    const { block, proposerAttestation } = message
    const root = toHex(blockType.hashTreeRoot(block))
    if (this.blocks.has(root)) return
    const parentState = this.states.get(toHex(block.parentRoot))
    if (!parentState) throw new Error('PARENT_UNKNOWN')
    const before = { ...this, known: new Map(this.known), new: new Map(this.new) }
    try {
      this.blocks.set(root, block)
      const state = postState ?? transition(parentState, block)
      this.states.set(root, state)
      this.justified = later(this.justified, state.latestJustified.toValue())
      this.finalized = later(this.finalized, state.latestFinalized.toValue())
      for (const vote of block.body.attestations) this.onAttestation(vote, true)
      this.updateHead()
      this.onAttestation(proposerAttestation, false)
    } catch (error) {
      Object.assign(this, before)
      this.blocks.delete(root)
      this.states.delete(root)
      throw error
    }
  }

  /** The walk from the specification: every vote climbs from its head to the start, then down by the heaviest child. */
  findHead(start: string, votes: Iterable<Vote>, minimumWeight = 0): string {
    const blocks = [...this.blocks].map(([root, { slot, parentRoot }]) => {
      return [root, { slot: Number(slot), parentRoot: toHex(parentRoot) }] as const
    })
    const heads = [...votes].map((vote) => toHex(vote.data.head.root))
    return naiveHead(new Map(blocks), start, heads, minimumWeight)
  }

  updateHead(): void {
    this.head = this.findHead(this.justified.root, this.known.values())
  }

  updateSafeTarget(): void {
    const validatorCount = this.states.get(this.head)!.validators.length
    const threshold = Math.ceil((validatorCount * 2) / 3)
    this.safeTarget = this.findHead(this.justified.root, this.new.values(), threshold)
  }

  acceptNewAttestations(): void {
    for (const [validatorIndex, vote] of this.new) this.known.set(validatorIndex, vote)
    this.new = new Map()
    this.updateHead()
  }

  onTick(time: number, hasProposal: boolean): void {
    const target = time - this.genesisTime
    while (this.time < target) {
      this.time += 1
      const isProposing = hasProposal && this.time === target
      if (this.time % 4 === 0 && isProposing) this.acceptNewAttestations()
      if (this.time % 4 === 2) this.updateSafeTarget()
      if (this.time % 4 === 3) this.acceptNewAttestations()
    }
  }

  getAttestationTarget(): { root: string; slot: Uint64 } {
    let target = this.head
    for (let step = 0; step < 3; step++) {
      if (this.block(target).slot <= this.block(this.safeTarget).slot) break
      target = toHex(this.block(target).parentRoot)
    }
    while (!isJustifiableAfter(Number(this.block(target).slot), Number(this.finalized.slot))) {
      target = toHex(this.block(target).parentRoot)
    }
    return { root: target, slot: this.block(target).slot }
  }

  private block(root: string): Block {
    const block = this.blocks.get(root)
    if (!block) throw new Error('unknown block')
    return block
  }
}

/** LMD-GHOST over blocks given by slot and parent, votes given by the root of their head. */
export function naiveHead(
  blocks: ReadonlyMap<string, { readonly slot: number; readonly parentRoot: string }>,
  start: string,
  heads: Iterable<string>,
  minimumWeight = 0,
): string {
  const startSlot = blocks.get(start)!.slot
  const weights = new Map<string, number>()
  for (const voted of heads) {
    let root = voted
    for (let block = blocks.get(root); block && block.slot > startSlot; block = blocks.get(root)) {
      weights.set(root, (weights.get(root) ?? 0) + 1)
      root = block.parentRoot
    }
  }
  const children = new Map<string, string[]>()
  for (const [root, { parentRoot }] of blocks) {
    if (minimumWeight > 0 && (weights.get(root) ?? 0) < minimumWeight) continue
    children.set(parentRoot, [...(children.get(parentRoot) ?? []), root])
  }
  let head = start
  for (let below = children.get(head); below; below = children.get(head)) {
    const weightOf = (root: string) => weights.get(root) ?? 0
    const isBetter = (left: string, right: string) =>
      weightOf(left) > weightOf(right) || (weightOf(left) === weightOf(right) && left > right)
    head = below.reduce((best, root) => (isBetter(root, best) ? root : best))
  }
  return head
}

function transition(parentState: State, block: Block): State {
  const post = stateTransition(parentState.clone(), block)
  if (!post.ok) throw new Error('INVALID_TRANSITION')
  return post.value
}

function later(current: { root: string; slot: Uint64 }, { root, slot }: Checkpoint) {
  return slot > current.slot ? { root: toHex(root), slot } : current
}
