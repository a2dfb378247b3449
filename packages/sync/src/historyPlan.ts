import type { BlockReference, StoredHistory } from '@trine/messages'
import { type RootHex, type Slot, toHex, ZERO_ROOT_HEX } from '@trine/types'

const ROOT_LENGTH = 32

/** The blocks from before the lowest stored one, by the roots that a final state names. */
export class HistoryPlan {
  lowest: BlockReference
  readonly #roots: Uint8Array

  constructor({ lowest, roots }: StoredHistory) {
    this.lowest = lowest
    this.#roots = roots
  }

  /** The next blocks to be fetched, highest first; genesis, which nobody signed, is none of them. */
  next(count: number, limit: Slot): BlockReference[] {
    const found: BlockReference[] = []
    for (let slot = this.lowest.slot - 1; slot >= Math.max(1, limit) && found.length < count; slot--) {
      const root = this.#rootAt(slot)
      if (root !== ZERO_ROOT_HEX) found.push({ root, slot })
    }
    return found
  }

  /** The root of the block before a slot. */
  before(slot: Slot): RootHex | undefined {
    for (let earlier = slot - 1; earlier >= 0; earlier--) {
      const root = this.#rootAt(earlier)
      if (root !== ZERO_ROOT_HEX) return root
    }
    return undefined
  }

  #rootAt(slot: Slot): RootHex {
    const end = (slot + 1) * ROOT_LENGTH
    return end > this.#roots.length ? ZERO_ROOT_HEX : toHex(this.#roots.subarray(end - ROOT_LENGTH, end))
  }
}
