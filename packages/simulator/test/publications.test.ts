import { VirtualScheduler } from '@trine/actors'
import { describe, expect, it } from 'vitest'
import { faultyNetwork, isPublicationFault, type Publication } from '../src/adversaries/publications.ts'
import { FaultClock } from '../src/faultClock.ts'
import { scenarioOf } from './support/scenarios.ts'

const GENESIS_TIME = 1_000_000

const block = (root: string) => ({ type: 'publishBlock', block: { root } }) as unknown as Publication
const vote = (slot: number) =>
  ({ type: 'publishAttestation', signedAttestation: { slot } }) as unknown as Publication

/** A network that takes down what reaches it and when, behind the faults of a plan; made 2 s before genesis. */
function createSetting(faultLines: string) {
  const scheduler = new VirtualScheduler(GENESIS_TIME - 2000)
  const clock = new FaultClock(scheduler, GENESIS_TIME)
  const arrived: [number, Publication][] = []
  let isFull = false
  const network = {
    name: 'network',
    tell: (publication: Publication) => {
      if (!isFull) arrived.push([clock.now, publication])
      return !isFull
    },
  }
  const faults = scenarioOf(`faults: [${faultLines}]`).faults.filter(isPublicationFault)
  const second = (publication: Publication) =>
    publication.type === 'publishBlock' ? block(`${publication.block.root}'`) : undefined
  const faulty = faultyNetwork(network, faults, clock, second)
  return {
    arrived,
    fill: () => {
      isFull = true
    },
    /** Publishes at a time in milliseconds since genesis; whether it was taken. */
    publishAt: async (time: number, publication: Publication) => {
      await scheduler.advance(time - clock.now)
      return faulty.tell(publication)
    },
    advanceTo: (time: number) => scheduler.advance(time - clock.now),
  }
}

describe('what validators publish', () => {
  it('passes when no fault is on', async () => {
    const { arrived, publishAt, fill } = createSetting('{ kind: silent, nodes: 0, from: 2, to: 3 }')
    expect(await publishAt(7999, block('a'))).toBe(true)
    expect(await publishAt(8000, block('b'))).toBe(true)
    expect(await publishAt(11_999, vote(2))).toBe(true)
    expect(await publishAt(12_000, block('c'))).toBe(true)
    expect(arrived).toEqual([
      [7999, block('a')],
      [12_000, block('c')],
    ])
    fill()
    expect(await publishAt(12_001, block('d'))).toBe(false)
  })

  it('is kept silent of one kind only', async () => {
    const { arrived, publishAt } = createSetting('{ kind: silent, nodes: 0, what: blocks }')
    await publishAt(0, block('a'))
    await publishAt(1000, vote(0))
    expect(arrived).toEqual([[1000, vote(0)]])
  })

  it('leaves late', async () => {
    const { arrived, publishAt, advanceTo } = createSetting(
      '{ kind: late, nodes: 0, what: votes, milliseconds: 700, to: 1 }',
    )
    expect(await publishAt(1000, vote(0))).toBe(true)
    await publishAt(3900, vote(1))
    await publishAt(4000, vote(2))
    await advanceTo(10_000)
    expect(arrived).toEqual([
      [1700, vote(0)],
      [4000, vote(2)],
      [4600, vote(1)],
    ])
  })

  it('is withheld and comes all at once', async () => {
    const { arrived, publishAt, advanceTo } = createSetting(
      '{ kind: withhold, nodes: 0, what: blocks, from: 1, to: 3.2 }',
    )
    await publishAt(4000, block('a'))
    await publishAt(8000, block('b'))
    await publishAt(9000, vote(2))
    expect(arrived).toEqual([[9000, vote(2)]])
    await advanceTo(14_000)
    await publishAt(16_000, block('c'))
    expect(arrived.slice(1)).toEqual([
      [14_000, block('a')],
      [14_000, block('b')],
      [16_000, block('c')],
    ])
  })

  it('withheld without an end never comes', async () => {
    const { arrived, publishAt, advanceTo } = createSetting('{ kind: withhold, nodes: 0 }')
    await publishAt(0, block('a'))
    await advanceTo(1e6)
    expect(arrived).toEqual([])
  })

  it('is contradicted, where a second one can be made', async () => {
    const { arrived, publishAt } = createSetting('{ kind: equivocate, nodes: 0 }')
    await publishAt(0, block('a'))
    await publishAt(1000, vote(0))
    expect(arrived).toEqual([
      [0, block("a'")],
      [0, block('a')],
      [1000, vote(0)],
    ])
  })

  it('suffers the first of the faults that are on', async () => {
    const { arrived, publishAt } = createSetting(
      '{ kind: silent, nodes: 0, what: votes }, { kind: equivocate, nodes: 0 }',
    )
    await publishAt(0, block('a'))
    await publishAt(1000, vote(0))
    expect(arrived).toEqual([
      [0, block("a'")],
      [0, block('a')],
    ])
  })
})
