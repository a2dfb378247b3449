import type { PrunedBlock, Store } from '@trine/fork-choice'
import {
  bytesEqual,
  type Checkpoint,
  type RootHex,
  type SignedBlockWithAttestation,
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
    let last: Checkpoint | undefined
    for (const { data } of body.attestations) {
      // Nearly all votes of a block are for the same head.
      if (last !== undefined && bytesEqual(last.root, data.head.root)) continue
      last = data.head
      const root = toHex(last.root)
      if (this.#isAncestor(root, toHex(parentRoot))) continue
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

  #isAncestor(root: RootHex, of: RootHex): boolean {
    const block = this.#store.getBlock(root)
    let current = this.#store.getBlock(of)
    while (block !== undefined && current !== undefined && current.slot > block.slot) {
      current = this.#store.getBlock(toHex(current.parentRoot))
    }
    return block !== undefined && current === block
  }
}
