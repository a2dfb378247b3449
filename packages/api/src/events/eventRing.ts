import { Recent } from '../recent.ts'
import type { Topic } from './topics.ts'

/** Chunks kept between two events: readers who keep up ask for the same ones. */
const KEPT_CHUNKS = 128

/** The latest events as text, shared by all readers: what the stream costs does not grow with their number. */
export class EventRing {
  readonly #frames: (Frame | undefined)[]
  /** Number of the next event; the ring holds those from `#next - size` on. */
  #next = 0
  readonly #published = new Map<Topic, number>()
  readonly #evicted = new Map<Topic, number>()
  readonly #chunks = new Recent<string, Chunk>(KEPT_CHUNKS)

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
    this.#chunks.clear()
  }

  /** The events of these topics from a number on that is still kept, up to about so many characters. */
  chunk(topics: TopicSet, from: number, length: number): Chunk {
    return this.#chunks.get(`${from} ${topics.name}`, () => this.#makeChunk(topics, from, length))
  }

  #makeChunk({ topics }: TopicSet, from: number, length: number): Chunk {
    let text = ''
    let count = 0
    let next = from
    for (; next < this.#next && text.length < length; next++) {
      const frame = this.#frames[next % this.#frames.length]!
      if (!topics.has(frame.topic)) continue
      text += frame.text
      count += 1
    }
    return { bytes: Buffer.from(text), next, count }
  }

  /** How many events of these topics there ever were. */
  published({ topics }: TopicSet): number {
    return sum(this.#published, topics)
  }

  /** How many events of these topics are no longer kept. */
  evicted({ topics }: TopicSet): number {
    return sum(this.#evicted, topics)
  }
}

/** Topics with a name that only the same topics have. */
export type TopicSet = { readonly name: string; readonly topics: ReadonlySet<Topic> }

export function topicSet(topics: Iterable<Topic>): TopicSet {
  const sorted = [...new Set(topics)].sort()
  return { name: sorted.join(), topics: new Set(sorted) }
}

/** Events as they are sent: how many, and the number of the first event after them. */
export type Chunk = { readonly bytes: Uint8Array; readonly next: number; readonly count: number }

type Frame = { readonly topic: Topic; readonly text: string }

function sum(counts: ReadonlyMap<Topic, number>, topics: ReadonlySet<Topic>): number {
  let total = 0
  for (const topic of topics) total += counts.get(topic) ?? 0
  return total
}
