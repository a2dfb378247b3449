import { expect, it } from 'vitest'
import { codeOf, proposerVote, signedBlock, TestStore } from '../../packages/fork-choice/test/support.ts'

it('whether a block is valid depends on what else a node has seen: a vote for an unknown block condemns the whole block', () => {
  const [one, other] = [new TestStore(4), new TestStore(4)]
  // A block that reached only one of the two, and a vote for it that a later block carries.
  const rare = one.addBlock(one.genesis, 1)
  const block = one.makeBlock(one.genesis, 2, [one.vote(3, 1, one.genesis, one.genesis, rare)])
  for (const test of [one, other]) test.tickTo(2)
  const arrival = signedBlock(block, proposerVote(one, block))
  expect(codeOf(other.store.onBlock(arrival))).toBe('UNKNOWN_HEAD_BLOCK')
  expect(codeOf(one.store.onBlock(arrival))).toBe('accepted')

  // The refusal names the missing block, so that it can be asked for; then the same block is valid.
  other.addBlock(other.genesis, 1)
  expect(codeOf(other.store.onBlock(arrival))).toBe('accepted')
})
