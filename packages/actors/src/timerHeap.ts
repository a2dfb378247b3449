import type { Timer } from './scheduler.ts'

/** A task at a time. Two of the same time keep the order in which they were added. */
export class HeapTimer implements Timer {
  readonly time: number
  readonly sequence: number
  /** Undefined once run or cancelled. */
  task: (() => void) | undefined
  readonly #heap: TimerHeap

  constructor(heap: TimerHeap, time: number, sequence: number, task: () => void) {
    this.#heap = heap
    this.time = time
    this.sequence = sequence
    this.task = task
  }

  cancel(): void {
    if (this.task === undefined) return
    this.task = undefined
    this.#heap.noteCancelled()
  }
}

/** Below this many entries cancelled ones are not worth cleaning up. */
const CLEAN_FROM = 64

/** Binary heap of timers by (time, sequence). Cancelled ones stay until they come up or outnumber the others. */
export class TimerHeap {
  #timers: HeapTimer[] = []
  #cancelled = 0
  #sequence = 0

  /** Timers that will still run. */
  get size(): number {
    return this.#timers.length - this.#cancelled
  }

  add(time: number, task: () => void): HeapTimer {
    const timer = new HeapTimer(this, time, this.#sequence, task)
    this.#sequence += 1
    this.#timers.push(timer)
    this.#siftUp(this.#timers.length - 1)
    return timer
  }

  /** The earliest timer that was not cancelled. */
  peek(): HeapTimer | undefined {
    let first = this.#timers[0]
    while (first !== undefined && first.task === undefined) {
      this.#removeFirst()
      this.#cancelled -= 1
      first = this.#timers[0]
    }
    return first
  }

  /** Removes the earliest timer and returns it with its task still set. */
  take(): HeapTimer | undefined {
    const first = this.peek()
    if (first !== undefined) this.#removeFirst()
    return first
  }

  noteCancelled(): void {
    this.#cancelled += 1
    if (this.#timers.length < CLEAN_FROM || this.#cancelled * 2 < this.#timers.length) return
    this.#timers = this.#timers.filter((timer) => timer.task !== undefined)
    this.#cancelled = 0
    for (let index = (this.#timers.length >> 1) - 1; index >= 0; index--) this.#siftDown(index)
  }

  #removeFirst(): void {
    const last = this.#timers.pop()!
    if (this.#timers.length === 0) return
    this.#timers[0] = last
    this.#siftDown(0)
  }

  #siftUp(start: number): void {
    const timers = this.#timers
    const timer = timers[start]!
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(timer, timers[parent]!)) break
      timers[index] = timers[parent]!
      index = parent
    }
    timers[index] = timer
  }

  #siftDown(start: number): void {
    const timers = this.#timers
    const timer = timers[start]!
    let index = start
    for (;;) {
      let child = 2 * index + 1
      if (child >= timers.length) break
      if (child + 1 < timers.length && isBefore(timers[child + 1]!, timers[child]!)) child += 1
      if (!isBefore(timers[child]!, timer)) break
      timers[index] = timers[child]!
      index = child
    }
    timers[index] = timer
  }
}

function isBefore(left: HeapTimer, right: HeapTimer): boolean {
  return left.time < right.time || (left.time === right.time && left.sequence < right.sequence)
}
