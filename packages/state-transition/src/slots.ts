import type { Slot, Uint64, ValidatorIndex } from '@trine/types'

/**
 * Whether a slot may become justified while `finalizedSlot` is the last finalized one: at a distance of at most 5, a
 * square, or a pronic number x^2 + x. Later slots get ever sparser, which is the back-off of 3SF-mini.
 *
 * Throws RangeError for a slot before the finalized one (leanSpec `Slot.is_justifiable_after`).
 */
export function isJustifiableAfter(slot: Slot, finalizedSlot: Slot): boolean {
  const distance = slot - finalizedSlot
  if (distance < 0) throw new RangeError(`expected a slot not before ${finalizedSlot}, got ${slot}`)
  if (distance <= 5) return true
  const root = Math.floor(Math.sqrt(distance))
  return root * root === distance || root * (root + 1) === distance
}

/** The validator that proposes at a slot: round robin over the registry. */
export function proposerOf(slot: Slot, validatorCount: number): ValidatorIndex {
  return slot % validatorCount
}

/** Whether a validator proposes at a slot (leanSpec `is_proposer`). */
export function isProposer(validatorIndex: Uint64, slot: Slot, validatorCount: number): boolean {
  return proposerOf(slot, validatorCount) === validatorIndex
}
