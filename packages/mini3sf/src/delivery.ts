import type { PythonRandom } from './pythonRandom.ts'
import type { Fault, Latency, Scenario, Span } from './scenario.ts'

/** Which way an item takes: an ordinary one, the first or the second of an equivocation. */
export type Variant = 'only' | 'first' | 'second'

export type ItemKind = 'blocks' | 'votes'

/** When and whether stakers act and hear, by the scenario's latencies, partitions, spans offline and faults. */
export class Delivery {
  readonly #scenario: Scenario
  readonly #random: PythonRandom
  readonly #linkLatency: readonly (readonly Latency[])[] | undefined

  constructor(scenario: Scenario, random: PythonRandom) {
    this.#scenario = scenario
    this.#random = random
    this.#linkLatency = scenario.links.length === 0 ? undefined : latencyTable(scenario)
  }

  /**
   * The clock at which an item sent now can be received. Draws one random number when the common latency or the
   * link's needs one, so that changing one link leaves the others' draws as they were.
   */
  arrival(sender: number, recipient: number, clock: number, kind: ItemKind, variant: Variant): number {
    const { latency: common, slotDuration } = this.#scenario
    const link = this.#linkLatency?.[sender]?.[recipient] ?? common
    const draw = clock < common.until || clock < link.until ? this.#random.random() : 0
    const underway =
      clock < link.until ? Math.trunc(slotDuration * link.factor * draw ** link.exponent) : link.after
    return (
      this.#leaves(sender, recipient, clock) + this.#delay(sender, recipient, clock, kind, variant) + underway
    )
  }

  /** Whether the staker acts and hears at this clock. */
  isOnline(staker: number, clock: number): boolean {
    return !this.#scenario.offline.some((span) => within(span, clock) && span.stakers.includes(staker))
  }

  /** The first clock, this one or later, at which the staker hears. */
  hearsAt(staker: number, clock: number): number {
    let hears = clock
    const { offline } = this.#scenario
    for (let index = 0; index < offline.length; index++) {
      const span = offline[index]!
      if (within(span, hears) && span.stakers.includes(staker)) {
        hears = span.to
        index = -1
      }
    }
    return hears
  }

  /** Whether the staker makes a second block or vote at this clock. */
  equivocates(staker: number, clock: number, kind: ItemKind): boolean {
    return this.#fault('equivocate', staker, clock, kind) !== undefined
  }

  #leaves(sender: number, recipient: number, clock: number): number {
    let leaves = clock
    const { partitions } = this.#scenario
    for (let index = 0; index < partitions.length; index++) {
      const partition = partitions[index]!
      if (!within(partition, leaves)) continue
      const senderGroup = partition.groups.findIndex((group) => group.includes(sender))
      const recipientGroup = partition.groups.findIndex((group) => group.includes(recipient))
      if (senderGroup !== recipientGroup && senderGroup >= 0 && recipientGroup >= 0) {
        leaves = partition.to
        index = -1
      }
    }
    return leaves
  }

  #delay(sender: number, recipient: number, clock: number, kind: ItemKind, variant: Variant): number {
    let delay = this.#fault('withhold', sender, clock, kind)?.delay ?? 0
    if (variant !== 'only') {
      const isLowerHalf = recipient < this.#scenario.stakers / 2
      if (isLowerHalf !== (variant === 'first')) {
        delay += this.#fault('equivocate', sender, clock, kind)?.delay ?? 0
      }
    }
    return delay
  }

  #fault(kind: Fault['kind'], staker: number, clock: number, what: ItemKind): Fault | undefined {
    return this.#scenario.faults.find(
      (fault) =>
        fault.kind === kind &&
        fault.staker === staker &&
        (fault.what === 'both' || fault.what === what) &&
        within(fault, clock),
    )
  }
}

function within(span: Span, clock: number): boolean {
  return span.from <= clock && clock < span.to
}

function latencyTable(scenario: Scenario): Latency[][] {
  const table = Array.from({ length: scenario.stakers }, () =>
    new Array<Latency>(scenario.stakers).fill(scenario.latency),
  )
  for (const { from, to, latency } of scenario.links) {
    for (const sender of from) for (const recipient of to) table[sender]![recipient] = latency
  }
  return table
}
