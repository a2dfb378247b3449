import { type NodeEvent, type SlotTiming, startOfInterval } from '@trine/messages'
import type { Slot } from '@trine/types'

/** Votes are due with the beginning of this interval. */
const VOTING_INTERVAL = 1
/** As a share of all validators: fewer could all be liars. */
const ENOUGH = 1 / 2

/**
 * Whether the others are ahead of us: nobody who keeps to the time votes before the interval for it, so votes of half
 * of all validators that come before it by our clock say that ours is behind. Votes that come late say nothing: they
 * may have been on their way.
 */
export class VoteArrivals {
  readonly #timing: SlotTiming
  #validatorCount = 0
  #slot: Slot = -1
  /** Of a vote of each validator in the slot: milliseconds after it was due, negative for before. */
  readonly #arrivals = new Map<number, number>()
  #lowest: number | undefined

  constructor(timing: SlotTiming) {
    this.#timing = timing
  }

  /** @param now when the event came, milliseconds since the Unix epoch */
  note(event: NodeEvent, now: number): void {
    if (event.type === 'chainStarted') this.#validatorCount = event.validatorCount
    if (event.type !== 'attestation' || event.origin !== 'gossip' || event.slot < this.#slot) return
    if (event.slot > this.#slot) {
      this.#slot = event.slot
      this.#arrivals.clear()
    }
    const due = startOfInterval(event.slot, VOTING_INTERVAL, this.#timing)
    this.#arrivals.set(event.validatorIndex, now - due)
    if (this.#arrivals.size < this.#validatorCount * ENOUGH) return
    const sorted = [...this.#arrivals.values()].sort((left, right) => left - right)
    this.#lowest = sorted[sorted.length >> 1]!
  }

  /** Our clock is at most so many milliseconds ahead, by the last slot with enough votes; negative: it is behind. */
  get atMostAhead(): number | undefined {
    return this.#lowest
  }

  /** Our clock was set. */
  forget(): void {
    this.#slot = -1
    this.#lowest = undefined
  }
}
