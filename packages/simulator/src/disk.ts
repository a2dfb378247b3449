import type { Scheduler } from '@trine/actors'
import type { BlockStore } from '@trine/messages'
import { createMemoryBlockStore } from '@trine/storage'
import type { Scenario } from './scenario.ts'

/** Blocks kept at least, and at most. */
const FEW = 1024
const MANY = 8192

/** How much longer than the last fault lasts blocks may be asked for. */
const MARGIN = 64

/**
 * The disk of a simulated node. It stands in memory, so it holds what somebody may still ask for: all blocks up to the end
 * of the last fault, if there is one to recover from, else the latest.
 */
export function createDisk(scenario: Scenario, scheduler: Pick<Scheduler, 'enqueue'>): BlockStore {
  const ends = scenario.faults.map(({ to }) => (to === undefined ? 0 : to.slot + MARGIN))
  const maxBlocks = Math.min(MANY, Math.max(FEW, ...ends))
  return createMemoryBlockStore({ scheduler, maxBlocks })
}
