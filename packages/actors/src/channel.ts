import { notePromiseActivity } from './promiseActivity.ts'
import { Ring } from './ring.ts'

/**
 * A bounded queue between producers and consumers of one process, for streams that are not actors (server-sent
 * events, files, tests). Values come out in the order they went in, each to one consumer.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly capacity: number
  readonly #values = new Ring<T>()
  readonly #takers = new Ring<(next: IteratorResult<T, undefined>) => void>()
  readonly #putters = new Ring<{ readonly value: T; readonly resolve: (taken: boolean) => void }>()
  #closed = false

  /** Throws RangeError unless capacity is a whole number of at least 1. */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) {
      throw new RangeError(`channel: expected a capacity of at least 1, got ${capacity}`)
    }
    this.capacity = capacity
  }

  /** Values waiting to be taken. */
  get size(): number {
    return this.#values.size
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Puts a value in if there is room; false when the channel is full or closed. */
  tryPut(value: T): boolean {
    if (this.#closed) return false
    const taker = this.#takers.shift()
    if (taker !== undefined) {
      notePromiseActivity()
      taker({ done: false, value })
      return true
    }
    if (this.#values.size >= this.capacity) return false
    this.#values.push(value)
    return true
  }

  /** Puts a value in, waiting for room; resolves to false when the channel was closed first. */
  put(value: T): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false)
    if (this.tryPut(value)) return Promise.resolve(true)
    return new Promise((resolve) => this.#putters.push({ value, resolve }))
  }

  /** Takes the oldest value if there is one. */
  tryTake(): T | undefined {
    if (this.#values.size === 0) return undefined
    const value = this.#values.shift()
    this.#admitWaiting()
    return value
  }

  /** The next value, waiting for it; `done` after `close` once everything is taken. */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#values.size > 0) {
      const value = this.#values.shift() as T
      this.#admitWaiting()
      return Promise.resolve({ done: false, value })
    }
    if (this.#closed) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#takers.push(resolve))
  }

  /** Takes no more values. Those inside can still be taken; waiting producers get false, waiting consumers `done`. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    notePromiseActivity()
    for (let putter = this.#putters.shift(); putter; putter = this.#putters.shift()) putter.resolve(false)
    for (let taker = this.#takers.shift(); taker; taker = this.#takers.shift()) {
      taker({ done: true, value: undefined })
    }
  }

  /** Leaving a `for await` loop early does not close the channel: another consumer may go on. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return { next: () => this.next() }
  }

  #admitWaiting(): void {
    const putter = this.#putters.shift()
    if (putter === undefined) return
    notePromiseActivity()
    this.#values.push(putter.value)
    putter.resolve(true)
  }
}
