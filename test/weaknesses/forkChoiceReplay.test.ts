import { expect, it } from 'vitest'
import { GENESIS_TIME, signed, TestStore, unwrap } from '../../packages/fork-choice/test/support.ts'

it("an old vote that is heard again takes the place of its validator's later one, and moves the head", () => {
  const test = new TestStore(4)
  const { store } = test
  const left = test.addBlock(test.genesis, 1)
  const right = test.addBlock(test.genesis, 2)
  const old = signed(test.vote(0, 1, test.genesis, test.genesis, left))
  const later = signed(test.vote(0, 2, test.genesis, test.genesis, right))
  for (const vote of [old, later]) {
    unwrap(store.onAttestation(vote))
    store.onTick(GENESIS_TIME + store.time + 4, false)
  }
  expect(store.head).toEqual(right)

  // Anybody can send it: the signature is good.
  expect(unwrap(store.onAttestation(old)).isAdded).toBe(true)
  store.onTick(GENESIS_TIME + store.time + 4, false)
  expect(store.latestKnownAttestations.get(0)).toMatchObject(old)
  expect(store.head).toEqual(left)
})
