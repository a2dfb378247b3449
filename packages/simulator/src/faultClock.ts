import type { Scheduler } from '@trine/actors'
import { type Moment, millisecondsTo } from './moment.ts'
import type { Span, What } from './scenario.ts'

/** Tells whether a fault is on, by the true time of the simulation, whatever the clocks of the nodes say. */
export class FaultClock {
  readonly #scheduler: Scheduler
  readonly #genesisTime: number

  constructor(scheduler: Scheduler, genesisTime: number) {
    this.#scheduler = scheduler
    this.#genesisTime = genesisTime
  }

  /** Milliseconds since genesis. */
  get now(): number {
    return this.#scheduler.now() - this.#genesisTime
  }

  isOn({ from, to }: Span): boolean {
    return this.now >= millisecondsTo(from) && (to === undefined || this.now < millisecondsTo(to))
  }

  /** Does something at a moment; at once if it has passed. */
  at(moment: Moment, act: () => void): void {
    this.#scheduler.after(millisecondsTo(moment) - this.now, act)
  }

  after(milliseconds: number, act: () => void): void {
    this.#scheduler.after(milliseconds, act)
  }
}

/** Whether a publication is of the kind that a fault is about. */
export function concerns(what: What, type: 'publishBlock' | 'publishAttestation'): boolean {
  return what === 'both' || what === (type === 'publishBlock' ? 'blocks' : 'votes')
}
