import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readVector } from '../../../test/support/vectors.ts'
import { createRun, DEFAULT_SCENARIO, type ModelRun, ReferenceRun, TraceDigest } from '../src/index.ts'
import { anyScenario, withChanges } from './randomScenario.ts'

function everything(run: ModelRun): object[] {
  return Array.from({ length: run.scenario.stakers }, (_, staker) => ({
    status: run.status(staker),
    blocks: run.blocksOf(staker),
    votes: run.latestVotesOf(staker),
  }))
}

function statuses(run: ModelRun): object[] {
  return Array.from({ length: run.scenario.stakers }, (_, staker) => run.status(staker))
}

function expectSameRuns(fast: ModelRun, plain: ModelRun): void {
  let goesOn = true
  while (goesOn) {
    goesOn = plain.step()
    expect(fast.step()).toBe(goesOn)
    expect(statuses(fast)).toEqual(statuses(plain))
  }
  expect(everything(fast)).toEqual(everything(plain))
  expect(fast.failure).toEqual(plain.failure)
  expect(fast.genesisHash).toBe(plain.genesisHash)
}

describe('the fast engine is the plain model, step by step', () => {
  it('in any small scenario with any variations', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => expectSameRuns(createRun(scenario), new ReferenceRun(scenario))),
      { numRuns: 150 },
    )
  })

  it('in the published run', () => {
    expectSameRuns(createRun(DEFAULT_SCENARIO), new ReferenceRun(DEFAULT_SCENARIO))
  })

  it('where an assert of the model fails, with the same message', () => {
    const scenario = withChanges({
      seed: 701010923n,
      stakers: 3,
      steps: 60,
      slotDuration: 4,
      latency: { factor: 2.2164270898792893, exponent: 3.5856969505548477, until: 47, after: 0 },
      rules: {
        ...DEFAULT_SCENARIO.rules,
        threshold: { numerator: 1, denominator: 3 },
        comparison: 'at-least',
        justifiedTargets: 'skip',
        immediate: 6,
      },
      offline: [
        { stakers: [1, 2], from: 51, to: 78 },
        { stakers: [1, 2], from: 6, to: 48 },
      ],
      partitions: [{ groups: [[1], [2]], from: 3, to: 53 }],
    })
    const fast = createRun(scenario)
    expectSameRuns(fast, new ReferenceRun(scenario))
    expect(fast.failure).toEqual({
      step: 48,
      message: 'is_justifiable_slot: expected a slot not before the finalized slot 6, got slot 3',
    })
    expect([fast.step(), fast.stepsDone]).toEqual([false, 48])
  })
})

describe('the plain model is the Python model', () => {
  it.each(['four-stakers-seed-7', 'synchronous', 'slow-network'])('%s: trace digest', (name) => {
    const vector = readVector(`3sf-mini/${name}.json`) as {
      seed: number
      stakers: number
      steps: number
      latency: typeof DEFAULT_SCENARIO.latency
      traceDigest: string
    }
    const { seed, stakers, steps, latency, traceDigest } = vector
    const run = new ReferenceRun(withChanges({ seed: BigInt(seed), stakers, steps, latency }))
    const trace = new TraceDigest()
    while (run.step()) trace.addStep(run)
    expect(trace.hex()).toBe(traceDigest)
  })
})

it('a staker that does not exist and an unknown block are mistakes of the caller', () => {
  for (const run of [createRun(DEFAULT_SCENARIO), new ReferenceRun(DEFAULT_SCENARIO)]) {
    expect(() => run.status(10)).toThrow('expected a staker below 10, got 10')
    expect(() => run.block('00')).toThrow('expected the hash of a block of this run, got 00')
  }
})
