import type { BlockReference } from '@trine/messages'
import type { RootHex } from '@trine/types'

type TreeBlock = {
  readonly root: RootHex
  readonly slot: number
  readonly depth: number
  readonly parent: TreeBlock | undefined
  /** A far ancestor: with it every ancestor is found in a number of steps that grows like the logarithm. */
  readonly jump: TreeBlock | undefined
}

/** Every block that any node imported: what a bird above the network sees. */
export class BlockTree {
  readonly #blocks = new Map<RootHex, TreeBlock>()

  constructor({ root, slot }: BlockReference) {
    this.#blocks.set(root, { root, slot, depth: 0, parent: undefined, jump: undefined })
  }

  /** Adds a block; one that is known already changes nothing. */
  add({ root, slot }: BlockReference, parentRoot: RootHex): void {
    if (this.#blocks.has(root)) return
    const parent = this.#blocks.get(parentRoot)
    const depth = parent === undefined ? 0 : parent.depth + 1
    this.#blocks.set(root, { root, slot, depth, parent, jump: jumpOver(parent) })
  }

  has(root: RootHex): boolean {
    return this.#blocks.has(root)
  }

  /** Whether a block is another one or descends from it. */
  descendsFrom(block: RootHex, ancestor: RootHex): boolean {
    const lowest = this.#blocks.get(ancestor)
    let found = this.#blocks.get(block)
    if (lowest === undefined) return false
    while (found !== undefined && found.slot > lowest.slot) {
      const { jump, parent } = found
      found = jump !== undefined && jump.slot >= lowest.slot ? jump : parent
    }
    return found === lowest
  }
}

/** Two jumps of the parent that are equally long become one (Myers, "An applicative random-access stack", 1983). */
function jumpOver(parent: TreeBlock | undefined): TreeBlock | undefined {
  const first = parent?.jump
  const second = first?.jump
  if (parent === undefined || first === undefined || second === undefined) return parent
  return parent.depth - first.depth === first.depth - second.depth ? second : parent
}
