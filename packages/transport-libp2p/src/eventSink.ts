import type { Ref, Scheduler } from '@trine/actors'
import type { TransportEvent } from '@trine/messages'

/** An event that was refused and must not be lost is told again after so long, milliseconds. */
const TELL_AGAIN_AFTER = 100

/** Where the events of a transport go; nowhere before it is opened and after it is closed. */
export class EventSink {
  readonly #scheduler: Scheduler
  #events: Ref<TransportEvent> | undefined

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  open(events: Ref<TransportEvent>): void {
    this.#events = events
  }

  close(): void {
    this.#events = undefined
  }

  tell(event: TransportEvent): boolean {
    return this.#events?.tell(event) ?? false
  }

  /** Tells an event that must not be lost, again and again until it is taken. */
  tellSurely(event: TransportEvent): void {
    if (this.#events === undefined || this.#events.tell(event)) return
    this.#scheduler.after(TELL_AGAIN_AFTER, () => this.tellSurely(event))
  }
}
