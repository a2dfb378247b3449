import type { Scheduler } from './scheduler.ts'

/** A scheduler whose wall clock is off by an amount that can be changed, as an operator or NTP would. */
export type SkewedScheduler = Scheduler & {
  /** Sets the wall clock forward, or back for a negative number. */
  shift(milliseconds: number): void
}

/** A view of `base` with its own wall clock; timers and `monotonic` are those of `base`. */
export function createSkewedScheduler(base: Scheduler, offsetMilliseconds: number): SkewedScheduler {
  let offset = offsetMilliseconds
  return {
    now: () => base.now() + offset,
    monotonic: () => base.monotonic(),
    after: (milliseconds, task) => base.after(milliseconds, task),
    enqueue: (runnable) => base.enqueue(runnable),
    external: (work, modelledMilliseconds, deliver) => base.external(work, modelledMilliseconds, deliver),
    shift: (milliseconds) => {
      offset += milliseconds
    },
  }
}
