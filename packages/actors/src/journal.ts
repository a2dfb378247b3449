import type { Message } from './message.ts'
import { Ring } from './ring.ts'

/** Takes down every message at the moment its actor begins to handle it: the order in which state really changed. */
export interface Journal {
  /**
   * `time` in milliseconds since the Unix epoch and `monotonic`, both by the actor's scheduler. Without the latter it is
   * taken to be the same. Must not throw: it is called in the middle of an actor's turn.
   */
  record(time: number, actor: string, message: Message, monotonic?: number): void
}

export type JournalEntry = {
  /** Counts from 0 over all entries of the journal, also those no longer kept. */
  readonly sequence: number
  readonly time: number
  readonly monotonic: number
  readonly actor: string
  readonly message: Message
}

/**
 * Beside messages a journal has what else decides about an actor's state, so that a replay is exact: a call of its
 * `idle`, a restart, and that there was no place for the result with the number `id`.
 */
export const IDLE = { type: '$idle' } as const
export const RESTARTED = { type: '$restarted' } as const
export type NoPlace = { readonly type: '$noPlace'; readonly id: number }

/** Keeps the last entries in memory. */
export class RingJournal implements Journal {
  readonly capacity: number
  readonly #entries = new Ring<JournalEntry>()
  #sequence = 0

  /** `Infinity` keeps everything, for tests. */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  record(time: number, actor: string, message: Message, monotonic = time): void {
    if (this.#entries.size >= this.capacity) this.#entries.shift()
    this.#entries.push({ sequence: this.#sequence, time, monotonic, actor, message })
    this.#sequence += 1
  }

  /** The kept entries, oldest first. */
  entries(): JournalEntry[] {
    return Array.from({ length: this.#entries.size }, (_, position) => this.#entries.at(position)!)
  }
}

/** Writes every entry to each of several journals. */
export function journalsTogether(...journals: readonly Journal[]): Journal {
  return {
    record: (time, actor, message, monotonic) => {
      for (const journal of journals) journal.record(time, actor, message, monotonic)
    },
  }
}
