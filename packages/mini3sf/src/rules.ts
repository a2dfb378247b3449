import type { Rules } from './scenario.ts'

/** An `assert` of the Python model that failed: the program would have ended here with a traceback. */
export class ModelAssertion extends Error {
  override readonly name = 'ModelAssertion'
}

/** Whether votes may justify a slot at this distance from the latest finalized slot. */
export type IsJustifiableDistance = (distance: number) => boolean

const FARTHER: Readonly<Record<Rules['backoff'], IsJustifiableDistance>> = {
  'squares-and-oblongs': (distance) =>
    Number.isInteger(Math.sqrt(distance)) || Math.sqrt(distance + 0.25) % 1 === 0.5,
  squares: (distance) => Number.isInteger(Math.sqrt(distance)),
  'powers-of-two': (distance) => Number.isInteger(Math.log2(distance)),
  'every-slot': () => true,
}

/**
 * The back-off rule (`is_justifiable_slot`): with the model's rules any distance up to 5, then squares x^2 and
 * oblongs x^2 + x.
 *
 * @returns a function that throws ModelAssertion for a candidate before the finalized slot, as Python does
 */
export function justifiableSlots(rules: Rules): (finalizedSlot: number, candidate: number) => boolean {
  const farther = FARTHER[rules.backoff]
  return (finalizedSlot, candidate) => {
    const distance = candidate - finalizedSlot
    if (distance < 0) {
      throw new ModelAssertion(
        `is_justifiable_slot: expected a slot not before the finalized slot ${finalizedSlot}, got slot ${candidate}`,
      )
    }
    return distance <= rules.immediate || farther(distance)
  }
}

/** How many distinct votes justify a target. 0 stands for never: a count that is compared is at least 1. */
export function votesToJustify(rules: Rules, stakers: number): number {
  return shareOf(rules, stakers, rules.comparison === 'at-least' ? 'ceil' : 'floor')
}

/** The weight that a block needs to be on the way to the safe target. */
export function votesForSafeTarget(rules: Rules, stakers: number): number {
  return shareOf(rules, stakers, rules.safeTarget)
}

function shareOf(rules: Rules, stakers: number, rounding: 'floor' | 'ceil'): number {
  const { numerator, denominator } = rules.threshold
  return Math[rounding]((stakers * numerator) / denominator)
}
