import type { RootedBlock } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import { blockAt, chainOf, rootOf } from '../../network/test/support/blocks.ts'
import { type Bench, createBench, GENESIS, referenceOf } from './support/bench.ts'

const blocks = chainOf(30, GENESIS)
const [first] = blocks as [RootedBlock]
const head = referenceOf(blocks.at(-1)!)

async function benchWith(
  peerIds: readonly string[],
  options: Parameters<typeof createBench>[0] = {},
): Promise<Bench> {
  const bench = await createBench(options)
  bench.importAll()
  await bench.tick(30)
  for (const peerId of peerIds) await bench.status(peerId, { root: GENESIS, slot: 0 })
  return bench
}

const askedOf = (bench: Bench, root: string) =>
  bench
    .requests()
    .filter(({ roots }) => roots.includes(root))
    .map(({ peerId }) => peerId)

describe('a peer that is late', () => {
  it('is not waited for: a second is asked', async () => {
    const bench = await benchWith(['slow', 'quick'])
    bench.honest('slow', blocks, 3000)
    bench.honest('quick', blocks, 50)
    await bench.status('slow', referenceOf(first))
    await bench.lab.advance(499)
    expect(askedOf(bench, first.root)).toEqual(['slow'])
    await bench.status('quick', referenceOf(first))
    await bench.lab.advance(60)
    expect(askedOf(bench, first.root)).toEqual(['slow', 'quick'])
    expect(bench.toldSlots()).toEqual([1])
    // The first one's answer is not needed any more.
    expect(bench.network.of('cancelBlocks')).toHaveLength(1)
    await bench.lab.advance(5000)
    expect(bench.toldSlots()).toEqual([1])
    expect(bench.reports()).toEqual([])
  })

  it('costs little time in a long walk: others are preferred soon', async () => {
    const bench = await benchWith(['slow', 'quick'])
    bench.honest('slow', blocks, 3000)
    bench.honest('quick', blocks, 20)
    await bench.status('slow', head)
    await bench.status('quick', head)
    await bench.lab.advance(4000)
    expect(bench.toldSlots()).toHaveLength(30)
    expect(bench.requests().filter(({ peerId }) => peerId === 'slow').length).toBeLessThan(8)
  })

  it('is helped by one other, not by more and more', async () => {
    const bench = await benchWith(['p0', 'p1', 'p2', 'p3'])
    for (let index = 0; index < 4; index++) bench.peers.set(`p${index}`, () => undefined)
    await bench.tell({ type: 'missingBlocks', roots: [first.root], peerId: 'p0' })
    await bench.lab.advance(3500)
    expect(bench.requests()).toHaveLength(2)
  })

  it('and of whose request we never hear again is given up some time after the deadline', async () => {
    const bench = await benchWith(['p0'])
    bench.peers.set('p0', () => undefined)
    await bench.tell({ type: 'missingBlocks', roots: [first.root], peerId: 'p0' })
    await bench.lab.advance(9200)
    expect(bench.network.of('cancelBlocks')).toHaveLength(1)
    expect(bench.requests()).toHaveLength(2)
    expect(bench.reports()).toEqual([])
  })

  it('is reported when it sends nothing of what it named, and asked less and less', async () => {
    const bench = await benchWith(['silent'])
    bench.peers.set('silent', () => ({ blocks: [], outcome: 'timeout', after: 1000 }))
    await bench.status('silent', referenceOf(first))
    const askedAt: number[] = []
    for (let second = 0; second < 120; second++) {
      if (bench.requests().length > askedAt.length) askedAt.push(second)
      await bench.lab.advance(1000)
    }
    const pauses = askedAt.slice(1).map((time, index) => time - askedAt[index]!)
    expect(pauses.length).toBeGreaterThan(4)
    for (const [index, pause] of pauses.slice(1, 5).entries()) expect(pause).toBeGreaterThan(pauses[index]!)
    expect(bench.reports()).toEqual(askedAt.map(() => ['silent', 'late']))
  })

  it('is not reported for silence about what it never spoke of', async () => {
    const bench = await benchWith(['silent'])
    bench.peers.set('silent', () => ({ blocks: [], outcome: 'timeout', after: 1000 }))
    await bench.tell({ type: 'missingBlocks', roots: [first.root], peerId: undefined })
    await bench.lab.advance(20_000)
    expect(bench.requests().length).toBeGreaterThan(2)
    expect(bench.reports()).toEqual([])
  })

  it('but sends what it can is no failure, and the rest is fetched elsewhere', async () => {
    const bench = await benchWith(['slow'], { limits: { maxHeld: 4, fetchAhead: 8, maxTold: 2 } })
    bench.honest('slow', blocks)
    await bench.status('slow', head)
    let batches = 0
    bench.peers.set('slow', ({ roots }) => {
      const found = blocks.filter(({ root }) => roots.includes(root))
      if (roots.length < 2) return { blocks: found, outcome: 'complete' }
      batches += 1
      return { blocks: found.slice(0, 1), outcome: 'timeout', after: 200 }
    })
    // Without pauses in between.
    await bench.lab.advance(8000)
    expect(batches).toBeGreaterThan(2)
    expect(bench.toldSlots()).toHaveLength(30)
    expect(bench.reports()).toEqual([])
  })
})

describe('a peer that does not have a block', () => {
  it('costs one question; the others are asked', async () => {
    const bench = await benchWith(['empty', 'honest'])
    bench.honest('empty', [])
    bench.honest('honest', blocks)
    await bench.tell({ type: 'missingBlocks', roots: [first.root], peerId: 'empty' })
    await bench.lab.advance(1000)
    expect(askedOf(bench, first.root)).toEqual(['empty', 'honest'])
    expect(bench.toldSlots()).toEqual([1])
  })

  it('has no last word while another, who may have it, is silent', async () => {
    const bench = await benchWith(['empty', 'busy'])
    bench.honest('empty', [])
    let asked = 0
    bench.peers.set('busy', ({ roots }) => {
      asked += 1
      if (asked < 5) return { blocks: [], outcome: 'timeout', after: 1000 }
      return { blocks: blocks.filter(({ root }) => roots.includes(root)), outcome: 'complete' }
    })
    await bench.tell({ type: 'missingBlocks', roots: [first.root], peerId: undefined })
    await bench.lab.advance(60_000)
    expect(asked).toBe(5)
    expect(bench.toldSlots()).toEqual([1])
  })

  it('although it is its head: given up after some rounds, its claim is not believed, and it costs the peer', async () => {
    const bench = await benchWith([])
    bench.honest('liar', [])
    bench.honest('other', [])
    await bench.status('other', { root: rootOf(2), slot: 30 })
    await bench.status('liar', { root: rootOf(3), slot: 30 })
    bench.inChain.add(rootOf(2))
    await bench.lab.advance(20_000)
    expect(askedOf(bench, rootOf(3)).sort()).toEqual(['liar', 'liar', 'liar', 'other', 'other', 'other'])
    expect(bench.reports()).toEqual([['liar', 'useless']])
    expect(await bench.view()).toMatchObject({ missingRoots: 0, targetSlot: 30 })
    await bench.status('other', { root: rootOf(2), slot: 12 })
    expect((await bench.view()).targetSlot).toBe(12)
    await bench.status('liar', { root: rootOf(3), slot: 30 })
    await bench.lab.advance(30_000)
    expect(askedOf(bench, rootOf(3))).toHaveLength(6)
    await bench.lab.advance(30_000)
    await bench.status('liar', { root: rootOf(3), slot: 30 })
    await bench.lab.advance(1000)
    expect(askedOf(bench, rootOf(3)).length).toBeGreaterThan(6)
  })

  it('because it speaks no such protocol is never asked again', async () => {
    const bench = await benchWith([])
    bench.peers.set('mute', () => ({ blocks: [], outcome: 'unsupported' }))
    await bench.status('mute', referenceOf(first))
    await bench.lab.advance(100_000)
    expect(bench.requests()).toHaveLength(1)
    expect(bench.reports()).toEqual([])
    expect((await bench.view()).peers).toMatchObject([{ peerId: 'mute', isUseful: false }])
  })

  it('now, and says so, is asked again later, without blame', async () => {
    const bench = await benchWith([])
    let count = 0
    bench.peers.set('busy', () => {
      count += 1
      return count < 3 ? { blocks: [], outcome: 'declined' } : { blocks: [first], outcome: 'complete' }
    })
    await bench.status('busy', referenceOf(first))
    await bench.lab.advance(20_000)
    expect(bench.toldSlots()).toEqual([1])
    expect(bench.reports()).toEqual([])
  })

  it('because it is gone is replaced by another', async () => {
    const bench = await benchWith(['a', 'b'])
    bench.peers.set('a', () => undefined)
    bench.honest('b', blocks)
    await bench.tell({ type: 'missingBlocks', roots: [first.root], peerId: 'a' })
    await bench.lab.advance(250)
    expect(askedOf(bench, first.root)).toEqual(['a'])
    await bench.tell({ type: 'peerGone', peerId: 'a' })
    await bench.lab.advance(100)
    expect(askedOf(bench, first.root)).toEqual(['a', 'b'])
  })
})

describe('a peer that lies', () => {
  it('about the slot of its head is found out', async () => {
    const bench = await benchWith([])
    bench.honest('liar', blocks)
    await bench.status('liar', { root: first.root, slot: 25 })
    await bench.lab.advance(500)
    expect(bench.reports()).toEqual([['liar', 'invalid']])
    expect((await bench.view()).targetSlot).toBe(1)
  })

  it('with an endless chain of its own gets no further than from its head to our finalized slot', async () => {
    const bench = await benchWith([])
    const made = new Map<string, RootedBlock>()
    // Every block is made when it is asked for: each has a parent nobody else knows.
    const tip = blockAt(30, rootOf(77))
    let next = 0
    bench.peers.set('liar', ({ roots }) => {
      next += 1
      const [root] = roots as [string]
      const block = made.get(root) ?? tip
      return { blocks: block.root === root ? [block] : [], outcome: 'complete' }
    })
    // A chain that goes below zero cannot be made, so it is made upwards, from a parent that nobody has.
    let parentRoot = rootOf(77)
    const fake: RootedBlock[] = []
    for (let slot = 11; slot <= 30; slot++) {
      const block = blockAt(slot, parentRoot, 9)
      fake.push(block)
      made.set(block.root, block)
      parentRoot = block.root
    }
    const finalized = { root: rootOf(5), slot: 15 }
    await bench.tell({ type: 'chainStatus', head: finalized, justified: finalized, finalized })
    await bench.status('liar', referenceOf(fake.at(-1)!))
    await bench.lab.advance(5000)
    // Slots 30 to 15: the block of slot 15 shows that the chain leaves ours before the finalized block.
    expect(next).toBe(16)
    expect(bench.reports()).toEqual([['liar', 'useless']])
    expect(await bench.view()).toMatchObject({ missingRoots: 0 })
    expect(bench.toldSlots()).toEqual([])
  })

  it('with slots that do not fall towards the parents is stopped', async () => {
    const bench = await benchWith([])
    const parent = blockAt(30, GENESIS, 9)
    const child = blockAt(20, parent.root, 9)
    bench.honest('liar', [parent, child])
    await bench.status('liar', referenceOf(child))
    await bench.lab.advance(2000)
    expect(bench.toldSlots()).toEqual([30])
    expect(bench.reports()).toEqual([['liar', 'useless']])
    expect(await bench.view()).toMatchObject({ missingRoots: 0 })
  })

  it('about a block of a far slot is stopped', async () => {
    const bench = await benchWith([])
    const future = blockAt(90, GENESIS, 9)
    bench.honest('liar', [future])
    await bench.status('liar', { root: future.root, slot: 30 })
    await bench.lab.advance(2000)
    expect(bench.toldSlots()).toEqual([])
    expect(bench.reports()).toEqual([['liar', 'useless']])
  })

  it('does not keep us from the blocks of the honest ones', async () => {
    const bench = await benchWith([])
    const fake = chainOf(30, rootOf(66), 9)
    bench.honest('liar', fake, 400)
    for (const peerId of ['a', 'b']) bench.honest(peerId, blocks, 30)
    await bench.status('liar', referenceOf(fake.at(-1)!))
    for (const peerId of ['a', 'b']) await bench.status(peerId, head)
    await bench.lab.advance(2500)
    expect(bench.toldSlots()).toHaveLength(30)
  })

  it('by naming ever new roots fills nothing', async () => {
    const bench = await benchWith([])
    bench.peers.set('liar', () => undefined)
    await bench.status('liar', { root: GENESIS, slot: 0 })
    for (let count = 0; count < 200; count++) {
      const roots = Array.from({ length: 20 }, (_, index) => blockAt(count, rootOf(index), count).root)
      await bench.tell({ type: 'missingBlocks', roots, peerId: 'liar' })
    }
    expect((await bench.view()).missingRoots).toBe(32)
    await bench.lab.advance(1000)
    expect(bench.requests().length).toBeLessThanOrEqual(4)
  })
})

describe('memory', () => {
  it('holds so many blocks at most, the lowest ones, and fetches the others again', async () => {
    const bench = await benchWith([], { limits: { maxHeld: 5, fetchAhead: 4 } })
    const asked = new Map<string, number>()
    bench.peers.set('a', ({ roots }) => {
      for (const root of roots) asked.set(root, (asked.get(root) ?? 0) + 1)
      return { blocks: blocks.filter(({ root }) => roots.includes(root)), outcome: 'complete' }
    })
    await bench.status('a', head)
    await bench.lab.advance(5000)
    expect(bench.toldSlots()).toEqual(blocks.map((_, index) => index + 1))
    expect(blocks.map(({ root }) => asked.get(root))).toEqual(blocks.map((_, index) => (index < 5 ? 1 : 2)))
  })

  it('does not drop what the chain needs next for blocks of another chain, lower as they may be', async () => {
    const bench = await benchWith([], { limits: { maxHeld: 8, maxTold: 1 } })
    bench.chain.on('block', () => {})
    const honest: RootedBlock[] = []
    for (let slot = 15; slot <= 26; slot++) honest.push(blockAt(slot, honest.at(-1)?.root ?? GENESIS))
    bench.honest('honest', honest)
    await bench.status('honest', referenceOf(honest[11]!))
    await bench.lab.advance(1000)
    bench.network.clear()
    const other = chainOf(12, rootOf(66), 9)
    bench.honest('liar', other)
    await bench.status('liar', referenceOf(other[11]!))
    await bench.lab.advance(30_000)
    const again = new Set(bench.requests().flatMap(({ roots }) => roots))
    for (const { root } of honest.slice(1, 5)) expect(again).not.toContain(root)
  })

  it('holds one block even if it is larger than all room', async () => {
    const bench = await benchWith([], { limits: { maxHeldBytes: 10 } })
    bench.honest('a', blocks)
    await bench.status('a', head)
    await bench.lab.advance(20_000)
    expect(bench.toldSlots()).toHaveLength(30)
  })

  it('remembers so many blocks at most', async () => {
    const bench = await benchWith([], { limits: { maxRemembered: 10 } })
    bench.honest('a', blocks)
    await bench.status('a', head)
    await bench.lab.advance(5000)
    expect(bench.toldSlots()).toEqual([])
    expect(bench.requests()).toHaveLength(10)
    expect(bench.reports()).toEqual([])
    expect(await bench.view()).toMatchObject({ missingRoots: 0 })
  })
})
