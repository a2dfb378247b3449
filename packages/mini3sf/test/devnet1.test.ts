import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgainstDevnet1, DevnetRun } from '../src/devnet1/index.ts'
import { createRun, frameAt, portableSha256, Recorder, type Scenario } from '../src/index.ts'
import { anyScenario, withChanges } from './randomScenario.ts'

const prompt = withChanges({ latency: { factor: 0, exponent: 1, until: 0, after: 1 }, steps: 479 })

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

function runAll(scenario: Scenario): DevnetRun {
  const run = new DevnetRun(scenario)
  while (run.step());
  return run
}

describe('a scenario by devnet-1', () => {
  it('has the proposers and clock of the model', () => {
    const [model, devnet] = [createRun(prompt), runAll(prompt)]
    while (model.step());
    const slots = (run: typeof model): number[] => run.blocks().map((block) => block.slot)
    expect(slots(devnet).slice(1)).toEqual(slots(model).slice(1))
  })

  it('in a prompt network finalizes all but the latest slots, without fork or refusal', () => {
    const run = runAll(prompt)
    const { headSlot, justifiedSlot, finalizedSlot } = run.status(0)
    expect([headSlot, justifiedSlot, finalizedSlot]).toEqual([41, 39, 38])
    expect(run.blocks().map((block) => block.slot)).toEqual([0, ...range(3, 41)])
    expect([...run.counts.refused]).toEqual([])
  })

  it('ends in no scenario with a throw, and never finalizes against what is justified', () => {
    const scenarios = anyScenario.filter(({ slotDuration }) => slotDuration >= 4)
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const run = runAll(scenario)
        expect(run.stepsDone).toBe(scenario.steps)
        for (let staker = 0; staker < scenario.stakers; staker++) {
          const { headSlot, justifiedSlot, finalizedSlot } = run.status(staker)
          expect(headSlot).toBeGreaterThanOrEqual(justifiedSlot)
          expect(justifiedSlot).toBeGreaterThanOrEqual(finalizedSlot)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('delivers the first blocks when the model does: the draws are the same', () => {
    const scenario = withChanges({ steps: 60 })
    const heard = [createRun(scenario), new DevnetRun(scenario)].map((run) => {
      const steps: number[][] = []
      while (run.step()) {
        for (let staker = 0; staker < 10; staker++) {
          for (const slot of [3, 4, 5]) {
            if (run.blocksOf(staker).some((block) => block.slot === slot)) {
              steps[slot] ??= []
              steps[slot][staker] ??= run.stepsDone
            }
          }
        }
      }
      return steps
    })
    expect(heard[0]![5]).toHaveLength(10)
    expect(heard[1]).toEqual(heard[0])
  })
})

it('can be recorded for pictures like a run of the model', () => {
  const scenario = withChanges({ steps: 200, seed: 2n })
  const [recorded, watched] = [new DevnetRun(scenario), new DevnetRun(scenario)]
  const recorder = new Recorder(recorded, range(0, 9))
  while (recorded.step()) recorder.addStep()
  const recording = recorder.finish()
  const hashOf = (block: number): string | undefined => recording.blocks[block]?.hash
  while (watched.step()) {
    for (let staker = 0; staker < 10; staker++) {
      const frame = frameAt(recording, staker, watched.stepsDone - 1)
      const votes = frame.votes.map(({ voter, slot, head }) => [voter, slot, hashOf(head)])
      expect(votes).toEqual(watched.latestVotesOf(staker).map((vote) => [vote.staker, vote.slot, vote.head]))
      expect(frame.blocks.map(hashOf)).toEqual(watched.blocksOf(staker).map(({ hash }) => hash))
    }
  }
})

describe('the model against devnet-1', () => {
  it('in a prompt network the two differ by the rules alone', () => {
    const pair = new AgainstDevnet1(prompt, portableSha256)
    while (pair.step());
    const report = pair.report()
    expect(report.votesToJustify).toEqual([6, 7])
    expect(report.sides.map(({ forks, reorgs }) => [forks, reorgs])).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(report.proposersAgainstOwnBlock).toBe(report.sides[0].blocks)
    expect(report.counts).toMatchObject({
      votesReplacedByOlder: 0,
      blocksWaitingForVotes: 0,
      votesNotJustifiable: 0,
    })
    expect(report.rulesAlone.map(({ rule }) => rule)).toEqual([
      'comparison',
      'safeTarget',
      'justifiedTargets',
    ])
  })

  it('counts agreement as it is', () => {
    const scenario = withChanges({ steps: 150 })
    const pair = new AgainstDevnet1(scenario, portableSha256)
    while (pair.step());
    const [model, devnet] = [createRun(scenario), new DevnetRun(scenario)]
    let same = 0
    let first: number | undefined
    while (model.step() && devnet.step()) {
      for (let staker = 0; staker < 10; staker++) {
        const slots = [model, devnet].map((run) => Math.max(1, run.status(staker).headSlot))
        if (slots[0] === slots[1]) same += 1
        else first ??= model.stepsDone - 1
      }
    }
    const { share, first: reported } = pair.report().agreement.headSlot
    expect(share).toBe(same / 1500)
    expect(reported?.step).toBe(first)
  })

  it('shows what a partition does to the finality of each', () => {
    const groups = [range(0, 4), range(5, 9)]
    const split = withChanges({ steps: 1500, partitions: [{ groups, from: 200, to: 500 }] })
    const pair = new AgainstDevnet1(split, portableSha256)
    while (pair.step());
    const { sides, agreement } = pair.report()
    expect(sides[0].finalizedSlot).toBeGreaterThan(120)
    expect(sides.map(({ finalizedSlot }) => finalizedSlot)).toEqual(
      [pair.model, pair.devnet].map((run) =>
        Math.max(...range(0, 9).map((staker) => run.status(staker).finalizedSlot)),
      ),
    )
    expect(agreement.finalizedSlot.share).toBeLessThan(1)
  })
})
