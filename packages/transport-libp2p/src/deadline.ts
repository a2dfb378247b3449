import type { Scheduler, Timer } from '@trine/actors'

/** An AbortSignal by the scheduler's clock. */
export class Deadline {
  readonly #controller = new AbortController()
  #timer: Timer | undefined

  constructor(scheduler: Scheduler, milliseconds: number, onPassed?: () => void) {
    this.#timer = scheduler.after(milliseconds, () => {
      this.#controller.abort(new Error(`${milliseconds} ms passed`))
      onPassed?.()
    })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Ends the waiting: at once for who waits with the signal. */
  abort(reason: string): void {
    this.cancel()
    this.#controller.abort(new Error(reason))
  }

  /** Lets the deadline never pass. */
  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
