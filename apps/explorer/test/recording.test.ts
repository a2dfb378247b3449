import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LineReader } from '../src/live/eventStream.ts'
import { explainFinality } from '../src/model/explainFinality.ts'
import type { Model } from '../src/model/model.ts'
import { weightsOf } from '../src/model/tree.ts'
import { readAddress, VIEWS, writeAddress } from '../src/page/address.ts'
import { Player } from '../src/recording/player.ts'
import { recordScenario } from './support/recordScenario.ts'

const summary = (model: Model) => ({
  tick: model.tick,
  head: model.head,
  finalized: model.finalized,
  blocks: [...model.blocks.keys()],
  votes: [...model.votes.latest],
  weights: [...weightsOf(model)],
  explanation: explainFinality(model).headline,
})

it('plays to the same moment from wherever it comes', async () => {
  const recording = await recordScenario('equivocating-proposer.yaml')
  const nodes = recording.nodes.length
  const travels = fc.array(
    fc.tuple(fc.nat(nodes - 1), fc.integer({ min: -8, max: recording.lastTick + 2 })),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  fc.assert(
    fc.property(travels, (moments) => {
      const traveller = new Player(recording)
      for (const [node, tick] of moments) {
        const there = summary(traveller.modelAt(node, tick))
        expect(there).toEqual(summary(new Player(recording).modelAt(node, tick)))
      }
    }),
    { numRuns: 20 },
  )
})

it('knows all nodes at a moment without playing them', async () => {
  const recording = await recordScenario('partition.yaml')
  const player = new Player(recording)
  for (let tick = 0; tick <= recording.lastTick; tick += 7) {
    const standings = player.standingsAt(tick)
    for (const node of [0, 5]) {
      const { head, finalized } = new Player(recording).modelAt(node, tick)
      expect(standings[node]!.head?.root).toBe(head?.root)
      expect(standings[node]!.finalized?.root).toBe(finalized?.root)
    }
  }
  const change = player.nextChange(0, 60, 1)!
  expect(player.standingsAt(change)[0]!.justified).not.toEqual(player.standingsAt(60)[0]!.justified)
})

it('stays within its bound by leaving out the oldest votes, and says so', async () => {
  const scenario = '{ nodes: 4, validators: 16, slots: 40, signatures: none }'
  const [whole, bounded] = [await recordScenario(scenario), await recordScenario(scenario, 12_000)]
  const numbers = ({ nodes }: typeof whole) =>
    nodes.reduce((sum, { events, votes }) => sum + events.length + votes.length, 0)
  expect(numbers(whole)).toBeGreaterThan(20_000)
  expect(numbers(bounded)).toBeLessThan(12_100)
  expect(bounded.votesFrom).toBeGreaterThan(0)
  expect(bounded.votes.length).toBeLessThan(whole.votes.length)
  const [all, some] = [
    new Player(whole).modelAt(2, whole.lastTick),
    new Player(bounded).modelAt(2, whole.lastTick),
  ]
  expect(some.head).toEqual(all.head)
  expect([...some.blocks.keys()]).toEqual([...all.blocks.keys()])
  expect(some.votes.latest).toEqual(all.votes.latest)
})

it('reads events however the bytes are cut', () => {
  const text =
    ': listening\n\nevent: head\ndata: {"slot":3}\n\n: lagged by 4 events\n\nevent: block\r\ndata: {"a":[1]}\r\n\r\n'
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
      const seen: unknown[] = []
      const reader = new LineReader({
        onEvent: (topic, data) => seen.push([topic, data]),
        onLag: () => seen.push('lag'),
      })
      const places = [0, ...cuts.toSorted((left, right) => left - right), text.length]
      for (let at = 1; at < places.length; at++) reader.add(text.slice(places[at - 1], places[at]))
      expect(seen).toEqual([['head', { slot: 3 }], 'lag', ['block', { a: [1] }]])
    }),
  )
})

it('an endless line is given up', () => {
  const reader = new LineReader({ onEvent: () => {}, onLag: () => {} })
  expect(() => {
    for (let round = 0; round < 20; round++) reader.add('x'.repeat(100_000))
  }).toThrow(/lines of at most/)
})

it('an address says the same moment again', () => {
  fc.assert(
    fc.property(
      fc.record({
        view: fc.constantFrom(...VIEWS),
        node: fc.nat(100),
        slot: fc.option(fc.nat(10_000), { nil: undefined }),
        tick: fc.option(fc.nat(100_000), { nil: undefined }),
      }),
      fc.integer({ min: 4, max: 12 }),
      (choice, ticksPerSlot) => {
        expect(readAddress(writeAddress(choice, ticksPerSlot), ticksPerSlot)).toEqual(choice)
      },
    ),
  )
  for (const wrong of ['#view=x&slot=-1&at=z', '#%%%', '', '#node=1e9&at=1.99999999']) {
    expect(readAddress(wrong, 4)).toMatchObject({ view: 'chain', node: 0, slot: undefined, tick: undefined })
  }
})
