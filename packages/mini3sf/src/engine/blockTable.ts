import { type BlockSummary, ZERO_HASH } from '../modelRun.ts'
import type { TextHash } from '../sha256.ts'
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
  /** SHA-256 of each post-state's text so far as children continue it. */
  readonly historyHash: TextHash[] = []
  readonly #indices = new Map<string, number>()

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
    historyHash: TextHash
  }): number {
    this.#indices.set(block.hash, this.hash.push(block.hash) - 1)
    this.slot.push(block.slot)
    this.parent.push(block.parent)
    this.votes.push(block.votes)
    this.stateRoot.push(block.stateRoot)
    this.historyHash.push(block.historyHash)
    return this.postState.push(block.postState) - 1
  }

  /** The index of a block by its hash; an unknown one is the caller's mistake. */
  indexOf(hash: string): number {
    const index = this.#indices.get(hash)
    if (index === undefined) throw new Error(`expected the hash of a block of this run, got ${hash}`)
    return index
  }

  summary(block: number): BlockSummary {
    return {
      hash: this.hash[block]!,
      slot: this.slot[block]!,
      parent: this.hashOf(this.parent[block]!),
      votes: this.votes[block]!.length,
      stateRoot: this.stateRoot[block]!,
    }
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
