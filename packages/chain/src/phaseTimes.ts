import type { TransitionPhases } from '@trine/messages'
import type { OnPhase } from '@trine/state-transition'

/** Takes the time of the parts of one state transition. */
export class PhaseTimes {
  readonly #monotonic: () => number
  readonly #slots: number
  readonly #ends: { slots?: number; header?: number; attestations?: number } = {}
  readonly #began: number

  /** @param slots how many slots the transition goes through */
  constructor(monotonic: () => number, slots: number) {
    this.#monotonic = monotonic
    this.#slots = slots
    this.#began = monotonic()
  }

  readonly onPhase: OnPhase = (done) => {
    this.#ends[done] = this.#monotonic()
  }

  /** Undefined when the transition did not come to its end, or was not needed. */
  get phases(): TransitionPhases | undefined {
    const { slots, header, attestations } = this.#ends
    if (slots === undefined || header === undefined || attestations === undefined) return undefined
    return {
      slots: this.#slots,
      slotsTime: slots - this.#began,
      headerTime: header - slots,
      attestationsTime: attestations - header,
    }
  }
}
