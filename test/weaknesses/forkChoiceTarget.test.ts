import { expect, it } from 'vitest'
import { codeOf, GENESIS_TIME, signed, TestStore, unwrap } from '../../packages/fork-choice/test/support.ts'

it('the vote as specified can be one that every store refuses; ours names its source as target then', () => {
  const test = new TestStore(4)
  const { store } = test
  const four = test.addBlock(test.genesis, 4)
  const votes = [0, 1, 2].map((validator) => test.vote(validator, 4, four, test.genesis))
  // These votes are in the next block before a safe target was computed from them, and justify slot 4.
  const seven = test.addBlock(four, 7, votes)
  expect([store.latestJustified, store.safeTarget]).toEqual([four, test.genesis])
  store.onTick(GENESIS_TIME + 29, false)

  const target = unwrap(store.getAttestationTarget())
  expect(target).toEqual(test.genesis)
  const specified = test.vote(3, 7, target, store.latestJustified, seven)
  expect(codeOf(store.onAttestation(signed(specified)))).toBe('SOURCE_AFTER_TARGET')

  const ours = { validatorIndex: 3, data: store.produceAttestationData(7) }
  expect(ours.data).toEqual({ slot: 7, head: seven, target: four, source: four })
  expect(codeOf(store.onAttestation(signed(ours)))).toBe('accepted')
})
