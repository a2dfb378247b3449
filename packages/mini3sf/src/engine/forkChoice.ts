import { type BlockTable, ZERO } from './blockTable.ts'
import type { IndexSet } from './indexSet.ts'

/**
 * LMD-GHOST over the block table. Only blocks above the root's slot matter, and they are the last of the table:
 * one pass from the newest backwards gives each block its whole weight before its parent chooses among its children.
 */
export class ForkChoice {
  readonly #blocks: BlockTable
  readonly #weight: number[] = []
  readonly #bestChild: number[] = []

  constructor(blocks: BlockTable) {
    this.#blocks = blocks
  }

  /**
   * The head (Python's `get_fork_choice_head`).
   *
   * @param root index of the block to start at; the zero hash stands for genesis
   * @param known the blocks that the staker knows
   * @param votes latest votes by head block: votes[block] is a count, missing is none
   * @param minimumWeight children below this weight are not followed
   */
  head(root: number, known: IndexSet, votes: ArrayLike<number>, minimumWeight: number): number {
    const { slot, parent } = this.#blocks
    const weight = this.#weight
    const bestChild = this.#bestChild
    const start = root === ZERO ? 0 : root
    const startSlot = slot[start]!
    const last = this.#blocks.size - 1
    while (weight.length <= last) bestChild.push(weight.push(0) - 1)

    bestChild[start] = ZERO
    let first = last
    for (; slot[first]! > startSlot; first--) {
      weight[first] = votes[first] ?? 0
      bestChild[first] = ZERO
    }
    for (let block = last; block > first; block--) {
      if (!known.has(block)) continue
      const blockParent = parent[block]!
      if (blockParent > first) weight[blockParent]! += weight[block]!
      else if (blockParent !== start) continue
      if (weight[block]! >= minimumWeight && this.#isBetter(block, bestChild[blockParent]!)) {
        bestChild[blockParent] = block
      }
    }
    let head = start
    while (bestChild[head]! !== ZERO) head = bestChild[head]!
    return head
  }

  #isBetter(block: number, best: number): boolean {
    if (best === ZERO) return true
    const byWeight = this.#weight[block]! - this.#weight[best]!
    if (byWeight !== 0) return byWeight > 0
    const { slot, hash } = this.#blocks
    const bySlot = slot[block]! - slot[best]!
    return bySlot > 0 || (bySlot === 0 && hash[block]! > hash[best]!)
  }
}
