import type { EventSink, NodeEvent } from '@trine/messages'

/** Where what happens in a node can be listened to. */
export interface EventSource {
  /** Calls the listener for every event from now on, in order; returns what ends that. */
  subscribe(listener: (event: NodeEvent) => void): () => void
}

export interface EventHub extends EventSink, EventSource {}

/**
 * Passes each event on to all who listen: logs, metrics, the API.
 *
 * @param onError a listener threw. It goes on being called, and nobody else notices: whoever emits is in the middle of
 *   its work.
 */
export function createEventHub(onError: (error: unknown) => void): EventHub {
  let listeners: readonly ((event: NodeEvent) => void)[] = []
  return {
    emit: (event) => {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          onError(error)
        }
      }
    },
    subscribe: (listener) => {
      listeners = [...listeners, listener]
      return () => {
        listeners = listeners.filter((other) => other !== listener)
      }
    },
  }
}
