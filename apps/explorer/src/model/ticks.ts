import { PRESET } from '@trine/types/preset'

/** Intervals since the beginning of slot 0. */
export function tickOf({ slot, interval = 0 }: { slot: number; interval?: number }): number {
  return slot * PRESET.intervalsPerSlot + interval
}
