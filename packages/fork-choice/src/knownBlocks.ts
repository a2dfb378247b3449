import { bytesEqual, type RootHex, type Slot, type State, toHex, ZERO_ROOT_HEX } from '@trine/types'
import { type BlockNode, type HeadVote, ProtoArray, type PrunedBlock } from './protoArray.ts'

/** How many settled blocks are remembered: nine hours of slots, about a megabyte. */
const SETTLED_LIMIT = 8192

/** How many answers of `slotOf` are at hand: head, target and source of two kinds of votes. */
const RECENT = 6

type VoteNode = HeadVote['headNode']

/** Where votes for a settled block point. */
const SETTLED_NODE: VoteNode = { index: -1 }

/**
 * The block tree, and the slots of settled blocks: those that left the tree or stood before its first block.
 *
 * A vote may still name a settled block. The specification, which forgets nothing, accepts it and the block that
 * carries it, so whoever forgot it would split off. The oldest are forgotten first.
 */
export class KnownBlocks {
  readonly tree = new ProtoArray()
  private readonly settledSlots = new Map<RootHex, Slot>()
  /** Answers of `slotOf`, latest first: nearly all votes of a slot name the same few blocks. */
  private recent: { readonly root: Uint8Array; readonly slot: Slot }[] = []
  private lastVoted: { readonly root: Uint8Array; readonly node: VoteNode } | undefined

  /** Slot of a known block. */
  slotOf(root: Uint8Array): Slot | undefined {
    for (const known of this.recent) if (bytesEqual(known.root, root)) return known.slot
    const rootHex = toHex(root)
    const slot = this.tree.get(rootHex)?.slot ?? this.settledSlots.get(rootHex)
    if (slot !== undefined) this.recent = [{ root, slot }, ...this.recent.slice(0, RECENT - 1)]
    return slot
  }

  isSettled(rootHex: RootHex): boolean {
    return this.settledSlots.has(rootHex)
  }

  /** Where the weight of a vote for this known block goes. */
  voteNode(root: Uint8Array): VoteNode {
    // Nearly all votes of a block name the same head.
    if (this.lastVoted === undefined || !bytesEqual(this.lastVoted.root, root)) {
      this.lastVoted = { root, node: this.tree.get(toHex(root)) ?? SETTLED_NODE }
    }
    return this.lastVoted.node
  }

  /** Settles the blocks before the first one of the tree, from its state. */
  settleHistory({ historicalBlockHashes }: State): void {
    const { length } = historicalBlockHashes
    for (let slot = Math.max(0, length - SETTLED_LIMIT); slot < length; slot++) {
      const rootHex = toHex(historicalBlockHashes.getReadonly(slot))
      if (rootHex !== ZERO_ROOT_HEX) this.settle(rootHex, slot)
    }
  }

  /** Settles every block of the tree that is not `root` or below it. */
  prune(root: BlockNode): PrunedBlock[] {
    const pruned = this.tree.prune(root)
    this.recent = []
    for (const { block } of pruned) this.settle(block.rootHex, block.slot)
    return pruned
  }

  settle(rootHex: RootHex, slot: Slot): void {
    this.settledSlots.set(rootHex, slot)
    if (this.settledSlots.size <= SETTLED_LIMIT) return
    const [oldest] = this.settledSlots.keys()
    this.settledSlots.delete(oldest!)
  }
}
