import type { EventSink, NodeEvent } from '@trine/messages'

/** Passes each event of a node to whoever listens, in the order in which they came. */
export class EventHub implements EventSink {
  readonly #listeners = new Set<EventSink>()

  /** Returns what ends the listening. */
  listen(listener: EventSink): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(event: NodeEvent): void {
    for (const listener of this.#listeners) listener.emit(event)
  }
}
