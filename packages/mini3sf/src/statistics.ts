import { GENESIS_SLOT, type ModelRun } from './modelRun.ts'

/** How often each whole number occurred. */
export type Histogram = Map<number, number>

/** How well one run went. */
export type RunStatistics = {
  /** Clock units from a block's slot start until a staker first had it finalized; one entry per block and staker. */
  readonly finalityDelays: Histogram
  /** How often a staker's head moved to a block that does not descend from the former head, stakers added up. */
  readonly reorgs: number
  /** Most blocks left behind by one such move. */
  readonly deepestReorg: number
  /** Blocks whose parent already had another child. */
  readonly forks: number
  /** Highest slot that any staker finalized. */
  readonly finalizedSlot: number
}

/** Gathers RunStatistics while a run goes on. */
export class StatisticsCollector {
  readonly #finalityDelays: Histogram = new Map()
  readonly #heads: string[] = []
  readonly #finalizedSlots: number[] = []
  #reorgs = 0
  #deepestReorg = 0

  /** To be called after each step. */
  addStep(run: ModelRun): void {
    for (let staker = 0; staker < run.scenario.stakers; staker++) {
      const { head, finalized, finalizedSlot } = run.status(staker)
      const formerHead = this.#heads[staker] ?? run.genesisHash
      if (head !== formerHead) this.#moveHead(run, formerHead, head)
      this.#heads[staker] = head
      const formerSlot = this.#finalizedSlots[staker] ?? GENESIS_SLOT
      if (finalizedSlot > formerSlot) {
        this.#finalize(run, finalized, formerSlot)
        this.#finalizedSlots[staker] = finalizedSlot
      }
    }
  }

  /** The statistics of the run so far. */
  finish(run: ModelRun): RunStatistics {
    const parents = run.blocks().map((block) => block.parent)
    return {
      finalityDelays: this.#finalityDelays,
      reorgs: this.#reorgs,
      deepestReorg: this.#deepestReorg,
      forks: parents.length - new Set(parents).size,
      finalizedSlot: Math.max(0, ...this.#finalizedSlots.filter((slot) => slot !== undefined)),
    }
  }

  #moveHead(run: ModelRun, from: string, to: string): void {
    const abandoned = abandonedBlocks(run, from, to)
    if (abandoned === 0) return
    this.#reorgs += 1
    this.#deepestReorg = Math.max(this.#deepestReorg, abandoned)
  }

  #finalize(run: ModelRun, finalized: string, formerSlot: number): void {
    for (let block = run.block(finalized); block.slot > formerSlot; block = run.block(block.parent)) {
      const proposedAt = (block.slot - GENESIS_SLOT - 1) * run.scenario.slotDuration
      const delay = run.stepsDone - proposedAt
      this.#finalityDelays.set(delay, (this.#finalityDelays.get(delay) ?? 0) + 1)
    }
  }
}

/** How many blocks of the branch of one head are not on the branch of another. */
export function abandonedBlocks(run: ModelRun, from: string, to: string): number {
  let [left, right] = [run.block(from), run.block(to)]
  let abandoned = 0
  while (left.hash !== right.hash) {
    if (right.slot > left.slot) {
      right = run.block(right.parent)
    } else {
      abandoned += 1
      left = run.block(left.parent)
    }
  }
  return abandoned
}

/** Smallest, middle, 95th percentile and largest (nearest rank). */
export type Summary = {
  readonly min: number
  readonly median: number
  readonly p95: number
  readonly max: number
}

/** The summary of a histogram; undefined when it is empty. */
export function summarise(histogram: Histogram): Summary | undefined {
  const values = [...histogram].sort(([left], [right]) => left - right)
  const total = values.reduce((sum, [, times]) => sum + times, 0)
  if (total === 0) return undefined
  const ranked = (share: number): number => {
    let rank = Math.max(1, Math.ceil(share * total))
    for (const [value, times] of values) {
      rank -= times
      if (rank <= 0) return value
    }
    return values.at(-1)![0]
  }
  return { min: ranked(0), median: ranked(0.5), p95: ranked(0.95), max: ranked(1) }
}

/** Adds the counts of one histogram to another. */
export function addTo(sum: Histogram, histogram: Histogram): void {
  for (const [value, times] of histogram) sum.set(value, (sum.get(value) ?? 0) + times)
}
