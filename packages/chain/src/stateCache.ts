import type { BlockStates } from '@trine/fork-choice'
import { type RootHex, type Slot, type State, toNumber } from '@trine/types'

type Entry = { readonly root: RootHex; readonly slot: Slot; readonly state: State }

/** States added last that are kept whatever their slot: the next blocks of an old branch build on them. */
const LATEST = 8

/**
 * A bounded number of post-states: those of the last few slots, then ever fewer the older they are, so that however
 * long finality is missing, the blocks to be replayed for a state are a small share of its age.
 */
export class StateCache implements BlockStates {
  readonly #limit: number
  /** In the order in which they were added. */
  readonly #entries = new Map<RootHex, Entry>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#entries.size
  }

  /** Whether there are more than the limit: to be trimmed. */
  get isOverfull(): boolean {
    return this.#entries.size > this.#limit
  }

  has(root: RootHex): boolean {
    return this.#entries.has(root)
  }

  /** A view of its own, so that what the reader caches goes with the reader. */
  get(root: RootHex): State | undefined {
    return this.#entries.get(root)?.state.clone(true)
  }

  set(root: RootHex, state: State): void {
    const view = state.clone(true)
    this.#entries.delete(root)
    this.#entries.set(root, { root, slot: toNumber(state.slot), state: view })
  }

  delete(root: RootHex): void {
    this.#entries.delete(root)
  }

  /** Drops what is beyond the limit, but never the states of the given blocks, nor the last ones added. */
  trim(kept: readonly RootHex[], headSlot: Slot): void {
    while (this.#entries.size > this.#limit) {
      const entries = [...this.#entries.values()]
      const exempt = new Set([...kept, ...entries.slice(-LATEST).map(({ root }) => root)])
      const victim = leastUseful(entries, exempt, headSlot)
      if (victim === undefined) return
      this.#entries.delete(victim.root)
    }
  }
}

/** The state whose loss leaves the smallest gap, measured by its distance from the head. */
function leastUseful(entries: Entry[], exempt: ReadonlySet<RootHex>, headSlot: Slot): Entry | undefined {
  entries.sort((left, right) => left.slot - right.slot)
  let victim: Entry | undefined
  let smallest = Number.POSITIVE_INFINITY
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]!
    if (exempt.has(entry.root)) continue
    const before = entries[index - 1]?.slot ?? entry.slot
    const after = entries[index + 1]?.slot ?? entry.slot
    const cost = (after - before) / (Math.abs(headSlot - entry.slot) + 1)
    if (cost >= smallest) continue
    smallest = cost
    victim = entry
  }
  return victim
}
