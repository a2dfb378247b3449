/**
 * Everything that decides a run. Times are the model's clock: it reads `step + 1` while step `step` (counted from 0,
 * printed as `Time`) is executed, and slot `s` begins at `(s - 2) * slotDuration`. Spans are half-open.
 */
export type Scenario = {
  readonly name: string
  /** As in Python's `random.seed(seed)`. */
  readonly seed: bigint
  readonly stakers: number
  readonly steps: number
  /** Clock units per slot. */
  readonly slotDuration: number
  readonly latency: Latency
  /** Latency of single links; of several that match, the last counts. */
  readonly links: readonly Link[]
  readonly rules: Rules
  readonly offline: readonly OfflineSpan[]
  readonly partitions: readonly Partition[]
  readonly faults: readonly Fault[]
}

/** `int(slotDuration * factor * random() ** exponent)` clock units for messages sent before `until`, then `after`. */
export type Latency = {
  readonly factor: number
  readonly exponent: number
  readonly until: number
  readonly after: number
}

/** Latency of the messages from these senders to these recipients. */
export type Link = {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly latency: Latency
}

export type Span = { readonly from: number; readonly to: number }

/** These stakers do nothing in the span; what reaches them then waits for its end. */
export type OfflineSpan = Span & { readonly stakers: readonly number[] }

/** What is sent from one group to another in the span leaves at its end. Who is in no group is cut off from nobody. */
export type Partition = Span & { readonly groups: readonly (readonly number[])[] }

/**
 * A staker that misbehaves in the span.
 *
 * - `withhold`: sends its blocks or votes `delay` later than it makes them.
 * - `equivocate`: makes a second, different one; the lower half of the stakers gets the first at once and the second
 *   `delay` later, the upper half the other way round. The second block is empty of votes, so a block that is empty
 *   itself has no double; the second vote is for the parent of the head.
 */
export type Fault = Span & {
  readonly kind: 'withhold' | 'equivocate'
  readonly staker: number
  readonly what: 'blocks' | 'votes' | 'both'
  readonly delay: number
}

export const COMPARISONS = ['equal-floor', 'at-least'] as const
export const ROUNDINGS = ['floor', 'ceil'] as const
export const JUSTIFIED_TARGETS = ['recount', 'skip'] as const
export const BACKOFFS = ['squares-and-oblongs', 'squares', 'powers-of-two', 'every-slot'] as const

/** The rules of justification. The defaults are the Python model's. */
export type Rules = {
  /** Share of the stakers whose votes justify a target. */
  readonly threshold: { readonly numerator: number; readonly denominator: number }
  /** `equal-floor`: `count == n * numerator // denominator`; `at-least`: `count * denominator >= n * numerator`. */
  readonly comparison: (typeof COMPARISONS)[number]
  /** How the same share of n is rounded for the weight that a safe target needs. */
  readonly safeTarget: (typeof ROUNDINGS)[number]
  /** Votes for a target that is justified already: counted anew (the model) or skipped (devnet-1). */
  readonly justifiedTargets: (typeof JUSTIFIED_TARGETS)[number]
  /** Distances from the finalized slot that can be justified: all up to `immediate`, then those of `backoff`. */
  readonly immediate: number
  readonly backoff: (typeof BACKOFFS)[number]
}

/** The run of the Python program as it is published, with `random.seed(0)` put before it. */
export const DEFAULT_SCENARIO: Scenario = {
  name: 'default',
  seed: 0n,
  stakers: 10,
  steps: 1000,
  slotDuration: 12,
  latency: { factor: 2.5, exponent: 3, until: 667, after: 1 },
  links: [],
  rules: {
    threshold: { numerator: 2, denominator: 3 },
    comparison: 'equal-floor',
    safeTarget: 'floor',
    justifiedTargets: 'recount',
    immediate: 5,
    backoff: 'squares-and-oblongs',
  },
  offline: [],
  partitions: [],
  faults: [],
}
