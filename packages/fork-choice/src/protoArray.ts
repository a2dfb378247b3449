import type { RootHex, Slot, ValidatorIndex } from '@trine/types'

/** What fork choice keeps of a block. */
export type BlockSummary = {
  readonly root: Uint8Array
  readonly rootHex: RootHex
  readonly slot: Slot
  readonly parentRoot: Uint8Array
  readonly proposerIndex: ValidatorIndex
}

/** A block of the tree, compared by identity. */
export type BlockNode = BlockSummary & {
  /** Place in the array, -1 once it is pruned. Written by `ProtoArray` alone. */
  index: number
}

/** A block with the number of votes for it and all below it. */
export type WeightedBlock = { readonly block: BlockSummary; readonly weight: number }

/** A block that finality decided about: part of the finalized chain, or given up. */
export type PrunedBlock = { readonly block: BlockSummary; readonly isCanonical: boolean }

/** A vote as far as the tree is concerned: the node of its head, of index -1 when that block is pruned. */
export type HeadVote = { readonly headNode: Pick<BlockNode, 'index'> }

const NONE = -1
const INITIAL_CAPACITY = 64

/**
 * The block tree as an array in which every parent stands before its children, so that one backward pass sums up the
 * weight of every subtree and finds the best child of every block.
 *
 * Weights are not kept between calls: counting every vote anew costs less than a microsecond per hundred blocks, and
 * the two vote lanes of the store need no bookkeeping of who moved where.
 */
export class ProtoArray {
  private nodes: BlockNode[] = []
  private readonly nodeByRoot = new Map<RootHex, BlockNode>()
  private parents = new Int32Array(INITIAL_CAPACITY)
  private weights = new Int32Array(INITIAL_CAPACITY)
  private bestChildren = new Int32Array(INITIAL_CAPACITY)

  /** Number of blocks in the tree. */
  get size(): number {
    return this.nodes.length
  }

  /** The block with this root, unless it is unknown or pruned. */
  get(rootHex: RootHex): BlockNode | undefined {
    return this.nodeByRoot.get(rootHex)
  }

  /** Adds a block below `parent`; the first block of the tree has none. */
  add(block: BlockSummary, parent: BlockNode | undefined): BlockNode {
    const index = this.nodes.length
    if (index === this.parents.length) this.grow()
    const { root, rootHex, slot, proposerIndex } = block
    // Of a long chain without finality much is kept: the root of the parent need not be there twice.
    const parentRoot = parent === undefined ? block.parentRoot : parent.root
    const node: BlockNode = { root, rootHex, slot, parentRoot, proposerIndex, index }
    this.nodes.push(node)
    this.nodeByRoot.set(block.rootHex, node)
    this.parents[index] = parent === undefined ? NONE : parent.index
    return node
  }

  /** The parent, undefined for the first block of the tree. */
  parentOf(node: BlockNode): BlockNode | undefined {
    return this.nodes[this.parents[node.index]!]
  }

  /** The last ancestor of a block, itself included, that is not after a slot; the tree's first block if there is none. */
  ancestorAt(node: BlockNode, slot: Slot): BlockNode {
    let index = node.index
    while (this.nodes[index]!.slot > slot && this.parents[index]! !== NONE) index = this.parents[index]!
    return this.nodes[index]!
  }

  /** Whether `node` is `ancestor` or stands below it. */
  isDescendant(node: BlockNode, ancestor: BlockNode): boolean {
    let index = node.index
    while (index > ancestor.index) index = this.parents[index]!
    return index === ancestor.index
  }

  /**
   * The head by LMD-GHOST: from `start` always on to the child with the most votes in its subtree, ties to the larger
   * root, children with fewer than `minimumWeight` votes left out. O(blocks + votes).
   */
  findHead(start: BlockNode, votes: Iterable<HeadVote>, minimumWeight = 0): BlockNode {
    this.sumWeights(start, votes, minimumWeight)
    let index = start.index
    while (this.bestChildren[index]! !== NONE) index = this.bestChildren[index]!
    return this.nodes[index]!
  }

  /** Every block at or after `start` in the array, with the votes for its subtree: what `findHead` decides by. */
  weightsFrom(start: BlockNode, votes: Iterable<HeadVote>): WeightedBlock[] {
    this.sumWeights(start, votes, 0)
    return this.nodes.slice(start.index).map((node) => ({ block: node, weight: this.weights[node.index]! }))
  }

  /** Removes every block that is not `root` or below it, and numbers the others anew. Returns the removed, in order. */
  prune(root: BlockNode): PrunedBlock[] {
    const canonical = new Set<BlockNode>()
    for (let node = this.parentOf(root); node; node = this.parentOf(node)) canonical.add(node)
    const removed: PrunedBlock[] = []
    const kept: BlockNode[] = []
    // Parents come first: by the time a child is looked at, its parent has its new number, or -1.
    for (const [index, node] of this.nodes.entries()) {
      const parent = index === root.index ? undefined : this.nodes[this.parents[index]!]
      if (node === root || (parent !== undefined && parent.index !== NONE)) {
        this.parents[kept.length] = parent?.index ?? NONE
        node.index = kept.length
        kept.push(node)
      } else {
        node.index = NONE
        this.nodeByRoot.delete(node.rootHex)
        removed.push({ block: node, isCanonical: canonical.has(node) })
      }
    }
    this.nodes = kept
    return removed
  }

  private sumWeights(start: BlockNode, votes: Iterable<HeadVote>, minimumWeight: number): void {
    const { parents, weights, bestChildren, nodes } = this
    const first = start.index
    weights.fill(0, first, nodes.length)
    bestChildren.fill(NONE, first, nodes.length)
    for (const { headNode } of votes) if (headNode.index > first) weights[headNode.index]! += 1
    for (let index = nodes.length - 1; index > first; index--) {
      const parent = parents[index]!
      if (parent < first) continue
      const weight = weights[index]!
      weights[parent]! += weight
      if (weight < minimumWeight) continue
      const best = bestChildren[parent]!
      if (
        best === NONE ||
        weight > weights[best]! ||
        (weight === weights[best]! && nodes[index]!.rootHex > nodes[best]!.rootHex)
      ) {
        bestChildren[parent] = index
      }
    }
  }

  private grow(): void {
    const capacity = 2 * this.parents.length
    const parents = new Int32Array(capacity)
    parents.set(this.parents)
    this.parents = parents
    this.weights = new Int32Array(capacity)
    this.bestChildren = new Int32Array(capacity)
  }
}
