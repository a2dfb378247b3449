import type { SlotTiming } from '@trine/messages'
import { PRESET } from '@trine/types'

/** When the slots of a network are that begins at this Unix time in seconds. */
export function timingOf(genesisTime: number): SlotTiming {
  const { secondsPerSlot, intervalsPerSlot } = PRESET
  return {
    genesisTime: genesisTime * 1000,
    millisecondsPerInterval: (secondsPerSlot * 1000) / intervalsPerSlot,
    intervalsPerSlot,
  }
}
