import type { RootHex, SignedAttestation, Slot } from '@trine/types'
import { attestationRoot } from './memo.ts'

/** A verified vote that the store cannot take yet. */
export type WaitingVote = {
  readonly vote: SignedAttestation
  readonly origin: 'gossip' | 'own'
}

/**
 * Verified votes that wait for a block they name, or for their slot to begin. Bounded: a validator has one vote per slot
 * here, slots pass, and beyond a number the oldest are dropped.
 */
export class WaitingVotes {
  readonly #limit: number
  /** By the root of the block, then by that of the vote, in order of arrival. */
  readonly #byRoot = new Map<RootHex, Map<RootHex, WaitingVote>>()
  #forSlot: WaitingVote[] = []
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#size
  }

  /** Whether votes wait for this block. */
  has(root: RootHex): boolean {
    return this.#byRoot.has(root)
  }

  /** The votes that wait for a block. */
  for(root: RootHex): Iterable<WaitingVote> {
    return this.#byRoot.get(root)?.values() ?? []
  }

  /** False when the same vote waits for the block already. */
  waitForBlock(root: RootHex, waiting: WaitingVote): boolean {
    let votes = this.#byRoot.get(root)
    if (votes === undefined) {
      votes = new Map()
      this.#byRoot.set(root, votes)
    }
    const { hex } = attestationRoot(waiting.vote.message)
    if (votes.has(hex)) return false
    votes.set(hex, waiting)
    this.#added()
    return true
  }

  waitForSlot(waiting: WaitingVote): void {
    this.#forSlot.push(waiting)
    this.#added()
  }

  /** Takes out the votes that waited for a block. */
  takeFor(root: RootHex): readonly WaitingVote[] {
    const votes = [...this.for(root)]
    this.#byRoot.delete(root)
    this.#size -= votes.length
    return votes
  }

  /** Takes out the votes whose slot has begun. */
  takeForSlot(currentSlot: Slot): readonly WaitingVote[] {
    const [begun, later] = split(this.#forSlot, ({ vote }) => vote.message.data.slot <= currentSlot)
    this.#forSlot = later
    this.#size -= begun.length
    return begun
  }

  /** Drops the votes of slots before this one. */
  dropBefore(slot: Slot): void {
    for (const [root, votes] of this.#byRoot) {
      for (const [key, { vote }] of votes) {
        if (vote.message.data.slot < slot) this.#dropOne(root, votes, key)
      }
    }
  }

  #added(): void {
    this.#size += 1
    if (this.#size <= this.#limit) return
    const [oldest] = this.#byRoot
    if (oldest === undefined) {
      this.#forSlot.shift()
      this.#size -= 1
    } else {
      const [root, votes] = oldest
      const [key] = votes.keys()
      this.#dropOne(root, votes, key!)
    }
  }

  #dropOne(root: RootHex, votes: Map<RootHex, WaitingVote>, key: RootHex): void {
    votes.delete(key)
    if (votes.size === 0) this.#byRoot.delete(root)
    this.#size -= 1
  }
}

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  const first: T[] = []
  const second: T[] = []
  for (const item of items) (isFirst(item) ? first : second).push(item)
  return [first, second]
}
