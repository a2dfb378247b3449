import type { RootHex, SignedAttestation, Slot, ValidatorIndex } from '@trine/types'

/** A verified vote that the store cannot take yet. */
export type WaitingVote = {
  readonly vote: SignedAttestation
  readonly origin: 'gossip' | 'own'
}

type Entry = WaitingVote & {
  readonly validatorIndex: ValidatorIndex
  readonly slot: Slot
  /** The block that it waits for; none when it waits for its slot. */
  readonly root: RootHex | undefined
}

/**
 * Verified votes that wait for a block they name, or for their slot to begin. Bounded: slots pass, and beyond a number the
 * validator with most of them loses one, so that no key can push out the votes of all others.
 */
export class WaitingVotes {
  readonly #limit: number
  /** By what they wait for, in order of arrival. */
  readonly #byRoot = new Map<RootHex | undefined, Set<Entry>>()
  readonly #byValidator = new Map<ValidatorIndex, readonly Entry[]>()
  /** Validators by the number of their votes. */
  readonly #byCount: Set<ValidatorIndex>[] = []
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
    return this.#byRoot.get(root) ?? []
  }

  /** The vote of a validator for a slot, if it waits. */
  at(validatorIndex: ValidatorIndex, slot: Slot): SignedAttestation | undefined {
    return this.#of(validatorIndex).find((entry) => entry.slot === slot)?.vote
  }

  /** False when a vote of this validator and slot waits for the block already, or when there is no room. */
  waitForBlock(root: RootHex, waiting: WaitingVote): boolean {
    return this.#wait(root, waiting)
  }

  /** False when a vote of this validator and slot waits for its slot already, or when there is no room. */
  waitForSlot(waiting: WaitingVote): boolean {
    return this.#wait(undefined, waiting)
  }

  /** Takes out the votes that waited for a block. */
  takeFor(root: RootHex): readonly WaitingVote[] {
    return this.#take(root, () => true)
  }

  /** Takes out the votes whose slot has begun. */
  takeForSlot(currentSlot: Slot): readonly WaitingVote[] {
    return this.#take(undefined, ({ slot }) => slot <= currentSlot)
  }

  /** Drops the votes of slots before this one that wait for a block. */
  dropBefore(slot: Slot): void {
    for (const root of this.#byRoot.keys()) {
      if (root !== undefined) this.#take(root, (entry) => entry.slot < slot)
    }
  }

  #wait(root: RootHex | undefined, { vote, origin }: WaitingVote): boolean {
    const validatorIndex = Number(vote.message.validatorIndex)
    const entry = { vote, origin, validatorIndex, slot: Number(vote.message.data.slot), root }
    const others = this.#of(validatorIndex)
    if (others.some((other) => other.slot === entry.slot && other.root === root)) return false
    const sameRoot = this.#byRoot.get(root)
    if (sameRoot === undefined) this.#byRoot.set(root, new Set([entry]))
    else sameRoot.add(entry)
    this.#setOf(validatorIndex, [...others, entry])
    if (this.#size <= this.#limit) return true
    const surplus = this.#surplus()
    this.#remove(surplus)
    return surplus !== entry
  }

  #take(root: RootHex | undefined, isDue: (entry: Entry) => boolean): readonly WaitingVote[] {
    const due = [...(this.#byRoot.get(root) ?? [])].filter(isDue)
    for (const entry of due) this.#remove(entry)
    return due
  }

  /** Of the validator with most votes the earliest; if all have one, the oldest that waits for a block goes first. */
  #surplus(): Entry {
    for (let count = this.#byCount.length - 1; count > 1; count--) {
      const [validatorIndex] = this.#byCount[count]!
      if (validatorIndex === undefined) continue
      return this.#of(validatorIndex).reduce((earliest, other) =>
        other.slot < earliest.slot ? other : earliest,
      )
    }
    const roots = this.#byRoot.keys()
    const oldest = roots.find((root) => root !== undefined)
    const [entry] = this.#byRoot.get(oldest)!
    return entry!
  }

  #remove(entry: Entry): void {
    const sameRoot = this.#byRoot.get(entry.root)!
    sameRoot.delete(entry)
    if (sameRoot.size === 0) this.#byRoot.delete(entry.root)
    const rest = this.#of(entry.validatorIndex).filter((other) => other !== entry)
    this.#setOf(entry.validatorIndex, rest)
  }

  #of(validatorIndex: ValidatorIndex): readonly Entry[] {
    return this.#byValidator.get(validatorIndex) ?? []
  }

  #setOf(validatorIndex: ValidatorIndex, entries: readonly Entry[]): void {
    const before = this.#of(validatorIndex).length
    const count = entries.length
    this.#byCount[before]?.delete(validatorIndex)
    if (count === 0) this.#byValidator.delete(validatorIndex)
    else {
      this.#byValidator.set(validatorIndex, entries)
      while (this.#byCount.length <= count) this.#byCount.push(new Set())
      this.#byCount[count]!.add(validatorIndex)
    }
    this.#size += count - before
  }
}
