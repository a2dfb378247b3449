import type { Timer } from '@trine/actors'
import type { NodesContext } from './parts.ts'

/** Things to do later, in the actor's own turns. */
export class Timers {
  readonly #context: NodesContext
  readonly #acts = new Map<number, () => void>()
  #made = 0

  constructor(context: NodesContext) {
    this.#context = context
  }

  after(milliseconds: number, act: () => void): Timer {
    this.#made += 1
    const timerId = this.#made
    this.#acts.set(timerId, act)
    const timer = this.#context.after(milliseconds, { type: 'timerFired', timerId })
    return {
      cancel: () => {
        this.#acts.delete(timerId)
        timer.cancel()
      },
    }
  }

  onFired(timerId: number): void {
    const act = this.#acts.get(timerId)
    this.#acts.delete(timerId)
    act?.()
  }
}
