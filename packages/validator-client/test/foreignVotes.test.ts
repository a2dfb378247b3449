import { expect, it } from 'vitest'
import { type Bench, createBench, FakeNode, NETWORK, voteData, voteEvent } from './support.ts'

/** Validators that were stopped. */
const stopped = ({ events }: Bench) =>
  events.flatMap((event) =>
    event.type === 'dutiesPaused' && event.validatorIndex !== undefined ? [event.validatorIndex] : [],
  )

const reply = { answer: () => true, refuse: () => true, isOpen: true }
const order = { reason: 'listening', by: 'keyWatch', reply } as const

it('goes on beside the echo of its own votes and blocks, and those of others', async () => {
  const nodes = [new FakeNode('a'), new FakeNode('b')]
  const bench = createBench(nodes, { own: [0, 1] })
  await bench.to(6)
  for (const slot of [3, 4, 5]) {
    nodes[1]!.tell('attestation', voteEvent({ validatorIndex: 2, data: voteData(slot, 8) }))
  }
  await bench.to(10)
  expect(stopped(bench)).toEqual([])
  const published = bench.duties().filter(({ outcome }) => outcome === 'published')
  expect(published.length).toBe(bench.duties().length)
  expect(nodes[0]!.blocks.length).toBeGreaterThan(1)
})

it('stops a validator at once when another vote of it is seen at any node, and the others go on', async () => {
  const [a, b] = [new FakeNode('a'), new FakeNode('b')]
  const bench = createBench([a, b], { own: [0, 1] })
  await bench.to(5, 3)
  b.tell('attestation', voteEvent({ validatorIndex: 1, data: voteData(5, 8) }))
  await bench.to(9)
  expect(stopped(bench)).toEqual([1])
  const later = bench.duties().filter(({ slot }) => slot > 5)
  expect(later.filter(({ validatorIndex }) => validatorIndex === 0).every(({ isSigned }) => isSigned)).toBe(
    true,
  )
  expect(later.filter(({ validatorIndex }) => validatorIndex === 1).some(({ isSigned }) => isSigned)).toBe(
    false,
  )
  expect(bench.signed.filter(({ validatorIndex, epoch }) => validatorIndex === 1 && epoch > 5)).toEqual([])
})

it('stops by a vote for a slot in which nothing was signed here', async () => {
  const node = new FakeNode('a')
  const bench = createBench([node], { own: [1], startSlot: 20 })
  await bench.to(22)
  node.tell('attestation', voteEvent({ validatorIndex: 1, data: voteData(22, 1) }))
  await bench.to(23)
  expect(stopped(bench)).toEqual([1])
})

it.each([
  [
    'a vote of the slot in which it began, perhaps its own of an earlier life',
    voteEvent({ validatorIndex: 1, data: voteData(19, 8) }),
  ],
  ['an old vote, of a node that reads old blocks', voteEvent({ validatorIndex: 1, data: voteData(12, 8) })],
  ['an event that is none', { validator_index: 1, slot: 'soon' }],
  ['nothing', null],
])('does not mind %s', async (_, event) => {
  const node = new FakeNode('a')
  // It begins half a second before slot 20.
  const bench = createBench([node], { own: [1], startSlot: 20 })
  await bench.to(22)
  node.tell('attestation', event)
  await bench.to(24)
  expect(stopped(bench)).toEqual([])
})

it('of two with the same keys the one that listens first signs nothing, and the other goes on', async () => {
  const nodes = [new FakeNode('a'), new FakeNode('b')]
  const first = createBench(nodes, { own: [0, 1] })
  await first.to(5)
  const { scheduler } = first
  const second = createBench(nodes, { own: [0, 1], scheduler })
  second.client.validator.tell({ type: 'pauseDuties', ...order })
  await first.to(8)
  second.client.validator.tell({ type: 'resumeDuties', by: 'keyWatch', reply })
  await first.to(12)
  expect(stopped(second).sort()).toEqual([0, 1])
  expect(second.signed).toEqual([])
  expect(second.duties().at(-1)?.reason).toMatch(
    /seen signing elsewhere in slot \d+: is its key in use twice\?$/,
  )
  expect(stopped(first)).toEqual([])
  expect(
    first
      .duties()
      .filter(({ slot }) => slot > 8)
      .every(({ isSigned }) => isSigned),
  ).toBe(true)
})

it('of two with the same keys that sign different votes both stop', async () => {
  const [a, b] = [new FakeNode('a'), new FakeNode('b')]
  b.head = 2
  const first = createBench([a, b], { own: [1] })
  const second = createBench([b, a], { own: [1], scheduler: first.scheduler })
  await first.to(6)
  expect([stopped(first), stopped(second)]).toEqual([[1], [1]])
  const last = (bench: Bench) => Math.max(...bench.signed.map(({ epoch }) => epoch))
  // Nothing after the slot in which they met.
  expect([last(first), last(second)]).toEqual([1, 1])
})

it('does not look at votes of another network', async () => {
  const [a, other] = [new FakeNode('a'), new FakeNode('other', { ...NETWORK, validatorCount: 9 })]
  const bench = createBench([a, other], { own: [1] })
  await bench.to(5)
  other.tell('attestation', voteEvent({ validatorIndex: 1, data: voteData(5, 8) }))
  await bench.to(7)
  expect(stopped(bench)).toEqual([])
})

it('hears a node that is in sync while its clock is heard, and nobody when it has ended', async () => {
  const [a, b] = [new FakeNode('a'), new FakeNode('b')]
  b.isSyncing = true
  const bench = createBench([a, b])
  const tick = (node: FakeNode) => node.tell('interval', { slot: 2, interval: 0, lateness: 0 })
  await bench.to(2)
  expect(bench.client.hears()).toBe(false)
  tick(b)
  expect(bench.client.hears()).toBe(false)
  tick(a)
  expect(bench.client.hears()).toBe(true)
  // Its clock may tick a little before ours, and then a little after.
  await bench.to(2, 2)
  expect(bench.client.hears()).toBe(true)
  await bench.to(2, 3)
  expect(bench.client.hears()).toBe(false)
  bench.client.kill()
  expect([a.listeners.size, b.listeners.size]).toEqual([0, 0])
})

it('is ready while a node is in sync, heard or not', async () => {
  const [a, b] = [new FakeNode('a'), new FakeNode('b')]
  a.isSyncing = true
  b.isDown = true
  const bench = createBench([a, b])
  await bench.to(2)
  expect(bench.client.isReady()).toBe(false)
  b.isDown = false
  await bench.to(4)
  expect(bench.client.isReady()).toBe(true)
})
