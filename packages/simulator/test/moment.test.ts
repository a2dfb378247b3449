import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoment, parseMoment } from '../src/index.ts'
import { millisecondsTo, momentOf } from '../src/moment.ts'

describe('a moment', () => {
  it('is written as it is read', () => {
    fc.assert(
      fc.property(fc.nat(262_144), fc.nat(3), (slot, interval) => {
        expect(parseMoment(formatMoment({ slot, interval }))).toEqual({ slot, interval })
        const number = slot * 4 + interval
        expect(momentOf(number)).toEqual({ slot, interval })
        expect(millisecondsTo({ slot, interval })).toBe(number * 1000)
      }),
    )
  })

  it('without an interval is the beginning of the slot', () => {
    expect(parseMoment('12')).toEqual({ slot: 12, interval: 0 })
  })

  it.each(['', '1.4', '1.', '.1', '-1', '1.12', '262145', '1e3', ' 1', '1.0 '])('is not %j', (text) => {
    expect(parseMoment(text)).toBeUndefined()
  })
})
