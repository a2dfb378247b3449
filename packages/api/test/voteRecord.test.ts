import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VoteRecord } from '../src/voteRecord.ts'

const at = { root: '0x00', slot: 0 }
const event = fc.record({
  type: fc.constant('attestation' as const),
  validatorIndex: fc.nat(6),
  slot: fc.nat(12),
  head: fc.constant(at),
  target: fc.constant(at),
  source: fc.constant(at),
  origin: fc.constantFrom('gossip' as const, 'block' as const, 'own' as const),
  validationTime: fc.constant(undefined),
})
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never

/** What should be kept, computed anew from all events. */
function naive(events: readonly Event[], mostSlots: number) {
  const kept: { slot: number; validatorIndex: number; isInBlock: boolean; seenAt: number }[] = []
  for (const [seenAt, { slot, validatorIndex, origin }] of events.entries()) {
    const known = kept.find((vote) => vote.slot === slot && vote.validatorIndex === validatorIndex)
    if (known === undefined) kept.push({ slot, validatorIndex, isInBlock: origin === 'block', seenAt })
    else known.isInBlock ||= origin === 'block'
    const slots = [...new Set(kept.map((vote) => vote.slot))].sort((left, right) => right - left)
    for (const old of slots.slice(mostSlots)) {
      kept.splice(0, kept.length, ...kept.filter((vote) => vote.slot !== old))
    }
  }
  return kept.sort((left, right) => right.slot - left.slot || left.validatorIndex - right.validatorIndex)
}

describe('the record of votes', () => {
  it('keeps the first vote of each validator and slot, and pages through them', () => {
    const query = fc.record({
      slot: fc.option(fc.nat(12), { nil: undefined }),
      validator_index: fc.option(fc.nat(6), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 20 }),
      offset: fc.nat(20),
    })
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        query,
        (events, mostSlots, wanted) => {
          const record = new VoteRecord(1000, mostSlots)
          for (const [seenAt, given] of events.entries()) record.add(given, seenAt)
          const kept = naive(events, mostSlots)
          expect(record.size).toBe(kept.length)
          const { slot, validator_index: index, limit, offset } = wanted
          const matching = kept.filter(
            (vote) =>
              (slot ?? vote.slot) === vote.slot && (index ?? vote.validatorIndex) === vote.validatorIndex,
          )
          const found = record.find(wanted)
          expect(found.total).toBe(matching.length)
          const shown = ({ slot, validatorIndex, isInBlock, seenAt }: (typeof kept)[number]) => ({
            slot,
            validatorIndex,
            isInBlock,
            seenAt,
          })
          expect(found.page.map(shown)).toEqual(matching.slice(offset, offset + limit))
        },
      ),
    )
  })

  it('never keeps more votes than it may, and knows the latest of each validator all the same', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), fc.integer({ min: 7, max: 20 }), (events, most) => {
        const record = new VoteRecord(most, 1000)
        for (const given of events) {
          record.add(given, 0)
          expect(record.size).toBeLessThanOrEqual(most)
        }
        for (let index = 0; index <= 6; index++) {
          const slots = events
            .filter(({ validatorIndex }) => validatorIndex === index)
            .map(({ slot }) => slot)
          expect(record.latestOf(index)?.slot).toBe(slots.length === 0 ? undefined : Math.max(...slots))
        }
      }),
    )
  })
})
