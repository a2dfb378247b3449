import type { EventRing } from './eventRing.ts'
import type { Topic } from './topics.ts'

/** Where a reader's events go: an HTTP response. */
export interface EventOutlet {
  /** False when no more can be taken until it has drained. */
  write(text: string): boolean
}

/**
 * One reader's place in the ring. It is given events only while its connection takes them; what leaves the ring
 * meanwhile is lost to it, and it is told how much: `: lagged by N events`.
 */
export class EventReader {
  readonly #ring: EventRing
  readonly #topics: ReadonlySet<Topic>
  readonly #outlet: EventOutlet
  readonly #chunkLength: number
  #cursor: number
  /** Events of its topics that it has passed, lost ones included. */
  #passed: number
  #canTake = true

  constructor(ring: EventRing, topics: ReadonlySet<Topic>, outlet: EventOutlet, chunkLength: number) {
    this.#ring = ring
    this.#topics = topics
    this.#outlet = outlet
    this.#chunkLength = chunkLength
    this.#cursor = ring.next
    this.#passed = ring.published(topics)
  }

  get isBlocked(): boolean {
    return !this.#canTake
  }

  /** The connection takes more again. */
  drained(): void {
    this.#canTake = true
    this.flush()
  }

  /** Gives what is new, as long as the connection takes it. */
  flush(): void {
    while (this.#canTake && this.#cursor < this.#ring.next) {
      const chunk = this.#nextChunk()
      if (chunk !== '') this.#canTake = this.#outlet.write(chunk)
    }
  }

  /** A comment that keeps the connection open; not for one that is blocked, which is left to its timeout. */
  keepAlive(): void {
    if (this.#canTake) this.#canTake = this.#outlet.write(':\n\n')
  }

  #nextChunk(): string {
    const ring = this.#ring
    let chunk = this.#cursor < ring.oldest ? this.#skip() : ''
    while (this.#cursor < ring.next && chunk.length < this.#chunkLength) {
      const { topic, text } = ring.at(this.#cursor)
      this.#cursor += 1
      if (!this.#topics.has(topic)) continue
      this.#passed += 1
      chunk += text
    }
    return chunk
  }

  /** Goes on with the oldest event that is left. */
  #skip(): string {
    const evicted = this.#ring.evicted(this.#topics)
    const lost = evicted - this.#passed
    this.#cursor = this.#ring.oldest
    if (lost <= 0) return ''
    this.#passed = evicted
    return `: lagged by ${lost} events\n\n`
  }
}
