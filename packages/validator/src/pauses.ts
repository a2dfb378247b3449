import type { EventSink } from '@trine/messages'
import type { ValidatorIndex } from '@trine/types'

/** Why duties are not done: by order, while syncing, or, for single validators, because another node holds the key. */
export class Pauses {
  readonly #events: EventSink
  #order: string | undefined
  #isSyncing = false
  readonly #burnt = new Map<ValidatorIndex, string>()

  constructor(events: EventSink) {
    this.#events = events
  }

  /** Why no duties are done now, undefined when they are. */
  get reason(): string | undefined {
    return this.#order ?? (this.#isSyncing ? 'syncing' : undefined)
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

  /** True when duties were not paused by order before. */
  pause(reason: string): boolean {
    const isNew = this.#order === undefined
    this.#change(() => {
      this.#order = reason
    })
    return isNew
  }

  /** Ends a pause by order and lets stopped validators act again; true when there was something to end. */
  resume(): boolean {
    const wasPaused = this.#order !== undefined || this.#burnt.size > 0
    this.#change(() => {
      this.#order = undefined
      this.#burnt.clear()
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
