import type { Journal, JournalEntry, Message } from '@trine/actors'

/** Deeper than any message. */
const DEEPEST = 8
/** Of an entry that has no bytes to speak of. */
const LEAST_BYTES = 200

type Kept = { readonly entry: JournalEntry; readonly bytes: number }

/** The last messages of the services, as many as fit into so many entries and about so many bytes. */
export class RecentJournal implements Journal {
  readonly #mostEntries: number
  readonly #mostBytes: number
  #kept: Kept[] = []
  /** Place of the oldest. */
  #first = 0
  #bytes = 0
  #sequence = 0

  constructor(mostEntries: number, mostBytes: number) {
    this.#mostEntries = mostEntries
    this.#mostBytes = mostBytes
  }

  record(time: number, actor: string, message: Message, monotonic = time): void {
    const bytes = LEAST_BYTES + bytesOf(message)
    this.#kept.push({ entry: { sequence: this.#sequence, time, monotonic, actor, message }, bytes })
    this.#sequence += 1
    this.#bytes += bytes
    while (this.#kept.length - this.#first > this.#mostEntries || this.#bytes > this.#mostBytes) {
      this.#bytes -= this.#kept[this.#first]!.bytes
      this.#first += 1
    }
    if (this.#first <= this.#mostEntries) return
    this.#kept = this.#kept.slice(this.#first)
    this.#first = 0
  }

  /** Oldest first. */
  entries(): JournalEntry[] {
    return this.#kept.slice(this.#first).map(({ entry }) => entry)
  }
}

/** About how many bytes a value holds; the items of a list are taken to be like its first. */
export function bytesOf(value: unknown, depth = DEEPEST): number {
  if (value instanceof Uint8Array) return value.byteLength
  if (typeof value !== 'object' || value === null || depth === 0) return 8
  if (Array.isArray(value)) return value.length * bytesOf(value[0], depth - 1)
  if (Object.getPrototypeOf(value) !== Object.prototype) return 8
  let bytes = 0
  for (const field of Object.values(value)) bytes += bytesOf(field, depth - 1)
  return bytes
}
