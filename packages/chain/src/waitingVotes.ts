import type { RootHex, SignedAttestation, Slot } from '@trine/types'

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
  readonly #byRoot = new Map<RootHex, WaitingVote[]>()
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
  for(root: RootHex): readonly WaitingVote[] {
    return this.#byRoot.get(root) ?? []
  }

  waitForBlock(root: RootHex, waiting: WaitingVote): void {
    const votes = this.#byRoot.get(root)
    if (votes === undefined) this.#byRoot.set(root, [waiting])
    else votes.push(waiting)
    this.#added()
  }

  waitForSlot(waiting: WaitingVote): void {
    this.#forSlot.push(waiting)
    this.#added()
  }

  /** Takes out the votes that waited for a block. */
  takeFor(root: RootHex): readonly WaitingVote[] {
    const votes = this.#byRoot.get(root) ?? []
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
      const kept = votes.filter(({ vote }) => vote.message.data.slot >= slot)
      this.#size -= votes.length - kept.length
      if (kept.length === 0) this.#byRoot.delete(root)
      else this.#byRoot.set(root, kept)
    }
  }

  #added(): void {
    this.#size += 1
    if (this.#size <= this.#limit) return
    const [oldest] = this.#byRoot.keys()
    if (oldest === undefined) this.#forSlot.shift()
    else this.#dropOne(oldest)
    this.#size -= 1
  }

  #dropOne(root: RootHex): void {
    const votes = this.#byRoot.get(root)!
    votes.shift()
    if (votes.length === 0) this.#byRoot.delete(root)
  }
}

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  const first: T[] = []
  const second: T[] = []
  for (const item of items) (isFirst(item) ? first : second).push(item)
  return [first, second]
}
