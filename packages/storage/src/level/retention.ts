import type { Slot } from '@trine/types'
import { type Database, del, type Operations } from './database.ts'
import { type BlockTable, rangeKey, slotOfKey } from './keys.ts'

export type Retention = {
  /** How far apart stored states are, in slots: 64 unless given. */
  readonly snapshotSlots?: number
  /**
   * How far before the finalized block, in slots, blocks are kept with their signatures; all of them unless given: an
   * archive.
   */
  readonly retainSlots?: number | undefined
  /** How far back blocks are kept without signatures: twice `retainSlots` unless given. Headers are kept for ever. */
  readonly retainBodySlots?: number | undefined
}

/** Rows of a table dropped with one batch, so that no batch takes long. */
const DROPPED_PER_BATCH = 64

/** Drops what is older than the policy wants: signatures first, then bodies. */
export class Pruning {
  readonly #database: Pick<Database, 'keys'>
  readonly #kept: readonly { readonly table: BlockTable; readonly slots: number }[]
  /** Where the search begins: iterating over what was deleted costs as much as over what is there. */
  readonly #begins = new Map<BlockTable, Slot>()

  constructor(database: Pick<Database, 'keys'>, { retainSlots, retainBodySlots }: Retention) {
    this.#database = database
    this.#kept =
      retainSlots === undefined
        ? []
        : [
            { table: 'signatures', slots: retainSlots },
            { table: 'blocks', slots: Math.max(retainSlots, retainBodySlots ?? 2 * retainSlots) },
          ]
  }

  /** Rows were written at a slot, and those after it: the search goes back to them. */
  noteWritten(slot: Slot): void {
    for (const [table, begin] of this.#begins) this.#begins.set(table, Math.min(begin, slot))
  }

  /**
   * @param firstNeeded slot of the oldest stored state that is final: a restart needs the blocks from it on
   * @returns to be called when the batch is durable
   */
  async deleteInto(operations: Operations, finalizedSlot: Slot, firstNeeded: Slot): Promise<() => void> {
    const reached: [BlockTable, Slot][] = []
    for (const { table, slots } of this.#kept) {
      const end = Math.min(finalizedSlot - slots, firstNeeded)
      const begin = this.#begins.get(table) ?? 0
      if (end <= begin) continue
      let [count, last] = [0, begin]
      const range = { gte: rangeKey(table, begin), lt: rangeKey(table, end), limit: DROPPED_PER_BATCH }
      for await (const key of this.#database.keys(range)) {
        operations.push(del(key))
        last = slotOfKey(key)
        count += 1
      }
      reached.push([table, count < DROPPED_PER_BATCH ? end : last])
    }
    return () => {
      for (const [table, slot] of reached) this.#begins.set(table, slot)
    }
  }
}
