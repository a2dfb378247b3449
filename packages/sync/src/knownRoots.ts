import { type RootHex, ZERO_ROOT_HEX } from '@trine/types'
import { BoundedMap } from './boundedMap.ts'

const REMEMBERED = 16_384

/** Until when a block is not looked for; `settled`: unless the chain asks, because finality left it behind. */
export type Useless = number | 'settled'

/** Roots that need not be looked for: the chain has the block, or the block is of no use. */
export class KnownRoots {
  /** True when imported, false when the chain only has it waiting, or had. */
  readonly #inChain = new BoundedMap<RootHex, boolean>(REMEMBERED)
  readonly #useless = new BoundedMap<RootHex, Useless>(REMEMBERED)

  hasImported(root: RootHex): boolean {
    return this.#inChain.get(root) === true
  }

  /** Whether a block on top of it can be handed to the chain. The parent of genesis counts. */
  isInChain(root: RootHex): boolean {
    return root === ZERO_ROOT_HEX || this.#inChain.has(root)
  }

  noteInChain(root: RootHex, isImported: boolean): void {
    if (isImported || !this.#inChain.has(root)) this.#inChain.set(root, isImported)
  }

  /** The chain has it no longer waiting; what is imported stays. */
  noteLost(root: RootHex): void {
    if (!this.hasImported(root)) this.#inChain.delete(root)
  }

  noteUseless(root: RootHex, until: Useless): void {
    this.#useless.set(root, until)
  }

  /** The chain asks for it, or for what descends from it. */
  noteAskedFor(root: RootHex): void {
    if (this.#useless.get(root) === 'settled') this.#useless.delete(root)
  }

  isUseless(root: RootHex, now: number): boolean {
    const until = this.uselessUntil(root)
    return until === 'settled' || until > now
  }

  uselessUntil(root: RootHex): Useless {
    return this.#useless.get(root) ?? 0
  }
}
