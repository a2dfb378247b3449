import { describe, expect, it } from 'vitest'
import { LinkTally } from '../src/linkTally.ts'
import { VerifiedVotes } from '../src/verifiedVotes.ts'
import { WaitingVotes } from '../src/waitingVotes.ts'
import { forge, Tree } from './support.ts'

const tree = new Tree(4)
const at = (slot: number) => ({ root: new Uint8Array(32).fill(slot), slot })
const waiting = (validatorIndex: number, slot: number) => ({
  vote: tree.vote(validatorIndex, slot, at(slot)),
  origin: 'gossip' as const,
})

describe('votes that wait', () => {
  it('leave nothing behind when they are taken, dropped or pushed out', () => {
    const votes = new WaitingVotes(3)
    votes.waitForBlock('a', waiting(0, 1))
    votes.waitForBlock('a', waiting(1, 2))
    votes.waitForBlock('b', waiting(2, 1))
    votes.dropBefore(2)
    expect([votes.size, votes.has('a'), votes.has('b')]).toEqual([1, true, false])
    votes.waitForSlot(waiting(3, 5))
    votes.waitForSlot(waiting(0, 6))
    expect(votes.takeForSlot(5).map(({ vote }) => vote.message.validatorIndex)).toEqual([3])
    expect(votes.size).toBe(2)
    for (const validator of [1, 2, 3]) votes.waitForBlock('c', waiting(validator, 6))
    // First the oldest of those that wait for a block.
    expect([votes.size, votes.has('a'), [...votes.for('c')].length]).toEqual([3, false, 2])
    expect(votes.takeFor('c').length).toBe(2)
    expect([votes.size, votes.has('c')]).toEqual([1, false])
    for (const slot of [7, 8, 9]) votes.waitForSlot(waiting(0, slot))
    expect(votes.takeForSlot(9).map(({ vote }) => vote.message.data.slot)).toEqual([7, 8, 9])
    expect(votes.size).toBe(0)
  })
})

describe('votes that wait for a block', () => {
  it('make room where a validator has most, beginning with its earliest slot', () => {
    const votes = new WaitingVotes(4)
    for (const validator of [1, 2]) votes.waitForBlock('a', waiting(validator, 3))
    for (const slot of [5, 4]) votes.waitForBlock('b', waiting(0, slot))
    expect(votes.waitForSlot(waiting(3, 6))).toBe(true)
    expect([votes.at(0, 4), votes.at(0, 5)?.message.data.slot]).toEqual([undefined, 5])
    // The new one itself is the earliest of those.
    expect(votes.waitForBlock('c', waiting(0, 2))).toBe(false)
    expect([votes.size, votes.has('c'), [...votes.for('a')].length]).toEqual([4, false, 2])
    expect(votes.waitForBlock('c', waiting(0, 6))).toBe(true)
    expect([votes.size, votes.has('b'), [...votes.for('a')].length]).toEqual([4, false, 2])
  })

  it('wait once each', () => {
    const votes = new WaitingVotes(8)
    const kept = [waiting(0, 1), waiting(1, 1), waiting(0, 1), waiting(0, 2)].map((vote) =>
      votes.waitForBlock('a', vote),
    )
    expect(kept).toEqual([true, true, false, true])
    expect(votes.waitForBlock('b', waiting(0, 1))).toBe(true)
    expect(votes.size).toBe(4)
    const taken = votes.takeFor('a').map(({ vote }) => vote.message)
    expect(taken.map(({ validatorIndex, data }) => [validatorIndex, data.slot])).toEqual([
      [0, 1],
      [1, 1],
      [0, 2],
    ])
    expect(votes.size).toBe(1)
  })
})

describe('the tally of links', () => {
  const vote = (validatorIndex: number, slot: number, target: number, source: number) =>
    tree.vote(validatorIndex, slot, at(target), { source: at(source) })
  const root = (slot: number) => `0x${slot.toString(16).padStart(2, '0').repeat(32)}`

  it('counts each validator once for a link, and no two links together', () => {
    const tally = new LinkTally(4)
    for (const slot of [5, 6, 7]) tally.add(vote(0, slot, 4, 2))
    tally.add(vote(1, 5, 4, 2))
    tally.add(vote(2, 5, 3, 2))
    tally.add(vote(3, 5, 4, 1))
    expect([tally.votesFrom(root(2)), tally.votesFrom(root(1)), tally.votesFrom(root(3))]).toEqual([2, 1, 0])
    tally.forgetBefore(2)
    expect([tally.votesFrom(root(2)), tally.votesFrom(root(1))]).toEqual([2, 0])
  })

  it('forgets the links that have had no vote for longest', () => {
    const tally = new LinkTally(4)
    tally.add(vote(0, 1, 1, 0))
    for (let target = 2; target < 3000; target++) {
      tally.add(
        tree.vote(
          1,
          target,
          { root: new Uint8Array(32).fill(target >> 4), slot: target },
          { source: at(200) },
        ),
      )
      if (target % 100 === 0) tally.add(vote(target % 3, target, 1, 0))
    }
    expect(tally.votesFrom(root(0))).toBe(3)
  })
})

describe('verified votes', () => {
  it('are known by validator, slot, content and signature; the latest slots are kept', () => {
    const votes = new VerifiedVotes(4, 2)
    const [first, second, third] = [1, 2, 3].map((slot) => tree.vote(0, slot, at(slot)))
    expect([votes.note(second!), votes.note(third!), votes.note(first!)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect([first, second, third].map((vote) => votes.has(vote!))).toEqual([false, true, true])
    expect(votes.has(forge(third!))).toBe(false)
    const other = tree.vote(0, 3, at(4))
    expect(votes.note(other)).toBe(third)
    expect([votes.has(other), votes.at(0, 3), votes.at(1, 3)]).toEqual([false, third, undefined])
  })
})
