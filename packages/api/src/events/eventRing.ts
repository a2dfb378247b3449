import type { Topic } from './topics.ts'

/** The latest events as text, shared by all readers: what the stream costs does not grow with their number. */
export class EventRing {
  readonly #frames: (Frame | undefined)[]
  /** Number of the next event; the ring holds those from `#next - size` on. */
  #next = 0
  readonly #published = new Map<Topic, number>()
  readonly #evicted = new Map<Topic, number>()

  constructor(capacity: number) {
    this.#frames = new Array(capacity)
  }

  /** Number that the next event will have. */
  get next(): number {
    return this.#next
  }

  get oldest(): number {
    return Math.max(0, this.#next - this.#frames.length)
  }

  push(topic: Topic, text: string): void {
    const index = this.#next % this.#frames.length
    const old = this.#frames[index]
    if (old !== undefined) this.#evicted.set(old.topic, (this.#evicted.get(old.topic) ?? 0) + 1)
    this.#frames[index] = { topic, text }
    this.#published.set(topic, (this.#published.get(topic) ?? 0) + 1)
    this.#next += 1
  }

  at(number: number): Frame {
    return this.#frames[number % this.#frames.length]!
  }

  /** How many events of these topics there ever were. */
  published(topics: ReadonlySet<Topic>): number {
    return sum(this.#published, topics)
  }

  /** How many events of these topics are no longer kept. */
  evicted(topics: ReadonlySet<Topic>): number {
    return sum(this.#evicted, topics)
  }
}

export type Frame = { readonly topic: Topic; readonly text: string }

function sum(counts: ReadonlyMap<Topic, number>, topics: ReadonlySet<Topic>): number {
  let total = 0
  for (const topic of topics) total += counts.get(topic) ?? 0
  return total
}
