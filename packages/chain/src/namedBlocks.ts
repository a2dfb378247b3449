import type { PrunedBlock, Store } from '@trine/fork-choice'
import {
  bytesEqual,
  type Checkpoint,
  type RootHex,
  type SignedBlockWithAttestation,
  type Slot,
  toHex,
} from '@trine/types'
import { dropOldest } from './dropOldest.ts'

/** Roots remembered; the oldest are forgotten first. */
const LIMIT = 4096

/**
 * Blocks beside the chain that votes in blocks name. Whoever syncs later cannot import those blocks without them, so
 * they must be kept when the rest of their branch is given up.
 */
export class NamedBlocks {
  readonly #store: Store
  readonly #named = new Set<RootHex>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Notes what the votes of an imported block name beside the block's own ancestors. */
  note({ message }: SignedBlockWithAttestation): void {
    const { parentRoot, body } = message.block
    const heads = new Map<RootHex, Slot>()
    let last: Checkpoint | undefined
    for (const { data } of body.attestations) {
      // Nearly all votes of a block are for the same head.
      if (last !== undefined && bytesEqual(last.root, data.head.root)) continue
      last = data.head
      heads.set(toHex(last.root), Number(last.slot))
    }
    for (const root of this.#besideBranch(heads, toHex(parentRoot))) {
      this.#named.add(root)
      dropOldest(this.#named, LIMIT)
    }
  }

  /** Those of the blocks that left the tree which nobody will ask for: not canonical, not named, nothing named on them. */
  discardable(pruned: readonly PrunedBlock[]): RootHex[] {
    const discardable: RootHex[] = []
    const needed = new Set<RootHex>()
    for (const { block, isCanonical } of pruned.toReversed()) {
      const isNamed = this.#named.delete(block.rootHex)
      if (isCanonical) continue
      if (isNamed || needed.has(block.rootHex)) needed.add(toHex(block.parentRoot))
      else discardable.push(block.rootHex)
    }
    return discardable
  }

  /** Those of the blocks that are not on the branch that ends here: one walk down, however many there are. */
  #besideBranch(blocks: Map<RootHex, Slot>, end: RootHex): Iterable<RootHex> {
    const lowest = Math.min(...blocks.values())
    let block = this.#store.getBlock(end)
    while (blocks.size > 0 && block !== undefined && block.slot >= lowest) {
      blocks.delete(block.rootHex)
      block = this.#store.getBlock(toHex(block.parentRoot))
    }
    return blocks.keys()
  }
}
