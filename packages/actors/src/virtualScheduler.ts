import { beginAwait, endAwait, hasOpenAwaits, promiseActivity } from './promiseActivity.ts'
import { Ring } from './ring.ts'
import type { Runnable, Scheduler, Timer, WorkOutcome } from './scheduler.ts'
import { systemTurn } from './systemTurn.ts'
import { type HeapTimer, TimerHeap } from './timerHeap.ts'

/** Turns at one instant of virtual time after which actors that only keep each other busy are taken for stuck. */
const TURNS_PER_INSTANT = 20_000_000

/** Timers run in a row before the event loop gets a turn, so that a long run can be interrupted. */
const TIMERS_PER_BREATH = 8192

/**
 * Time that passes only when nothing is left to do: runs every actor until all mailboxes are empty, then jumps to the
 * next timer. Timers run one by one, ordered by time and then by when they were made, each with all its consequences
 * before the next. A handler that awaits is given every promise reaction it waits for before time moves on, so that a
 * run depends on nothing but its input.
 */
export class VirtualScheduler implements Scheduler {
  readonly #start: number
  readonly #ready = new Ring<Runnable>()
  readonly #timers = new TimerHeap()
  /** Work outside that a timer has to wait for. */
  readonly #external = new Map<HeapTimer, Promise<void>>()
  #elapsed = 0
  #settledActivity = promiseActivity()
  /** Something ran since promise reactions last had their turn. */
  #hasRun = false
  #turnsAtThisInstant = 0
  #isRunning = false

  /** `startTime` is the first value of `now()`, milliseconds since the Unix epoch. */
  constructor(startTime = 0) {
    this.#start = startTime
  }

  now(): number {
    return this.#start + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  after(milliseconds: number, task: () => void): Timer {
    return this.#timers.add(this.#elapsed + Math.max(0, milliseconds), task)
  }

  enqueue(runnable: Runnable): void {
    this.#ready.push(runnable)
  }

  external<T>(
    work: Promise<T>,
    modelledMilliseconds: number,
    deliver: (outcome: WorkOutcome<T>) => void,
  ): void {
    let outcome: WorkOutcome<T> | undefined
    const ended = work.then(
      (value) => {
        outcome = { ok: true, value }
      },
      (error: unknown) => {
        outcome = { ok: false, error }
      },
    )
    const time = this.#elapsed + Math.max(0, modelledMilliseconds)
    this.#external.set(
      this.#timers.add(time, () => deliver(outcome!)),
      ended,
    )
  }

  /** Timers that are still to run. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /** Runs until there is nothing left to do and no timer. */
  run(): Promise<void> {
    return this.#run(Number.POSITIVE_INFINITY, () => false)
  }

  /** Runs so many milliseconds of virtual time, timers at its very end included. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds
    await this.#run(end, () => false)
    this.#elapsed = end
  }

  /** Runs until the promise is settled; throws when nothing is left to do and it still is not. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const note = () => {
      isSettled = true
      endAwait()
    }
    beginAwait()
    promise.then(note, note)
    do {
      await systemTurn()
      await this.#run(Number.POSITIVE_INFINITY, () => isSettled)
    } while (!isSettled && this.#ready.size > 0)
    if (!isSettled) throw new Error('virtual time: nothing is left to do, but the promise is still open')
    return promise
  }

  async #run(end: number, isDone: () => boolean): Promise<void> {
    if (this.#isRunning) throw new Error('virtual time: is already running')
    this.#isRunning = true
    // The caller may have settled promises before.
    this.#hasRun = true
    try {
      for (let timersRun = 0; ; ) {
        this.#runReady()
        if (this.#mayHaveReactions()) {
          await systemTurn()
          continue
        }
        if (isDone()) return
        const timer = this.#timers.peek()
        if (timer === undefined || timer.time > end) return
        const work = this.#external.get(timer)
        if (work !== undefined) {
          this.#external.delete(timer)
          await work
        }
        this.#runTimer()
        timersRun += 1
        if (timersRun % TIMERS_PER_BREATH === 0) await systemTurn()
      }
    } finally {
      this.#isRunning = false
    }
  }

  #mayHaveReactions(): boolean {
    const activity = promiseActivity()
    const may = activity !== this.#settledActivity || (this.#hasRun && hasOpenAwaits())
    this.#settledActivity = activity
    this.#hasRun = false
    return may
  }

  #runReady(): void {
    for (let next = this.#ready.shift(); next !== undefined; next = this.#ready.shift()) {
      next.run()
      this.#hasRun = true
      this.#turnsAtThisInstant += 1
      if (this.#turnsAtThisInstant > TURNS_PER_INSTANT) {
        throw new Error(`virtual time: actors keep each other busy for ever at ${this.#elapsed} ms`)
      }
    }
  }

  #runTimer(): void {
    const timer = this.#timers.take()!
    if (timer.time > this.#elapsed) {
      this.#elapsed = timer.time
      this.#turnsAtThisInstant = 0
    }
    const task = timer.task!
    timer.task = undefined
    this.#hasRun = true
    task()
  }
}
