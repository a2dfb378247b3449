import { describe, expect, it } from 'vitest'
import { type BlockSummary, createRun, type ModelRun, type Scenario } from '../src/index.ts'
import { withChanges } from './randomScenario.ts'

/** One clock unit under way, so that only the variation decides what arrives when. */
const prompt = withChanges({ latency: { factor: 0, exponent: 1, until: 0, after: 1 }, steps: 240 })

function runTo(clock: number, changes: Partial<Scenario>): ModelRun {
  const run = createRun({ ...prompt, ...changes })
  while (run.stepsDone < clock) expect(run.step()).toBe(true)
  return run
}

function blockOfSlot(run: ModelRun, staker: number, slot: number): BlockSummary | undefined {
  return run.blocksOf(staker).find((block) => block.slot === slot)
}

/** The clock at which a slot begins. */
const start = (slot: number): number => (slot - 2) * 12

describe('offline', () => {
  const offline = [{ stakers: [4, 7], from: 40, to: 100 }]

  it('freezes a staker for the span and gives it everything at the end', () => {
    const run = runTo(39, { offline })
    const before = run.status(4)
    while (run.stepsDone < 99) {
      run.step()
      expect(run.status(4)).toEqual(before)
    }
    run.step()
    expect(run.status(4).chain).toBe(run.status(0).chain)
  })

  it('makes it miss its proposal', () => {
    const run = runTo(start(8), { offline })
    expect(run.blocks().map((block) => block.slot)).toEqual([1, 3, 4, 5, 6, 8])
  })

  it('changes nothing for a span in which there is nothing to do or hear', () => {
    const run = runTo(240, { offline: [{ stakers: [3], from: 238, to: 239 }] })
    expect(run.status(3)).toEqual(runTo(240, {}).status(3))
  })
})

describe('partition', () => {
  const partitions = [
    {
      groups: [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      from: start(6),
      to: start(10),
    },
  ]

  it('keeps blocks on their side until it heals', () => {
    const cut = runTo(start(9), { partitions })
    expect(blockOfSlot(cut, 0, 7)).toBeUndefined()
    expect(blockOfSlot(cut, 5, 7)).toBeDefined()
    const healed = runTo(start(10) + 1, { partitions })
    expect(blockOfSlot(healed, 0, 7)).toBeDefined()
  })

  it('cuts off nobody who is in no group', () => {
    const run = runTo(start(9), { partitions })
    expect(blockOfSlot(run, 9, 7)).toBeDefined()
  })
})

describe('links', () => {
  it('slow down what they name and nothing else', () => {
    const slow = { factor: 0, exponent: 1, until: 0, after: 30 }
    const run = runTo(start(4) + 1, { links: [{ from: [4], to: [1, 2], latency: slow }] })
    const knowing = Array.from({ length: 10 }, (_, staker) => blockOfSlot(run, staker, 4) !== undefined)
    expect(knowing).toEqual([true, false, false, true, true, true, true, true, true, true])
  })
})

describe('faults', () => {
  const during = { from: 0, to: 240 }

  it('a withheld block is the own one at once and the others later', () => {
    const faults = [{ kind: 'withhold', staker: 5, what: 'blocks', delay: 20, ...during } as const]
    const early = runTo(start(5) + 20, { faults })
    expect(blockOfSlot(early, 5, 5)).toBeDefined()
    expect(blockOfSlot(early, 6, 5)).toBeUndefined()
    expect(blockOfSlot(runTo(start(5) + 21, { faults }), 6, 5)).toBeDefined()
  })

  it('a withheld vote is counted by the others when it arrives', () => {
    const faults = [{ kind: 'withhold', staker: 9, what: 'votes', delay: 50, ...during } as const]
    const slotsVoted = (clock: number): number[] =>
      runTo(clock, { faults })
        .latestVotesOf(0)
        .filter((vote) => vote.staker === 9)
        .map((vote) => vote.slot)
    const arrival = start(3) + 3 + 50 + 1
    expect(slotsVoted(arrival)).toEqual([2])
    expect(slotsVoted(arrival + 3)).toEqual([3])
    expect(slotsVoted(arrival + 3 + 12)).toEqual([4])
  })

  it('an equivocating proposer gives each half another block first', () => {
    const faults = [{ kind: 'equivocate', staker: 6, what: 'blocks', delay: 10, ...during } as const]
    const run = runTo(start(6) + 1, { faults })
    const twins = run.blocks().filter((block) => block.slot === 6)
    expect(twins).toHaveLength(2)
    expect(twins[0]!.parent).toBe(twins[1]!.parent)
    expect(twins.map((block) => block.votes)).toEqual([expect.any(Number), 0])
    expect(twins[0]!.votes).toBeGreaterThan(0)
    expect(blockOfSlot(run, 0, 6)).toEqual(twins[0])
    expect(blockOfSlot(run, 9, 6)).toEqual(twins[1])
    const later = runTo(start(6) + 11, { faults })
    for (const staker of [0, 9]) {
      expect(later.blocksOf(staker).filter((block) => block.slot === 6)).toHaveLength(2)
    }
  })

  it('an equivocating voter counts once with each, by the vote heard last', () => {
    const faults = [{ kind: 'equivocate', staker: 2, what: 'votes', delay: 2, ...during } as const]
    const run = runTo(start(6) + 9, { faults })
    const votes = [0, 9].map((staker) => run.latestVotesOf(staker).find((vote) => vote.staker === 2))
    expect(votes.map((vote) => vote?.slot)).toEqual([6, 6])
    expect(votes[0]?.head).not.toBe(votes[1]?.head)
  })
})
