/**
 * Weaknesses of the rules as devnet-1 specifies them, each shown by running the rules. We follow the specification where
 * doing otherwise would split us from other nodes: docs/deviations.md says where we do more.
 */
import type { Attestation, State } from '@trine/types'
import { expect, it } from 'vitest'
import { TestChain } from '../../packages/state-transition/test/support.ts'

const checkpointSlots = (state: State) => [state.latestJustified.slot, state.latestFinalized.slot]

/** A chain with a block in every slot up to `slots` and no votes yet. */
function emptyChain(validatorCount: number, slots: number): TestChain {
  const chain = new TestChain(validatorCount)
  for (let slot = 1; slot <= slots; slot++) chain.addBlock(slot, [])
  return chain
}

const votes = (chain: TestChain, validators: number[], source: number, target: number): Attestation[] =>
  validators.map((validator) => chain.vote(validator, source, target))

it('one vote finalizes: votes for a target count whatever their source, and the crossing vote names the source', () => {
  const chain = emptyChain(9, 2)
  chain.addBlock(3, votes(chain, [0, 1, 2, 3, 4, 5], 0, 1))
  expect(checkpointSlots(chain.state)).toEqual([1, 0])
  // Five votes 0 -> 2, then a single vote 1 -> 2 crosses two thirds of nine.
  chain.addBlock(4, [...votes(chain, [0, 1, 2, 3, 4], 0, 2), ...votes(chain, [5], 1, 2)])
  expect(checkpointSlots(chain.state)).toEqual([2, 1])
})

it('eight votes of nine finalize nothing when an odd one crosses the threshold', () => {
  const chain = emptyChain(9, 2)
  chain.addBlock(3, votes(chain, [0, 1, 2, 3, 4, 5], 0, 1))
  const link = votes(chain, [0, 1, 2, 3, 4], 1, 2)
  chain.addBlock(4, [...link, ...votes(chain, [5], 0, 2), ...votes(chain, [6, 7, 8], 1, 2)])
  // Slot 1 lies between 0 and 2 and was justifiable, so the source of the sixth vote is not finalized either.
  expect(checkpointSlots(chain.state)).toEqual([2, 0])
})

it("a state's latest justified slot can go back", () => {
  const chain = emptyChain(3, 4)
  chain.addBlock(5, votes(chain, [0, 1], 0, 4))
  expect(chain.state.latestJustified.slot).toBe(4)
  chain.addBlock(6, votes(chain, [0, 1], 0, 3))
  expect(chain.state.latestJustified.slot).toBe(3)
})

it('within one block the finalized slot can be overwritten by an older one, and justified fall below finalized', () => {
  const chain = emptyChain(3, 4)
  chain.addBlock(5, [...votes(chain, [0, 1], 0, 1), ...votes(chain, [0, 1], 0, 3)])
  expect(checkpointSlots(chain.state)).toEqual([3, 0])
  // 3 -> 4 finalizes 3; then 1 -> 2, still measured from the old finalized slot 0, finalizes 1.
  chain.addBlock(6, [...votes(chain, [0, 1], 3, 4), ...votes(chain, [0, 1], 1, 2)])
  expect(checkpointSlots(chain.state)).toEqual([2, 1])

  const other = emptyChain(3, 4)
  other.addBlock(5, [...votes(other, [0, 1], 0, 1), ...votes(other, [0, 1], 0, 3)])
  other.addBlock(6, [...votes(other, [0, 1], 3, 4), ...votes(other, [0, 1], 0, 2)])
  expect(checkpointSlots(other.state)).toEqual([2, 3])
})

it('there is no rule against surround votes or two targets in one slot', () => {
  const chain = emptyChain(3, 4)
  chain.addBlock(5, [
    ...votes(chain, [0, 1], 0, 1),
    ...votes(chain, [0, 1], 0, 4),
    ...votes(chain, [0, 1], 1, 2),
  ])
  expect([1, 2, 4].map((slot) => chain.state.justifiedSlots.get(slot))).toEqual([true, true, true])
})

it('head and slot of a vote inside a block are not looked at, nor is the index of a validator entry', () => {
  const chain = emptyChain(3, 1)
  const [first, second] = votes(chain, [0, 1], 0, 1) as [Attestation, Attestation]
  const odd = { root: new Uint8Array(32).fill(7), slot: 2n ** 64n - 1n }
  first.data = { ...first.data, slot: 2n ** 64n - 1n, head: odd }
  chain.addBlock(2, [first, second])
  expect(chain.state.latestJustified.slot).toBe(1)
})

it('one vote beyond the history makes the whole block invalid', () => {
  const chain = emptyChain(3, 1)
  const beyond = chain.vote(1, 0, 1)
  beyond.data = { ...beyond.data, target: { root: beyond.data.target.root, slot: 2 } }
  expect(() => chain.addBlock(2, [chain.vote(0, 0, 1), beyond])).toThrow('TARGET_SLOT_OUT_OF_RANGE')
})
