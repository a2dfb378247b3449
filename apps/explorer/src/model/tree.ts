import type { Reference, Root } from './events.ts'
import type { Block, Model } from './model.ts'

export type BlockStanding = 'finalized' | 'justified' | 'canonical' | 'side' | 'orphaned'

/** A block where it is drawn: the head's chain in lane 0, side branches below it. */
export type PlacedBlock = {
  readonly block: Block
  readonly lane: number
  readonly standing: BlockStanding
  readonly isHead: boolean
  readonly isSafeTarget: boolean
  readonly isJustified: boolean
  readonly isFinalized: boolean
  /** Validators whose latest vote is for it or a descendant; undefined below the finalized block. */
  readonly weight: number | undefined
  /** Its proposer made another block in this slot too. */
  readonly isEquivocation: boolean
  /** Where its parent is drawn; undefined when the parent is unknown. */
  readonly parent: { readonly slot: number; readonly lane: number } | undefined
}

export type TreeWindow = {
  readonly blocks: readonly PlacedBlock[]
  readonly lanes: number
}

/** Computes lanes and weights once per change, places only what is asked for. */
export class TreeLayout {
  readonly #model: Model
  #structure = -1
  #version = -1
  #lanes = new Map<Root, number>()
  #weights: ReadonlyMap<Root, number> = new Map()

  constructor(model: Model) {
    this.#model = model
  }

  /** The blocks of slots `first` to `last`. */
  window(first: number, last: number): TreeWindow {
    const model = this.#model
    if (this.#structure !== model.structure) {
      this.#lanes = assignLanes(model)
      this.#structure = model.structure
    }
    if (this.#version !== model.version) {
      this.#weights = weightsOf(model)
      this.#version = model.version
    }
    const blocks: PlacedBlock[] = []
    for (let slot = first; slot <= last; slot++) {
      for (const block of model.blocksBySlot.get(slot) ?? []) blocks.push(this.#place(block))
    }
    const lanes = blocks.reduce((most, { lane, parent }) => Math.max(most, lane, parent?.lane ?? 0), 0) + 1
    return { blocks, lanes }
  }

  #place(block: Block): PlacedBlock {
    const model = this.#model
    const parent = model.blocks.get(block.parentRoot)
    const siblings = model.blocksBySlot.get(block.slot) ?? []
    const isAt = (reference: Reference | undefined) => reference?.root === block.root
    return {
      block,
      lane: this.#lanes.get(block.root) ?? 0,
      standing: standingOf(model, block),
      isHead: isAt(model.head),
      isSafeTarget: isAt(model.safeTarget),
      isJustified: isAt(model.justified),
      isFinalized: isAt(model.finalized),
      weight: this.#weights.get(block.root),
      isEquivocation: siblings.some(
        ({ root, proposerIndex }) => root !== block.root && proposerIndex === block.proposerIndex,
      ),
      parent: parent && { slot: parent.slot, lane: this.#lanes.get(parent.root) ?? 0 },
    }
  }
}

/** What became of a block, as far as is known. */
export function standingOf(model: Model, { root, slot }: Reference): BlockStanding {
  const finalizedSlot = model.finalized?.slot ?? -1
  if (!model.chain.roots.has(root)) return slot <= finalizedSlot ? 'orphaned' : descends(model, root)
  if (slot <= finalizedSlot) return 'finalized'
  return model.justifiedRoots.has(root) ? 'justified' : 'canonical'
}

/** A branch off the chain is orphaned once it left the chain below the finalized block. */
function descends(model: Model, root: Root): 'side' | 'orphaned' {
  let block = model.blocks.get(root)
  while (block !== undefined && !model.chain.roots.has(block.root)) block = model.blocks.get(block.parentRoot)
  return block !== undefined && block.slot < (model.finalized?.slot ?? -1) ? 'orphaned' : 'side'
}

/**
 * Each branch that leaves the chain of the head, or another branch, gets the first lane that is free for all its
 * slots. Older branches choose first, so that a branch stays where it is while the chain grows.
 */
function assignLanes(model: Model): Map<Root, number> {
  const lanes = new Map<Root, number>()
  const slots = [...model.blocksBySlot.keys()].sort((left, right) => left - right)
  const sideBlocks = slots.flatMap((slot) =>
    model.blocksBySlot.get(slot)!.filter(({ root }) => !model.chain.roots.has(root)),
  )
  const firstChildOf = new Map<Root, Block>()
  for (const block of sideBlocks) {
    if (!firstChildOf.has(block.parentRoot)) firstChildOf.set(block.parentRoot, block)
  }
  const busyUntil: number[] = []
  for (const block of sideBlocks) {
    if (lanes.has(block.root)) continue
    const from = model.blocks.get(block.parentRoot)?.slot ?? block.slot
    const branch: Block[] = []
    for (let next: Block | undefined = block; next !== undefined; next = firstChildOf.get(next.root)) {
      branch.push(next)
    }
    let lane = busyUntil.findIndex((until) => until < from)
    if (lane === -1) lane = busyUntil.length
    busyUntil[lane] = branch.at(-1)!.slot
    for (const { root } of branch) lanes.set(root, lane + 1)
  }
  return lanes
}

/** Votes by head, counted for every ancestor above the finalized block. */
export function weightsOf(model: Model): ReadonlyMap<Root, number> {
  const base = model.finalized?.slot ?? -1
  const weights = new Map<Root, number>()
  const heads = new Map<Root, number>()
  for (const { head } of model.votes.latest.values()) heads.set(head.root, (heads.get(head.root) ?? 0) + 1)
  // Fewer votes heard than the node counts: it began before us, and knows better.
  if (model.votes.latest.size < model.validatorCount && model.toldWeights.size > 0) return model.toldWeights
  for (const [root, votes] of heads) {
    for (
      let block = model.blocks.get(root);
      block !== undefined && block.slot > base;
      block = model.blocks.get(block.parentRoot)
    ) {
      weights.set(block.root, (weights.get(block.root) ?? 0) + votes)
    }
  }
  return weights
}
