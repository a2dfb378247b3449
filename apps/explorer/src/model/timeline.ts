import type { Reference } from './events.ts'
import { type Justifiability, justifiability } from './justifiable.ts'
import type { Change, Model } from './model.ts'

/** One slot of the finality timeline. */
export type TimelineSlot = Justifiability & {
  readonly slot: number
  /** The block of the head's chain; undefined when the slot has none. */
  readonly block: Reference | undefined
  /** False for slots before the oldest block we know. */
  readonly isKnown: boolean
  readonly isJustified: boolean
  readonly isFinalized: boolean
  /** The finalized slot that decided whether this slot might be justified. */
  readonly finalizedSlot: number
  /** Votes heard for this slot's block as a target, and of those the ones that blocks brought. */
  readonly votes: number
  readonly votesInBlocks: number
}

/** The slots `first` to `last` with what they could be and what they became. */
export function timeline(model: Model, first: number, last: number): TimelineSlot[] {
  const slots: TimelineSlot[] = []
  for (let slot = Math.max(0, first); slot <= last; slot++) slots.push(timelineSlot(model, slot))
  return slots
}

export function timelineSlot(model: Model, slot: number): TimelineSlot {
  const block = model.chain.bySlot.get(slot)
  const finalizedSlot = finalizedAt(model, slot)
  const tally = block && model.votes.tallies.get(block.root)
  return {
    slot,
    block,
    isKnown: slot >= model.firstSlot,
    isJustified: block !== undefined && (slot === 0 || model.justifiedRoots.has(block.root)),
    isFinalized: slot <= (model.finalized?.slot ?? -1) && block !== undefined,
    finalizedSlot,
    votes: tally?.voters.size ?? 0,
    votesInBlocks: tally?.inBlocks ?? 0,
    ...justifiability(slot, finalizedSlot, model.setup.rules),
  }
}

/**
 * The slot that was finalized when votes for a slot were first counted: at its end. Later slots are judged by the
 * finalized slot of now.
 */
function finalizedAt(model: Model, slot: number): number {
  const end = (slot + 1) * model.setup.ticksPerSlot
  let low = 0
  let high = model.finalizations.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (model.finalizations[middle]!.at < end) low = middle + 1
    else high = middle
  }
  // Before the first one we heard of, that one is the best we know.
  const found: Change | undefined = model.finalizations[Math.max(0, low - 1)]
  return Math.min(found?.slot ?? 0, slot)
}
