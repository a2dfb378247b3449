import { type NodeEvent, type SlotTiming, startOfInterval } from '@trine/messages'
import type { Slot } from '@trine/types'

/** Votes are due with the beginning of this interval. */
const VOTING_INTERVAL = 1
/** As a share of all validators: fewer could all be liars. */
const ENOUGH = 1 / 2
/** Slots in a row in which nobody's vote came in time say that something is wrong. */
const LATE_SLOTS = 8

/**
 * Whether the others are ahead of us: nobody who keeps to the time votes before the interval for it, so votes of half
 * of all validators that come before it by our clock say that ours is behind. Votes that come late prove nothing, for they
 * may have been on their way; only that not a single one comes in time is strange.
 */
export class VoteArrivals {
  readonly #timing: SlotTiming
  #validatorCount = 0
  #slot: Slot = -1
  /** Of a vote of each validator in the slot: milliseconds after it was due, negative for before. */
  #arrivals = new Map<number, number>()
  /** Those of the last slot with enough votes. */
  #enough: ReadonlyMap<number, number> | undefined
  /** The first vote of each of the last slots with enough votes, in the same measure. */
  #firsts: number[] = []

  constructor(timing: SlotTiming) {
    this.#timing = timing
  }

  /** @param now when the event came, milliseconds since the Unix epoch */
  note(event: NodeEvent, now: number): void {
    if (event.type === 'chainStarted') this.#validatorCount = event.validatorCount
    if (event.type !== 'attestation' || event.origin !== 'gossip' || event.slot < this.#slot) return
    if (event.slot > this.#slot) {
      if (this.#enough === this.#arrivals) {
        this.#firsts = [...this.#firsts, Math.min(...this.#arrivals.values())].slice(-LATE_SLOTS)
      }
      this.#slot = event.slot
      this.#arrivals = new Map()
    }
    const due = startOfInterval(event.slot, VOTING_INTERVAL, this.#timing)
    this.#arrivals.set(event.validatorIndex, now - due)
    if (this.#arrivals.size >= this.#validatorCount * ENOUGH) this.#enough = this.#arrivals
  }

  /** Our clock is at most so many milliseconds ahead, by the last slot with enough votes; negative: it is behind. */
  get atMostAhead(): number | undefined {
    if (this.#enough === undefined) return undefined
    const sorted = [...this.#enough.values()].sort((left, right) => left - right)
    return sorted[sorted.length >> 1]
  }

  /** By how many milliseconds every vote of the last eight slots was late, at least. */
  get leastDelay(): number | undefined {
    return this.#firsts.length < LATE_SLOTS ? undefined : Math.min(...this.#firsts)
  }

  /** Our clock was set. */
  forget(): void {
    this.#firsts = []
    this.#slot = -1
    this.#enough = undefined
  }
}
