import type { EventSink, PauseHolder } from '@trine/messages'
import type { ValidatorIndex } from '@trine/types'

/** Why duties are not done: by order, while syncing, or, for single validators, because another node holds the key. */
export class Pauses {
  readonly #events: EventSink
  readonly #orders = new Map<PauseHolder, string>()
  #isSyncing = false
  readonly #burnt = new Map<ValidatorIndex, string>()

  constructor(events: EventSink) {
    this.#events = events
  }

  /** Why no duties are done now, undefined when they are. */
  get reason(): string | undefined {
    const [order] = this.#orders.values()
    return order ?? (this.#isSyncing ? 'syncing' : undefined)
  }

  /** Why one validator does nothing, undefined when it does. */
  reasonFor(validatorIndex: ValidatorIndex): string | undefined {
    return this.reason ?? this.#burnt.get(validatorIndex)
  }

  setSyncing(isSyncing: boolean): void {
    this.#change(() => {
      this.#isSyncing = isSyncing
    })
  }

  /** True when `by` had not paused duties before. */
  pause(reason: string, by: PauseHolder): boolean {
    const isNew = !this.#orders.has(by)
    this.#change(() => this.#orders.set(by, reason))
    return isNew
  }

  /**
   * Ends the pause of `by`, and where that is the operator lets stopped validators act again; true when there was
   * something to end.
   */
  resume(by: PauseHolder): boolean {
    const frees = by === 'operator' && this.#burnt.size > 0
    const wasPaused = this.#orders.has(by) || frees
    this.#change(() => {
      this.#orders.delete(by)
      if (frees) this.#burnt.clear()
    })
    return wasPaused
  }

  /** Stops one validator until duties are resumed by order. */
  stopValidator(validatorIndex: ValidatorIndex, reason: string): void {
    if (this.#burnt.has(validatorIndex)) return
    this.#burnt.set(validatorIndex, reason)
    this.#events.emit({ type: 'dutiesPaused', reason, validatorIndex })
  }

  #change(act: () => void): void {
    const before = this.reason
    const stoppedBefore = this.#burnt.size
    act()
    const { reason } = this
    if (reason !== undefined && reason !== before) {
      this.#events.emit({ type: 'dutiesPaused', reason, validatorIndex: undefined })
    }
    const anythingResumed = before !== undefined || stoppedBefore > this.#burnt.size
    if (reason === undefined && anythingResumed) this.#events.emit({ type: 'dutiesResumed' })
  }
}
