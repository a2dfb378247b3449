import type { Scheduler, Timer } from '@trine/actors'
import { type NodeEvent, type SlotTiming, slotAt } from '@trine/messages'
import type { ApiLimits } from '../parts.ts'
import type { EventSource } from './eventHub.ts'
import { type EventOutlet, EventReader } from './eventReader.ts'
import { EventRing, type TopicSet } from './eventRing.ts'
import { createEventWriter, type Topic, type TopicEvent } from './topics.ts'

/** Imported blocks whose parents are remembered, for `head` events. */
const REMEMBERED_BLOCKS = 1024

export type EventStreamParts = {
  readonly scheduler: Scheduler
  readonly timing: SlotTiming
  readonly events: EventSource
  readonly limits: ApiLimits
}

/** A reader of the stream as its connection sees it. */
export type EventSubscription = {
  /** The connection takes more again. */
  drained(): void
  close(): void
}

/**
 * The event stream: each event is written once, and only if somebody listens to its topic. Readers get it in a turn of
 * their own, so that whoever emits does not wait for them.
 */
export class EventStream {
  readonly #parts: EventStreamParts
  readonly #ring: EventRing
  readonly #readers = new Map<EventReader, TopicSet>()
  readonly #wanted = new Map<Topic, number>()
  readonly #parents = new Map<string, string>()
  readonly #write: (event: NodeEvent) => readonly TopicEvent[]
  readonly #unsubscribe: () => void
  #isFlushComing = false
  #keepAlive: Timer | undefined

  constructor(parts: EventStreamParts) {
    this.#parts = parts
    this.#ring = new EventRing(parts.limits.eventBacklog)
    this.#write = createEventWriter({
      slot: () => slotAt(parts.scheduler.now(), parts.timing),
      parentOf: (root) => this.#parents.get(root),
    })
    this.#unsubscribe = parts.events.subscribe((event) => this.#take(event))
  }

  get readers(): number {
    return this.#readers.size
  }

  get isFull(): boolean {
    return this.#readers.size >= this.#parts.limits.eventReaders
  }

  /** Adds a reader; it gets what happens from now on. */
  open(topics: TopicSet, outlet: EventOutlet): EventSubscription {
    const reader = new EventReader(this.#ring, topics, outlet, this.#parts.limits.eventChunkBytes)
    this.#readers.set(reader, topics)
    for (const topic of topics.topics) this.#wanted.set(topic, (this.#wanted.get(topic) ?? 0) + 1)
    this.#keepAlive ??= this.#armKeepAlive()
    return { drained: () => reader.drained(), close: () => this.#close(reader) }
  }

  /** Ends listening; the readers' connections are their server's to end. */
  stop(): void {
    this.#unsubscribe()
    this.#keepAlive?.cancel()
    this.#keepAlive = undefined
    this.#readers.clear()
  }

  #close(reader: EventReader): void {
    const topics = this.#readers.get(reader)
    if (topics === undefined) return
    this.#readers.delete(reader)
    for (const topic of topics.topics) this.#wanted.set(topic, this.#wanted.get(topic)! - 1)
    if (this.#readers.size > 0) return
    this.#keepAlive?.cancel()
    this.#keepAlive = undefined
  }

  #take(event: NodeEvent): void {
    if (event.type === 'block') this.#remember(event.block.root, event.parentRoot)
    if (this.#readers.size === 0) return
    let isNew = false
    for (const { topic, data } of this.#write(event)) {
      if (!this.#wanted.get(topic)) continue
      this.#ring.push(topic, `event: ${topic}\ndata: ${JSON.stringify(data)}\n\n`)
      isNew = true
    }
    if (!isNew || this.#isFlushComing) return
    this.#isFlushComing = true
    this.#parts.scheduler.enqueue({ run: () => this.#flush() })
  }

  #flush(): void {
    this.#isFlushComing = false
    for (const reader of this.#readers.keys()) if (!reader.isBlocked) reader.flush()
  }

  #remember(root: string, parentRoot: string): void {
    this.#parents.set(root, parentRoot)
    if (this.#parents.size <= REMEMBERED_BLOCKS) return
    const [oldest] = this.#parents.keys()
    this.#parents.delete(oldest!)
  }

  #armKeepAlive(): Timer {
    const { scheduler, limits } = this.#parts
    return scheduler.after(limits.keepAlive, () => {
      for (const reader of this.#readers.keys()) reader.keepAlive()
      this.#keepAlive = this.#armKeepAlive()
    })
  }
}
