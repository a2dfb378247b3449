import fc from 'fast-check'
import { expect, it } from 'vitest'
import { intervalAt, slotAt, startOfInterval } from '../src/index.ts'

const timing = fc.record({
  genesisTime: fc.integer({ min: 0, max: 2_000_000_000 }).map((seconds) => seconds * 1000),
  millisecondsPerInterval: fc.integer({ min: 1, max: 12_000 }),
  intervalsPerSlot: fc.integer({ min: 1, max: 10 }),
})

it('finds the interval that has begun and not ended', () => {
  fc.assert(
    fc.property(
      timing,
      fc.integer({ min: 0, max: 2 ** 20 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (when, slot, part) => {
        for (let interval = 0; interval < when.intervalsPerSlot; interval++) {
          const start = startOfInterval(slot, interval, when)
          const inside = start + Math.floor(part * (when.millisecondsPerInterval - 1))
          expect(slotAt(inside, when)).toBe(slot)
          expect(intervalAt(inside, when)).toBe(slot * when.intervalsPerSlot + interval)
          expect(intervalAt(start - 1, when)).toBe(slot * when.intervalsPerSlot + interval - 1)
        }
      },
    ),
  )
  const devnet = { genesisTime: 10_000, millisecondsPerInterval: 1000, intervalsPerSlot: 4 }
  expect([slotAt(9_999, devnet), slotAt(10_000, devnet), slotAt(17_999, devnet)]).toEqual([-1, 0, 1])
})
