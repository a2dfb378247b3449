import type { Reply } from '@trine/actors'
import { defineLanes } from '@trine/actors'
import type { Slot } from '@trine/types'
import type { From, SendersOf } from './senders.ts'

/** What the ClockService is told. Meaning, lanes and senders of each: the package's README. */
export type ClockMessage =
  | { readonly type: 'alarm' }
  | { readonly type: 'getClock'; readonly reply: Reply<ClockView> }

/** Times in milliseconds; lateness is that of ticks behind their interval's beginning. */
export type ClockView = {
  readonly genesisTime: number
  readonly now: number
  /** The last tick; undefined before genesis. */
  readonly lastTick: { readonly slot: Slot; readonly interval: number } | undefined
  readonly ticks: number
  readonly skippedIntervals: number
  readonly clockSteps: number
  readonly lateness: { readonly last: number; readonly mean: number; readonly max: number }
}

export const clockLanes = defineLanes<ClockMessage>()({
  lanes: {
    alarm: { rank: 0, capacity: 1, whenFull: 'refuse' },
    queries: { rank: 1, capacity: 64, whenFull: 'refuse' },
  },
  laneOf: { alarm: 'alarm', getClock: 'queries' },
})

export const clockSenders = {
  alarm: ['clock'],
  getClock: ['api'],
} as const satisfies SendersOf<ClockMessage>

/** What one sender may tell the clock. */
export type ClockMessageFrom<S extends string> = From<ClockMessage, typeof clockSenders, S>
