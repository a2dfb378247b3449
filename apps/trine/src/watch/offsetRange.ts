/** How far our clock is ahead of another, milliseconds: somewhere from `low` to `high`; negative: it is behind. */
export type OffsetRange = { readonly low: number; readonly high: number }

/** An answer of another clock, which tells whole seconds, as HTTP's `Date` does: all in milliseconds since the Unix epoch. */
export type TimeSample = {
  /** By our clock. */
  readonly sentAt: number
  readonly receivedAt: number
  /** By the other clock, its fraction of a second cut off, at some moment between the two. */
  readonly told: number
}

/** Two clocks may come apart by so much, milliseconds for each, without one of them being set. */
const DRIFT = 1e-4

/** The range that one answer leaves. */
export function rangeOf({ sentAt, receivedAt, told }: TimeSample): OffsetRange {
  return { low: sentAt - told - 1000, high: receivedAt - told }
}

/**
 * Draws the ranges of several answers together. What is known grows vague with time, and is forgotten when an answer
 * contradicts it: then one of the clocks was set.
 */
export class OffsetEstimate {
  #range: OffsetRange | undefined
  #at = 0

  /** @param now of a clock that is never set, milliseconds */
  note(sample: TimeSample, now: number): void {
    const found = rangeOf(sample)
    const known = this.at(now)
    const low = Math.max(found.low, known?.low ?? found.low)
    const high = Math.min(found.high, known?.high ?? found.high)
    this.#range = low <= high ? { low, high } : found
    this.#at = now
  }

  /** What is known now; undefined before the first answer. */
  at(now: number): OffsetRange | undefined {
    if (this.#range === undefined) return undefined
    const vague = (now - this.#at) * DRIFT
    return { low: this.#range.low - vague, high: this.#range.high + vague }
  }

  /** Our clock was set. */
  forget(): void {
    this.#range = undefined
  }
}

/** Asked so many milliseconds after `time`, a clock's whole seconds halve the range: they turn in its middle then. */
export function bestWait({ low, high }: OffsetRange, time: number): number {
  return ((((low + high) / 2 - time) % 1000) + 1000) % 1000
}

/** What most of several clocks agree on: the medians of the lower and of the upper ends. */
export function medianRange(ranges: readonly OffsetRange[]): OffsetRange | undefined {
  if (ranges.length === 0) return undefined
  const median = (values: number[]) => values.sort((left, right) => left - right)[values.length >> 1]!
  return { low: median(ranges.map(({ low }) => low)), high: median(ranges.map(({ high }) => high)) }
}
