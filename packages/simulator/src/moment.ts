import type { Slot } from '@trine/types'
import { z } from 'zod'

/** The beginning of an interval of a slot, written `12` or `12.3`. */
export type Moment = { readonly slot: Slot; readonly interval: number }

export const INTERVALS_PER_SLOT = 4
export const MILLISECONDS_PER_INTERVAL = 1000

const LAST_SLOT = 262_144

/** The moment that a text like `12.3` names; undefined when it names none. */
export function parseMoment(text: string): Moment | undefined {
  const match = /^(\d{1,6})(?:\.([0-3]))?$/.exec(text)
  if (match === null || Number(match[1]) > LAST_SLOT) return undefined
  return { slot: Number(match[1]), interval: Number(match[2] ?? 0) }
}

export function formatMoment({ slot, interval }: Moment): string {
  return `${slot}.${interval}`
}

/** Milliseconds from genesis to a moment. */
export function millisecondsTo({ slot, interval }: Moment): number {
  return (slot * INTERVALS_PER_SLOT + interval) * MILLISECONDS_PER_INTERVAL
}

/** The moment at which the interval with this number since genesis begins. */
export function momentOf(intervalNumber: number): Moment {
  return {
    slot: Math.floor(intervalNumber / INTERVALS_PER_SLOT),
    interval: intervalNumber % INTERVALS_PER_SLOT,
  }
}

const expectation = `a moment SLOT.INTERVAL like 12.3, with a slot of at most ${LAST_SLOT} and an interval from 0 to 3`

/** A moment in a scenario file, where YAML reads `12.3` as a number. */
export const momentField = z
  .union([z.string(), z.number()], { error: expectation })
  .transform((value) => parseMoment(String(value)))
  .refine((moment) => moment !== undefined, { error: expectation })
  .transform((moment) => moment as Moment)
