import type { BlockReference, ChainEvent } from '@trine/messages'
import type { Slot, ValidatorIndex } from '@trine/types'
import type { Page } from './schemas.ts'

type AttestationEvent = Extract<ChainEvent, { type: 'attestation' }>

/** A vote that fork choice took. */
export type RecordedVote = {
  readonly validatorIndex: ValidatorIndex
  readonly slot: Slot
  readonly head: BlockReference
  readonly target: BlockReference
  readonly source: BlockReference
  /** How it came first. */
  readonly origin: AttestationEvent['origin']
  /** When it came first, in milliseconds since the Unix epoch. */
  readonly seenAt: number
  /** Whether an imported block holds it. */
  isInBlock: boolean
}

export type VoteQuery = Page & {
  readonly slot?: Slot | undefined
  readonly validator_index?: ValidatorIndex | undefined
}

/** Who voted for what in the latest slots: the first vote of each validator for each slot, within two bounds. */
export class VoteRecord {
  readonly #slots = new Map<Slot, Map<ValidatorIndex, RecordedVote>>()
  readonly #latest = new Map<ValidatorIndex, RecordedVote>()
  readonly #mostVotes: number
  readonly #mostSlots: number
  #size = 0

  constructor(mostVotes: number, mostSlots: number) {
    this.#mostVotes = mostVotes
    this.#mostSlots = mostSlots
  }

  get size(): number {
    return this.#size
  }

  /** Slots of which there are votes, latest first. */
  get slots(): readonly Slot[] {
    return [...this.#slots.keys()].sort((left, right) => right - left)
  }

  add({ validatorIndex, slot, head, target, source, origin }: AttestationEvent, seenAt: number): void {
    let votes = this.#slots.get(slot)
    const known = votes?.get(validatorIndex)
    if (known !== undefined) {
      known.isInBlock ||= origin === 'block'
      return
    }
    if (votes === undefined) {
      votes = new Map()
      this.#slots.set(slot, votes)
    }
    const isInBlock = origin === 'block'
    const vote = { validatorIndex, slot, head, target, source, origin, seenAt, isInBlock }
    votes.set(validatorIndex, vote)
    if (slot > (this.#latest.get(validatorIndex)?.slot ?? -1)) this.#latest.set(validatorIndex, vote)
    this.#size += 1
    while (this.#size > this.#mostVotes || this.#slots.size > this.#mostSlots) this.#dropOldest()
  }

  /** The vote of a validator for its latest slot; kept longer than the rest. */
  latestOf(validatorIndex: ValidatorIndex): RecordedVote | undefined {
    return this.#latest.get(validatorIndex)
  }

  /** A page of the votes of a slot or a validator, latest slot first, then by validator; and how many there are. */
  find(wanted: VoteQuery): { readonly page: readonly RecordedVote[]; readonly total: number } {
    const page: RecordedVote[] = []
    let total = 0
    for (const slot of wanted.slot === undefined ? this.slots : [wanted.slot]) {
      const votes = this.#at(slot, wanted.validator_index)
      const first = Math.max(0, wanted.offset - total)
      page.push(...votes.slice(first, first + wanted.limit - page.length))
      total += votes.length
    }
    return { page, total }
  }

  #at(slot: Slot, validatorIndex: ValidatorIndex | undefined): readonly RecordedVote[] {
    const votes = this.#slots.get(slot)
    if (votes === undefined) return []
    if (validatorIndex === undefined) {
      return [...votes.values()].sort((left, right) => left.validatorIndex - right.validatorIndex)
    }
    const vote = votes.get(validatorIndex)
    return vote === undefined ? [] : [vote]
  }

  #dropOldest(): void {
    const oldest = Math.min(...this.#slots.keys())
    this.#size -= this.#slots.get(oldest)?.size ?? 0
    this.#slots.delete(oldest)
  }
}
