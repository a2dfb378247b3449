import { ZERO_HASH } from '../modelRun.ts'
import type { PostState } from './postState.ts'

/** The index that stands for the zero hash, at slot 0. */
export const ZERO = -1

/**
 * Every distinct block of a run, once, with its post-state, known to everyone by its index. Blocks are added as they
 * are made, so indices are in the order of slots and a parent's index is below its children's.
 */
export class BlockTable {
  readonly hash: string[] = []
  readonly slot: number[] = []
  readonly parent: number[] = []
  readonly votes: (readonly number[])[] = []
  readonly stateRoot: string[] = []
  readonly postState: PostState[] = []

  get size(): number {
    return this.hash.length
  }

  /** Adds a block and returns its index. The caller adds no block twice. */
  add(block: {
    hash: string
    slot: number
    parent: number
    votes: readonly number[]
    stateRoot: string
    postState: PostState
  }): number {
    this.hash.push(block.hash)
    this.slot.push(block.slot)
    this.parent.push(block.parent)
    this.votes.push(block.votes)
    this.stateRoot.push(block.stateRoot)
    return this.postState.push(block.postState) - 1
  }

  hashOf(block: number): string {
    return block === ZERO ? ZERO_HASH : this.hash[block]!
  }

  slotOf(block: number): number {
    return block === ZERO ? 0 : this.slot[block]!
  }

  /** The block at each slot up to a block's own (that is Python's `historical_block_hashes` of its child); -2 where none is. */
  historyThrough(block: number): Int32Array {
    const history = new Int32Array(this.slot[block]! + 1).fill(NO_BLOCK)
    history[0] = ZERO
    for (let ancestor = block; ancestor !== ZERO; ancestor = this.parent[ancestor]!) {
      history[this.slot[ancestor]!] = ancestor
    }
    return history
  }
}

/** Marks a slot without a block in a history. */
export const NO_BLOCK = -2
