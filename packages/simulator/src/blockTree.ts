import type { BlockReference } from '@trine/messages'
import type { RootHex } from '@trine/types'

/** Every block that any node imported: what a bird above the network sees. */
export class BlockTree {
  readonly #parents = new Map<RootHex, RootHex>()
  readonly #slots = new Map<RootHex, number>()

  constructor(genesis: BlockReference) {
    this.#slots.set(genesis.root, genesis.slot)
  }

  add({ root, slot }: BlockReference, parentRoot: RootHex): void {
    this.#parents.set(root, parentRoot)
    this.#slots.set(root, slot)
  }

  has(root: RootHex): boolean {
    return this.#slots.has(root)
  }

  /** Whether a block is another one or descends from it. */
  descendsFrom(block: RootHex, ancestor: RootHex): boolean {
    const lowest = this.#slots.get(ancestor)
    if (lowest === undefined) return false
    for (let root: RootHex | undefined = block; root !== undefined; root = this.#parents.get(root)) {
      if (root === ancestor) return true
      if ((this.#slots.get(root) ?? -1) <= lowest) return false
    }
    return false
  }
}
