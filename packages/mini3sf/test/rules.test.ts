import { expect, it } from 'vitest'
import { justifiableSlots, votesForSafeTarget, votesToJustify } from '../src/rules.ts'
import { DEFAULT_SCENARIO, type Rules } from '../src/scenario.ts'

const rules = (changes: Partial<Rules>): Rules => ({ ...DEFAULT_SCENARIO.rules, ...changes })

function justifiable(changes: Partial<Rules>, upTo: number): number[] {
  const isJustifiable = justifiableSlots(rules(changes))
  const distances = Array.from({ length: upTo + 1 }, (_, distance) => distance)
  return distances.filter((distance) => isJustifiable(1000, 1000 + distance))
}

it.each([
  [5, 'squares-and-oblongs', [0, 1, 2, 3, 4, 5, 6, 9, 12, 16, 20, 25, 30, 36, 42]],
  [1, 'squares-and-oblongs', [0, 1, 2, 4, 6, 9, 12, 16, 20, 25, 30, 36, 42]],
  [5, 'squares', [0, 1, 2, 3, 4, 5, 9, 16, 25, 36]],
  [3, 'powers-of-two', [0, 1, 2, 3, 4, 8, 16, 32]],
] as const)('immediate %i, then %s', (immediate, backoff, expected) => {
  expect(justifiable({ immediate, backoff }, 42)).toEqual(expected)
})

it('every slot can be justified without a back-off', () => {
  expect(justifiable({ backoff: 'every-slot' }, 100)).toHaveLength(101)
})

it('squares and oblongs are exact far away', () => {
  const isJustifiable = justifiableSlots(DEFAULT_SCENARIO.rules)
  for (let root = 3; root < 40_000; root += 997) {
    const distances = [root * root, root * (root + 1)].flatMap((exact) => [exact - 1, exact, exact + 1])
    expect(distances.map((distance) => isJustifiable(0, distance))).toEqual([
      false,
      true,
      false,
      false,
      true,
      false,
    ])
  }
})

it('a slot before the finalized one fails as in Python', () => {
  expect(() => justifiableSlots(DEFAULT_SCENARIO.rules)(7, 6)).toThrow(
    'is_justifiable_slot: expected a slot not before the finalized slot 7, got slot 6',
  )
})

it.each([
  [1, 0, 1],
  [3, 2, 2],
  [4, 2, 3],
  [10, 6, 7],
  [25, 16, 17],
  [4096, 2730, 2731],
])('of %i stakers the model asks for %i votes, devnet-1 for %i', (stakers, model, devnet1) => {
  const devnet1Rules = rules({ comparison: 'at-least', safeTarget: 'ceil' })
  expect([votesToJustify(rules({}), stakers), votesForSafeTarget(rules({}), stakers)]).toEqual([model, model])
  expect([votesToJustify(devnet1Rules, stakers), votesForSafeTarget(devnet1Rules, stakers)]).toEqual([
    devnet1,
    devnet1,
  ])
})
