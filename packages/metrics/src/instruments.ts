import type { Registry } from 'prom-client'
import { createInstruments, type Definition, type InstrumentsOf } from './definition.ts'
import { LEAN_METRICS } from './leanMetrics.ts'
import { TRINE_METRICS } from './trineMetrics.ts'

const TABLE = { ...LEAN_METRICS, ...TRINE_METRICS }

/** Every metric of this package by its key. */
export type Instruments = InstrumentsOf<typeof TABLE>

/** All definitions, the standard ones first. */
export const DEFINITIONS: readonly Definition[] = Object.values(TABLE)

const DIRECTIONS = ['inbound', 'outbound'] as const

/** Makes all instruments. Label values that are known beforehand begin at 0, so that the first event is an increase. */
export function createAll(registry: Registry): Instruments {
  const made = createInstruments(TABLE, registry)
  for (const result of ['success', 'error']) made.finalizations.inc({ result }, 0)
  for (const status of ['idle', 'syncing', 'synced'])
    made.syncStatus.set({ status }, Number(status === 'idle'))
  for (const direction of DIRECTIONS) {
    for (const result of ['success', 'timeout', 'error']) made.connectionEvents.inc({ direction, result }, 0)
    for (const reason of ['timeout', 'remote_close', 'local_close', 'error']) {
      made.disconnectionEvents.inc({ direction, reason }, 0)
    }
  }
  for (const kind of ['block', 'attestation']) {
    for (const outcome of ['published', 'skipped', 'failed']) made.duties.inc({ kind, outcome }, 0)
  }
  made.isAggregator.set(0)
  return made
}
