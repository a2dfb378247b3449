import type { Slot } from '@trine/types'

/** When slots are. */
export type SlotTiming = {
  /** Milliseconds since the Unix epoch. */
  readonly genesisTime: number
  readonly millisecondsPerInterval: number
  readonly intervalsPerSlot: number
}

/** Number of intervals since genesis at a time in milliseconds since the Unix epoch; negative before genesis. */
export function intervalAt(time: number, timing: SlotTiming): number {
  return Math.floor((time - timing.genesisTime) / timing.millisecondsPerInterval)
}

/** The slot at a time in milliseconds since the Unix epoch; negative before genesis. */
export function slotAt(time: number, timing: SlotTiming): Slot {
  return Math.floor(intervalAt(time, timing) / timing.intervalsPerSlot)
}

/** When an interval of a slot begins, in milliseconds since the Unix epoch. */
export function startOfInterval(slot: Slot, interval: number, timing: SlotTiming): number {
  return timing.genesisTime + (slot * timing.intervalsPerSlot + interval) * timing.millisecondsPerInterval
}
