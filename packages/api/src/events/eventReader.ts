import type { EventRing, TopicSet } from './eventRing.ts'

/** Where a reader's events go: an HTTP response. */
export interface EventOutlet {
  /** False when no more can be taken until it has drained. */
  write(content: string | Uint8Array): boolean
}

/**
 * One reader's place in the ring. It is given events only while its connection takes them; what leaves the ring
 * meanwhile is lost to it, and it is told how much: `: lagged by N events`.
 */
export class EventReader {
  readonly #ring: EventRing
  readonly #topics: TopicSet
  readonly #outlet: EventOutlet
  readonly #chunkLength: number
  #cursor: number
  /** Events of its topics that it has passed, lost ones included. */
  #passed: number
  #canTake = true

  constructor(ring: EventRing, topics: TopicSet, outlet: EventOutlet, chunkLength: number) {
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
    const ring = this.#ring
    while (this.#canTake && this.#cursor < ring.next) {
      if (this.#cursor < ring.oldest) this.#skip()
      const { bytes, next, count } = ring.chunk(this.#topics, this.#cursor, this.#chunkLength)
      this.#cursor = next
      this.#passed += count
      if (count > 0) this.#canTake = this.#outlet.write(bytes)
    }
  }

  /** A comment that keeps the connection open; not for one that is blocked, which is left to its timeout. */
  keepAlive(): void {
    if (this.#canTake) this.#canTake = this.#outlet.write(':\n\n')
  }

  /** Goes on with the oldest event that is left. */
  #skip(): void {
    const evicted = this.#ring.evicted(this.#topics)
    const lost = evicted - this.#passed
    this.#cursor = this.#ring.oldest
    if (lost <= 0) return
    this.#passed = evicted
    this.#outlet.write(`: lagged by ${lost} events\n\n`)
  }
}
