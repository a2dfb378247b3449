import { RingJournal } from '@trine/actors'
import { describe, expect, it } from 'vitest'
import { simulate } from '../src/index.ts'
import { scenarioOf } from './support/scenarios.ts'

const scenario = (faults: readonly string[]) =>
  scenarioOf(`{ nodes: 4, validators: 4, slots: 14, signatures: none, faults: [${faults.join(', ')}] }`)

const digestOf = async (faults: readonly string[]) => (await simulate(scenario(faults))).traceDigest

const partition = (groups: string, from: number, to: number) =>
  `{ kind: partition, groups: ${groups}, from: ${from}, to: ${to} }`
const [halves, otherHalves] = ['[[0, 1], [2, 3]]', '[[0, 2], [1, 3]]']
const link = (from: number, to: number, changes: string) =>
  `{ kind: link, between: 0, from: ${from}, to: ${to}, ${changes} }`
const [lossy, slow] = ['loss: 0.5', 'latency: { minimum: 700, maximum: 900 }']
const crash = (from: number, to: number, wipe = false) =>
  `{ kind: crash, nodes: 3, from: ${from}, to: ${to}, wipe: ${wipe} }`

/** Faults whose spans overlap or meet, and others that say the same without. */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['partitions that meet', [partition(halves, 2, 5), partition(halves, 5, 9)], [partition(halves, 2, 9)]],
  [
    'a partition within another',
    [partition(halves, 2, 9), partition(halves, 4, 6)],
    [partition(halves, 2, 9)],
  ],
  [
    'two partitions across',
    [partition(halves, 2, 9), partition(otherHalves, 4, 6)],
    [partition(halves, 2, 4), partition('[[0], [1], [2], [3]]', 4, 6), partition(halves, 6, 9)],
  ],
  [
    'partitions of a few nodes',
    [partition('[[0]]', 2, 9), partition('[[1]]', 4, 6)],
    [partition('[[0]]', 2, 4), partition('[[0], [1]]', 4, 6), partition('[[0]]', 6, 9)],
  ],
  ['links that meet', [link(2, 5, lossy), link(5, 9, lossy)], [link(2, 9, lossy)]],
  [
    'links that overlap',
    [link(2, 6, lossy), link(4, 9, slow)],
    [link(2, 4, lossy), link(4, 6, `${lossy}, ${slow}`), link(6, 9, slow)],
  ],
  ['crashes that meet', [crash(2, 5), crash(5, 9)], [crash(2, 9)]],
  ['crashes that overlap', [crash(2, 6), crash(4, 9)], [crash(2, 9)]],
  ['crashes from the beginning', [crash(0, 3), crash(2, 6)], [crash(0, 6)]],
]

describe('faults that are on together', () => {
  it.each(cases)('%s: the end of one does not end the others', async (_, overlapping, plain) => {
    const digest = await digestOf(plain)
    expect(await digestOf(overlapping)).toBe(digest)
    expect(await digestOf(overlapping.toReversed())).toBe(digest)
  })

  it('of links, the later one of the scenario prevails where both change the same', async () => {
    const both = await digestOf([link(2, 9, lossy), link(4, 6, 'loss: 0.1')])
    expect(both).toBe(await digestOf([link(2, 4, lossy), link(4, 6, 'loss: 0.1'), link(6, 9, lossy)]))
    expect(await digestOf([link(4, 6, 'loss: 0.1'), link(2, 9, lossy)])).toBe(
      await digestOf([link(2, 9, lossy)]),
    )
  })

  it('a node that is down loses its disk when a later crash wipes it', async () => {
    const journal = new RingJournal(Number.POSITIVE_INFINITY)
    const { nodes } = await simulate(scenario([crash(2, 6), crash(4, 9, true)]), { journal })
    const notes = journal.entries().filter(({ actor }) => actor === 'node-3')
    expect(notes.map(({ message }) => message)).toEqual([
      { type: '$booted' },
      { type: '$crashed', wiped: false },
      { type: '$crashed', wiped: true },
      { type: '$booted' },
    ])
    expect(nodes.map(({ headSlot }) => headSlot)).toEqual([13, 13, 13, 13])
  })
})
