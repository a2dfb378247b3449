/** How long a message is under way: `minimum + (maximum - minimum) * u ^ skew` milliseconds, u even in 0 to 1. */
export type Latency = {
  readonly minimum: number
  readonly maximum: number
  /** A whole number from 1 to 16: 1 is even, more makes most messages fast and a few slow. */
  readonly skew: number
}

/** What one direction of a link is like. */
export type LinkConditions = {
  readonly latency: Latency
  /** How often a gossip message is lost. On a stream a lost piece comes later instead, as it is sent again. */
  readonly loss: number
  /** How often a gossip message arrives twice. */
  readonly duplication: number
  /** How often a gossip message is held up, so that later ones overtake it; otherwise a link keeps the order. */
  readonly reordering: number
  readonly bytesPerSecond: number
}

/** A good link: 10 to 60 ms, nothing lost, no limit. */
export const GOOD_LINK: LinkConditions = {
  latency: { minimum: 10, maximum: 60, skew: 1 },
  loss: 0,
  duplication: 0,
  reordering: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
}

/** Throws RangeError, naming the field, for conditions that make no sense. */
export function checkConditions(conditions: LinkConditions): LinkConditions {
  const { latency, bytesPerSecond } = conditions
  if (!(latency.minimum >= 0 && latency.maximum >= latency.minimum)) {
    throw new RangeError(
      `latency: expected 0 <= minimum <= maximum, got ${latency.minimum} and ${latency.maximum}`,
    )
  }
  if (!Number.isInteger(latency.skew) || latency.skew < 1 || latency.skew > 16) {
    throw new RangeError(`latency.skew: expected a whole number from 1 to 16, got ${latency.skew}`)
  }
  for (const field of ['loss', 'duplication', 'reordering'] as const) {
    const value = conditions[field]
    if (!(value >= 0 && value <= 1)) throw new RangeError(`${field}: expected 0 to 1, got ${value}`)
  }
  if (!(bytesPerSecond > 0))
    throw new RangeError(`bytesPerSecond: expected more than 0, got ${bytesPerSecond}`)
  return conditions
}

/** One latency for a random number from 0 to 1. Multiplications only: the same on every machine. */
export function drawLatency({ minimum, maximum, skew }: Latency, random: number): number {
  let power = random
  for (let factor = 1; factor < skew; factor++) power *= random
  return minimum + (maximum - minimum) * power
}
