import type { Checkpoint } from '@trine/types'
import { expect, it } from 'vitest'
import { TestStore } from '../../packages/fork-choice/test/support.ts'

const THREE = [0, 1, 2]

/** Blocks 1 to 4 in a row, without votes. */
function emptyChain() {
  const test = new TestStore(4)
  const at: Checkpoint[] = [test.genesis]
  for (let slot = 1; slot <= 4; slot++) at[slot] = test.addBlock(at[slot - 1]!, slot)
  const votes = (slot: number, source: Checkpoint, target: Checkpoint) =>
    THREE.map((validator) => test.vote(validator, slot, target, source))
  return { test, at, votes }
}

it("the head state's justified checkpoint goes back, the store's does not", () => {
  const { test, at, votes } = emptyChain()
  const five = test.addBlock(at[4]!, 5, votes(4, at[0]!, at[4]!))
  const six = test.addBlock(five, 6, votes(5, at[0]!, at[3]!))
  expect(test.store.head).toEqual(six)
  expect(test.stateOf(six).latestJustified.slot).toBe(3)
  expect(test.store.latestJustified).toEqual(at[4])
})

it('a side branch moves the checkpoints of the store, and the head with them, whatever the weight', () => {
  const { test, at, votes } = emptyChain()
  const main = test.addBlock(at[4]!, 5, votes(4, at[0]!, at[3]!))
  expect([test.store.head, test.store.latestJustified]).toEqual([main, at[3]])
  // A branch from slot 3, with votes of the same validators that are too old to count as anybody's latest.
  const side = test.addBlock(at[3]!, 6)
  const top = test.addBlock(side, 7, votes(4, at[0]!, side))
  expect(test.store.latestJustified).toEqual(side)
  const latest = [...test.store.latestKnownAttestations.values()]
  expect(latest.every(({ message }) => message.data.head.slot < 6)).toBe(true)
  expect(test.store.head).toEqual(top)
  expect(test.stateOf(main).latestJustified.slot).toBe(3)
})

it('two branches finalize against each other: the store takes the later one, keeps both, and goes on', () => {
  const { test, at, votes } = emptyChain()
  const { store } = test
  // Everybody votes on both branches, which no rule forbids.
  const main = test.addBlock(at[4]!, 5, votes(4, at[0]!, at[4]!))
  test.addBlock(main, 8, votes(5, at[4]!, main))
  expect([store.latestJustified, store.latestFinalized]).toEqual([main, at[4]])

  const side = test.addBlock(at[3]!, 6)
  const sideNext = test.addBlock(side, 7, votes(6, at[0]!, side))
  expect([store.latestJustified, store.latestFinalized]).toEqual([side, at[4]])
  // The finalized block is not on the head's chain: nothing may be dropped, and no vote has a target as specified.
  expect(store.head).toEqual(sideNext)
  expect(store.prune(1)).toEqual([])
  expect(store.blockCount).toBe(9)
  expect(store.getAttestationTarget()).toMatchObject({ error: { code: 'NO_ATTESTATION_TARGET' } })
  expect(store.produceAttestationData(7)).toMatchObject({ target: side, source: side })

  const sideNine = test.addBlock(sideNext, 9)
  const sideTop = test.addBlock(sideNine, 10, votes(9, side, sideNine))
  expect([store.latestJustified, store.latestFinalized]).toEqual([sideNine, side])
  expect(store.head).toEqual(sideTop)
  // Decided: what finalized first is given up.
  expect(store.prune(1).map(({ block, isCanonical }) => [block.slot, isCanonical])).toEqual([
    [0, true],
    [1, true],
    [2, true],
    [3, true],
    [4, false],
    [5, false],
    [8, false],
  ])
})
