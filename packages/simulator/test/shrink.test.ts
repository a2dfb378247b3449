import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Failure,
  failureOf,
  resolveScenario,
  type Scenario,
  shrinkScenario,
  simulate,
  writeScenario,
} from '../src/index.ts'
import { nodesOf } from '../src/scenarioFile.ts'
import { smaller, withoutParts } from '../src/shrink/reductions.ts'
import { anyScenario, scenarioOf } from './support/scenarios.ts'

const failure = (kind: Failure['kind'], slot = 0): Failure => ({
  kind,
  at: { slot, interval: 0 },
  expectation: undefined,
  message: kind,
})

/** Shrinks by a rule instead of by runs; counts the runs there would have been. */
async function shrinkBy(
  scenario: Scenario,
  failsHow: (scenario: Scenario) => Failure | undefined,
  maxRuns = 5000,
) {
  const tried: Scenario[] = []
  const shrunk = await shrinkScenario(scenario, {
    run: async (candidate) => {
      tried.push(candidate)
      return failsHow(candidate)
    },
    maxRuns,
  })
  return { shrunk, tried }
}

describe('parts to leave out', () => {
  it('are all, halves, quarters, and so on to single ones', () => {
    expect([...withoutParts([1, 2, 3, 4])]).toEqual([
      [],
      [3, 4],
      [1, 2],
      [2, 3, 4],
      [1, 3, 4],
      [1, 2, 4],
      [1, 2, 3],
    ])
    expect([...withoutParts([])]).toEqual([])
    expect([...smaller(10, 2)]).toEqual([2, 6, 8, 9])
    expect([...smaller(2, 2)]).toEqual([])
  })
})

describe('shrinking', () => {
  const big = scenarioOf(`
nodes: 12
validators: 20
slots: 60
signatures: test
topology: ring
link: { loss: 0.5, reordering: 0.1 }
costs: { sign: 40 }
faults:
  - { kind: silent, nodes: [1, 4, 7], from: 3, to: 30 }
  - { kind: crash, nodes: [0, 5, 9], wipe: true, from: 8, to: 20.2 }
  - { kind: late, nodes: [2, 5], milliseconds: 3500, from: 1 }
  - { kind: partition, groups: [[0, 1, 2], [3, 4], [5, 6, 7]], from: 40, to: 50 }
expectations:
  - { at: 5, headAtLeast: 1 }
  - { finalizedAtLeast: 20, sameHead: true }
`)

  it('leaves what the failure needs and nothing else', async () => {
    // Fails when some node crashes in slot 15, in a network of at least three.
    const isCrashAt15 = ({ faults, nodes }: Scenario) =>
      nodes >= 3 &&
      faults.some(
        ({ kind, from, to }) => kind === 'crash' && from.slot <= 15 && (to === undefined || to.slot > 15),
      )
    const { shrunk, tried } = await shrinkBy(big, (scenario) =>
      isCrashAt15(scenario) ? failure('headOffFinalized', 15) : undefined,
    )
    expect(shrunk).toMatchObject({ isComplete: true, failure: { kind: 'headOffFinalized' } })
    expect(shrunk!.scenario).toMatchObject({
      nodes: 3,
      validators: 1,
      slots: 16,
      signatures: 'none',
      topology: 'full',
      gossip: 'direct',
      expectations: [],
      faults: [{ kind: 'crash', wipe: false, from: { slot: 15, interval: 3 }, to: undefined }],
    })
    expect(shrunk!.scenario.faults).toHaveLength(1)
    expect(nodesOf(shrunk!.scenario.faults[0]!)).toHaveLength(1)
    expect(shrunk!.scenario.link.loss).toBe(0)
    expect(shrunk!.runs).toBe(tried.length)
    expect(new Set(tried.map(writeScenario)).size).toBe(tried.length)
  })

  it('takes another kind of failure for none', async () => {
    const { shrunk } = await shrinkBy(big, ({ faults }) => {
      if (faults.length === 0) return undefined
      return failure(faults.length >= 3 ? 'conflictingFinality' : 'serviceFailed', 59)
    })
    expect(shrunk!.failure.kind).toBe('conflictingFinality')
    expect(shrunk!.scenario.faults).toHaveLength(3)
  })

  it('does not blame faults for what comes of a run that is too short', async () => {
    // Needs 20 slots to finalize, with the partition never: without faults short runs fail as well.
    const { shrunk } = await shrinkBy(big, ({ faults, slots }) =>
      slots < 20 || faults.some(({ kind }) => kind === 'partition')
        ? failure('finalizedAtLeast', slots - 1)
        : undefined,
    )
    expect(shrunk!.scenario.slots).toBeGreaterThanOrEqual(20)
    expect(shrunk!.scenario.faults.map(({ kind }) => kind)).toEqual(['partition'])
  })

  it('does not shorten a run that fails without any faults', async () => {
    const { shrunk } = await shrinkBy(big, ({ slots }) => failure('finalizedAtLeast', slots - 1))
    expect(shrunk!.scenario).toMatchObject({ slots: 60, faults: [], nodes: 1, validators: 1 })
  })

  it('keeps the part of the expectation that was not met', async () => {
    const [, expectation] = big.expectations
    const { shrunk } = await shrinkBy(big, ({ expectations }) =>
      expectations.some(({ sameHead }) => sameHead) ? { ...failure('sameHead', 59), expectation } : undefined,
    )
    expect(shrunk!.scenario.expectations).toEqual([{ everAfter: false, sameHead: true }])
  })

  it('ends after so many runs, or when the time is up', async () => {
    const alwaysFails = () => failure('serviceFailed', 59)
    const { shrunk, tried } = await shrinkBy(big, alwaysFails, 7)
    expect(shrunk).toMatchObject({ isComplete: false, runs: 7 })
    expect(tried).toHaveLength(7)
    let runs = 0
    const timed = await shrinkScenario(big, {
      run: async () => {
        runs += 1
        return alwaysFails()
      },
      maxRuns: 1000,
      isTimeUp: () => runs >= 9,
    })
    expect(timed).toMatchObject({ isComplete: false, runs: 9 })
  })

  it('has nothing to do for a scenario that does not fail', async () => {
    expect((await shrinkBy(big, () => undefined)).shrunk).toBeUndefined()
  })

  it('is the same every time, ends, and tries only scenarios that a file can say, each once', async () => {
    // Fails by chance, but always alike for the same scenario.
    const byChance = (salt: number) => (scenario: Scenario) => {
      let sum = salt
      for (const character of writeScenario(scenario))
        sum = (Math.imul(sum, 31) + character.charCodeAt(0)) >>> 0
      return sum % 3 === 0 ? undefined : failure('serviceFailed', Math.min(scenario.slots - 1, sum % 50))
    }
    await fc.assert(
      fc.asyncProperty(anyScenario, fc.nat(), async (scenario, salt) => {
        const first = await shrinkBy(scenario, byChance(salt), 400)
        const second = await shrinkBy(scenario, byChance(salt), 400)
        expect(second.shrunk).toEqual(first.shrunk)
        for (const tried of first.tried) {
          expect(scenarioOf(writeScenario(tried))).toEqual(tried)
          expect(tried.faults.length).toBeLessThanOrEqual(scenario.faults.length)
          expect(tried.nodes).toBeLessThanOrEqual(scenario.nodes)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('finds the crashes that stop finality among other faults', async () => {
    const scenario = scenarioOf(`
nodes: 6
validators: 6
slots: 24
signatures: none
link: { loss: 0.02 }
faults:
  - { kind: silent, nodes: 2, what: blocks, from: 4, to: 6 }
  - { kind: crash, nodes: [1, 3, 5], from: 8, to: 20 }
  - { kind: late, nodes: 0, what: votes, milliseconds: 300, from: 2 }
expectations: [{ at: 18, finalizedAtLeast: 9 }]
`)
    const run = async (candidate: Scenario) => failureOf(await simulate(candidate, { failFast: true }))
    const shrunk = await shrinkScenario(scenario, { run, maxRuns: 200 })
    expect(shrunk).toMatchObject({ failure: { kind: 'finalizedAtLeast', at: { slot: 18, interval: 0 } } })
    expect(shrunk!.scenario.faults.map(({ kind }) => kind)).toEqual(['crash'])
    expect(shrunk!.scenario.nodes).toBeLessThan(6)
    expect(await run(shrunk!.scenario)).toEqual(shrunk!.failure)
  })
})

describe('the first failure of a run', () => {
  const violation = (slot: number) => ({
    kind: 'serviceFailed' as const,
    at: { slot, interval: 0 },
    node: 1,
    message: 'v',
  })
  const resolved = resolveScenario({ expectations: [{ sameHead: true }] })
  const expectation = resolved.ok ? resolved.value.expectations[0]! : undefined!
  const disappointment = (slot: number) => ({
    kind: 'sameHead' as const,
    at: { slot, interval: 0 },
    expectation,
    message: 'd',
  })

  it('is what came first, invariants before expectations', () => {
    const kindOf = (violations: number[], disappointments: number[]) =>
      failureOf({
        violations: violations.map(violation),
        disappointments: disappointments.map(disappointment),
      })?.kind
    expect(kindOf([], [])).toBeUndefined()
    expect(kindOf([5, 1], [])).toBe('serviceFailed')
    expect(kindOf([], [9])).toBe('sameHead')
    expect(kindOf([5], [5])).toBe('serviceFailed')
    expect(kindOf([5], [4])).toBe('sameHead')
  })
})
