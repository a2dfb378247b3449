import { type GossipKind, type SlotTiming, startOfInterval } from '@trine/messages'
import type { Slot } from '@trine/types'

/** The interval that a message is due in. */
const INTERVAL_OF: Readonly<Record<GossipKind, number>> = { gossipBlock: 0, gossipAttestation: 1 }

/** Longest delay that is taken down, milliseconds: what is further off says nothing about the network. */
const LONGEST = 10 * 60 * 1000

/** Milliseconds: before the interval until it begins, inside it since it began, after it since it ended. */
export type Arrival = { readonly position: 'before' | 'inside' | 'after'; readonly delay: number }

/** Where a time lies beside the interval that a message of a slot is due in; undefined when it is far off. */
export function arrivalOf(
  kind: GossipKind,
  slot: Slot,
  now: number,
  timing: SlotTiming,
): Arrival | undefined {
  const begin = startOfInterval(slot, INTERVAL_OF[kind], timing)
  const end = begin + timing.millisecondsPerInterval
  if (now < begin - LONGEST || now > end + LONGEST) return undefined
  if (now < begin) return { position: 'before', delay: begin - now }
  return now < end ? { position: 'inside', delay: now - begin } : { position: 'after', delay: now - end }
}
