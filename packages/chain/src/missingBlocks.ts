import type { Store } from '@trine/fork-choice'
import type { RootHex } from '@trine/types'
import type { BlockRefusals } from './blockRefusals.ts'
import { type Candidate, type Candidates, peerOf } from './candidates.ts'
import type { Neighbours } from './neighbours.ts'

export type MissingBlocksParts = {
  readonly store: Store
  readonly candidates: Candidates
  readonly refusals: BlockRefusals
  readonly neighbours: Neighbours
}

/** Blocks that waiting ones need and that are not here. */
export class MissingBlocks {
  readonly #parts: MissingBlocksParts

  constructor(parts: MissingBlocksParts) {
    this.#parts = parts
  }

  /** What is known of a block that is not in the tree. */
  statusOf(root: RootHex): 'waiting' | 'hopeless' | 'unknown' {
    const { candidates, refusals } = this.#parts
    if (candidates.get(root) !== undefined) return 'waiting'
    return refusals.causeOf(root) === undefined ? 'unknown' : 'hopeless'
  }

  /**
   * Asks for the block that a verified one waits for. That may have been asked for before: sync gives a block up that
   * nobody had, and a parent is given up here when its state could not be made; somebody may have it now.
   */
  ask({ stage, votedRoot, parentRoot, envelope }: Candidate): void {
    if (stage === 'votedBlock') this.#ask(votedRoot!, peerOf(envelope))
    else if (stage === 'ancestor') this.#ask(parentRoot, undefined)
  }

  #ask(root: RootHex, peerId: ReturnType<typeof peerOf>): void {
    const { store, neighbours } = this.#parts
    if (store.getBlock(root) !== undefined || this.statusOf(root) !== 'unknown') return
    neighbours.missingBlock(root, peerId)
  }
}
