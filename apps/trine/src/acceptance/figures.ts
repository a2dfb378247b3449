/** What was seen of a network for some time. Times in milliseconds, sizes in bytes. */
export type Figures = {
  /** Slots between the clock and what a node has finalized, told by each node at each slot. */
  readonly finalityDelay: { readonly p50: number; readonly p99: number; readonly most: number }
  /** Of all validators, those included whose node was down. */
  readonly missedVotes: number
  readonly missedBlocks: number
  readonly expectedVotes: number
  readonly reorgs: number
  readonly deepestReorg: number
  /** Of the nodes' ticks. */
  readonly lateness: { readonly p50: number; readonly p99: number }
  /** The largest of a node. */
  readonly residentMemory: number
  /** Of all nodes together. */
  readonly disk: number
}

/** Numbers as they come, until they are asked for. */
export class Observations {
  readonly finalityDelays: number[] = []
  readonly latenesses: number[] = []
  readonly reorgDepths: number[] = []
  residentMemory = 0
  disk = 0

  add(other: Observations): void {
    for (const name of ['finalityDelays', 'latenesses', 'reorgDepths'] as const) {
      for (const value of other[name]) this[name].push(value)
    }
    this.residentMemory = Math.max(this.residentMemory, other.residentMemory)
    this.disk = Math.max(this.disk, other.disk)
  }

  figures(missed: Pick<Figures, 'missedVotes' | 'missedBlocks' | 'expectedVotes'>): Figures {
    const delays = sorted(this.finalityDelays)
    const latenesses = sorted(this.latenesses)
    return {
      finalityDelay: { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), most: delays.at(-1) ?? 0 },
      ...missed,
      reorgs: this.reorgDepths.length,
      deepestReorg: sorted(this.reorgDepths).at(-1) ?? 0,
      lateness: { p50: quantile(latenesses, 0.5), p99: quantile(latenesses, 0.99) },
      residentMemory: this.residentMemory,
      disk: this.disk,
    }
  }
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b)
}

/** The least value that the given share of all is not above; 0 of none. */
export function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? 0
}
