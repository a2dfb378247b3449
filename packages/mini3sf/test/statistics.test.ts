import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRun, type ModelRun, StatisticsCollector, summarise, ZERO_HASH } from '../src/index.ts'
import { anyScenario, withChanges } from './randomScenario.ts'

function branchOf(run: ModelRun, head: string): string[] {
  return head === ZERO_HASH ? [] : [head, ...branchOf(run, run.block(head).parent)]
}

/** The same figures from whole branches, kept for every step. */
function naiveStatistics(run: ModelRun) {
  const delays: number[] = []
  const finalized = new Set<string>()
  const reorgs: number[] = []
  let heads = Array.from({ length: run.scenario.stakers }, () => run.genesisHash)
  while (run.step()) {
    for (let staker = 0; staker < run.scenario.stakers; staker++) {
      for (const hash of branchOf(run, run.status(staker).finalized)) {
        if (hash === run.genesisHash || finalized.has(`${staker} ${hash}`)) continue
        finalized.add(`${staker} ${hash}`)
        delays.push(run.stepsDone - (run.block(hash).slot - 2) * run.scenario.slotDuration)
      }
      const now = branchOf(run, run.status(staker).head)
      const left = branchOf(run, heads[staker]!).filter((hash) => !now.includes(hash))
      if (left.length > 0) reorgs.push(left.length)
    }
    heads = heads.map((_, staker) => run.status(staker).head)
  }
  return {
    delays: delays.sort((left, right) => left - right),
    reorgs: reorgs.length,
    deepestReorg: Math.max(0, ...reorgs),
    forks: run
      .blocks()
      .filter(({ parent, hash }) => run.blocks().find((other) => other.parent === parent)?.hash !== hash)
      .length,
  }
}

function collected(run: ModelRun) {
  const collector = new StatisticsCollector()
  while (run.step()) collector.addStep(run)
  const { finalityDelays, reorgs, deepestReorg, forks } = collector.finish(run)
  const delays = [...finalityDelays].flatMap(([delay, times]) => new Array<number>(times).fill(delay))
  return { delays: delays.sort((left, right) => left - right), reorgs, deepestReorg, forks }
}

describe('statistics of a run', () => {
  it('are what whole branches say, where finality never changes sides', () => {
    const honest = anyScenario.map(({ seed, stakers, steps, slotDuration, latency }) =>
      withChanges({ seed, stakers, steps, slotDuration, latency }),
    )
    fc.assert(
      fc.property(honest, (scenario) => {
        expect(collected(createRun(scenario))).toEqual(naiveStatistics(createRun(scenario)))
      }),
      { numRuns: 40 },
    )
  })

  it('of a prompt network: no reorg, no fork', () => {
    const prompt = withChanges({ latency: { factor: 0, exponent: 1, until: 0, after: 1 } })
    expect(collected(createRun(prompt))).toMatchObject({ reorgs: 0, deepestReorg: 0, forks: 0 })
  })
})

describe('summary', () => {
  it('is of nearest ranks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const histogram = new Map<number, number>()
        for (const value of values) histogram.set(value, (histogram.get(value) ?? 0) + 1)
        const sorted = values.toSorted((left, right) => left - right)
        const rank = (share: number): number => sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!
        expect(summarise(histogram)).toEqual({
          min: sorted[0],
          median: rank(0.5),
          p95: rank(0.95),
          max: sorted.at(-1),
        })
      }),
    )
  })

  it('of nothing is nothing', () => {
    expect(summarise(new Map())).toBeUndefined()
  })
})
