import { RingJournal } from '@trine/actors'
import { describe, expect, it } from 'vitest'
import { formatMoment, type Scenario, simulate, VectorRecorder } from '../src/index.ts'
import { scenarioOf } from './support/scenarios.ts'

const scenario = scenarioOf(`
nodes: 4
validators: 4
slots: 10
signatures: none
link: { loss: 0.1, duplication: 0.1 }
faults: [{ kind: crash, nodes: 3, from: 3, to: 5 }, { kind: stranger, from: 4 }]
`)

const digestOf = async (of: Scenario) => (await simulate(of)).traceDigest

describe('a simulation', () => {
  it('is the same for the same seed, and another for another', async () => {
    const digest = await digestOf(scenario)
    expect(await digestOf({ ...scenario })).toBe(digest)
    expect(await digestOf({ ...scenario, name: 'renamed' })).toBe(digest)
    expect(await digestOf({ ...scenario, seed: '1' })).not.toBe(digest)
    expect(await digestOf({ ...scenario, faults: scenario.faults.slice(0, 1) })).not.toBe(digest)
  })

  it('is the same for the same seed with real signatures', async () => {
    const real = { ...scenario, signatures: 'test' as const, slots: 5, faults: [] }
    const first = await simulate(real)
    expect(first.nodes.map(({ headSlot }) => headSlot)).toEqual([4, 4, 4, 4])
    expect(await digestOf(real)).toBe(first.traceDigest)
  })

  it('is not changed by watching it', async () => {
    const recorder = new VectorRecorder('')
    const moments: string[] = []
    const watched = await simulate(scenario, {
      journal: new RingJournal(100),
      onStoreStep: (node, step) => {
        if (node === 1) recorder.take(step)
      },
      onInterval: (moment) => {
        moments.push(formatMoment(moment))
      },
    })
    expect(watched.traceDigest).toBe(await digestOf(scenario))
    expect(moments).toHaveLength(40)
    expect([moments[0], moments[1], moments.at(-1)]).toEqual(['0.0', '0.1', '9.3'])
    expect(recorder.vector()!.steps.length).toBeGreaterThan(60)
  })

  it('tells of every node what it did', async () => {
    const { nodes, network, isOk, end, strangerBlocks } = await simulate(scenario)
    expect(nodes.map(({ node, isRunning, isAdversary }) => [node, isRunning, isAdversary])).toEqual(
      [0, 1, 2, 3].map((node) => [node, true, false]),
    )
    for (const { headSlot, headRoot, counts } of nodes) {
      expect(headSlot).toBe(9)
      expect(headRoot).toMatch(/^0x[0-9a-f]{64}$/)
      expect(counts.dutiesFailed).toBe(0)
    }
    expect(nodes[3]!.counts.dutiesPublished).toBeLessThan(nodes[0]!.counts.dutiesPublished)
    expect(network.lost).toBeGreaterThan(0)
    expect(strangerBlocks).toBeGreaterThan(0)
    expect(isOk).toBe(true)
    expect(end).toEqual({ slot: 9, interval: 3 })
  })

  it('fails by an expectation that is not met, and goes on unless told to stop', async () => {
    const failing = scenarioOf(`
nodes: 2
validators: 2
slots: 6
signatures: none
expectations: [{ at: 2.1, everAfter: true, finalizedAtLeast: 100 }]
`)
    const [whole, fast] = [await simulate(failing), await simulate(failing, { failFast: true })]
    const moments = ({ disappointments }: typeof whole) => disappointments.map(({ at }) => formatMoment(at))
    expect(moments(whole)).toEqual(['2.1', '2.1', '3.0', '3.0', '4.0', '4.0', '5.0', '5.0'])
    expect(whole.isOk).toBe(false)
    expect(whole.end).toEqual({ slot: 5, interval: 3 })
    expect(moments(fast)).toEqual(['2.1', '2.1'])
    expect(fast.end).toEqual({ slot: 2, interval: 1 })
    const stopped = await simulate(failing, { shouldStop: () => true })
    expect(stopped.end).toEqual({ slot: 0, interval: 0 })
  })

  it('is one of any number of nodes, also of one', async () => {
    const alone = scenarioOf(
      'nodes: 1\nvalidators: 3\nslots: 8\nsignatures: none\nexpectations: [{ finalizedWithin: 3 }]',
    )
    expect((await simulate(alone)).disappointments).toEqual([])
    const many = scenarioOf('nodes: 9\nvalidators: 4\nslots: 8\nsignatures: none\ntopology: ring')
    const report = await simulate(many)
    expect(new Set(report.nodes.map(({ headRoot }) => headRoot)).size).toBe(1)
  })
})
