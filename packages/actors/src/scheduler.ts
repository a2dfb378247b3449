/** Something that waits for its turn. An object instead of a closure, so that queueing allocates nothing. */
export interface Runnable {
  run(): void
}

export interface Timer {
  /** Prevents the task from running, if it has not run yet. */
  cancel(): void
}

/** How work outside of the actors (worker threads, disk) ended. */
export type WorkOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown }

/** Time and turns. Everything that waits does so through one of these, and nothing else reads a clock. */
export interface Scheduler {
  /** Milliseconds since the Unix epoch. May be set forward or back, as wall clocks are. */
  now(): number
  /** Milliseconds since an arbitrary moment; never goes back. For durations. */
  monotonic(): number
  /** Runs the task once, after so many milliseconds by `monotonic` (below 0 counts as 0). */
  after(milliseconds: number, task: () => void): Timer
  /** Lets `runnable.run()` be called soon, never inside this call; in the order of these calls. */
  enqueue(runnable: Runnable): void
  /**
   * Waits for work done elsewhere and delivers its outcome in a later turn. Under virtual time the outcome arrives
   * exactly `modelledMilliseconds` from now, however long the work really takes: virtual time waits for it.
   */
  external<T>(
    work: Promise<T>,
    modelledMilliseconds: number,
    deliver: (outcome: WorkOutcome<T>) => void,
  ): void
}
