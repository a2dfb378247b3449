import { describe, expect, it } from 'vitest'
import { blockAt, chainOf, rootOf, votingChainOf } from '../../network/test/support/blocks.ts'
import { createBench, GENESIS, referenceOf } from './support/bench.ts'

const blocks = chainOf(40, GENESIS)
const headOf = (chain: typeof blocks) => referenceOf(chain.at(-1)!)
const slotsTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

describe('a peer that is ahead', () => {
  it('is asked for its head, then parent by parent; the chain is told parents first', async () => {
    const bench = await createBench()
    bench.importAll()
    bench.honest('a', blocks)
    await bench.tick(40)
    await bench.status('a', headOf(blocks))
    await bench.lab.advance(2000)
    expect(bench.requests().map(({ roots }) => roots)).toEqual(blocks.map(({ root }) => [root]).reverse())
    expect(bench.toldSlots()).toEqual(slotsTo(40))
    expect(bench.chain.of('block')[0]!.origin).toEqual({ from: 'request', peerId: 'a' })
    expect(await bench.view()).toMatchObject({ missingRoots: 0, openRequests: 0, headSlot: 40 })
  })

  it('is asked nothing when the chain has its head, waits for it, or knows it to be invalid', async () => {
    const bench = await createBench()
    bench.inChain.add(headOf(blocks).root)
    await bench.tick(40)
    await bench.status('a', headOf(blocks))
    await bench.lab.advance(2000)
    expect(bench.requests()).toEqual([])
  })

  it('is not asked for a head in the future before its slot, and not for one before our finalized slot', async () => {
    const bench = await createBench()
    bench.honest('a', blocks)
    const finalized = { root: rootOf(5), slot: 20 }
    await bench.tell({ type: 'chainStatus', head: finalized, justified: finalized, finalized })
    await bench.tick(30)
    await bench.status('a', headOf(blocks))
    await bench.status('b', { root: blocks[9]!.root, slot: 10 })
    await bench.status('c', { root: rootOf(99), slot: 2n ** 60n })
    await bench.lab.advance(2000)
    expect(bench.requests()).toEqual([])
    await bench.tick(39)
    await bench.lab.advance(500)
    expect(bench.requests()[0]).toMatchObject({ peerId: 'a', roots: [headOf(blocks).root] })
  })

  it('is walked back in leaps, where the votes of proposers name blocks further back', async () => {
    const bench = await createBench()
    bench.importAll()
    const voting = votingChainOf(40, GENESIS)
    bench.honest('a', voting)
    await bench.tick(40)
    await bench.status('a', headOf(voting))
    await bench.lab.advance(200 + 16 * 10)
    expect(bench.toldSlots()).toEqual(slotsTo(40))
    expect(bench.requests().flatMap(({ roots }) => roots)).toHaveLength(40)
  })

  it('is not blamed when such a vote names nothing that is to be had', async () => {
    const bench = await createBench()
    bench.importAll()
    const next = blockAt(41, headOf(blocks).root, 0, { root: rootOf(88), slot: 30 })
    bench.honest('a', [...blocks, next])
    await bench.tick(41)
    await bench.status('a', referenceOf(next))
    await bench.lab.advance(60_000)
    expect(bench.toldSlots()).toHaveLength(41)
    expect(bench.reports()).toEqual([])
    expect(await bench.view()).toMatchObject({ missingRoots: 0, targetSlot: 41 })
  })

  it('shares the work with others that have the blocks, when they are needed again', async () => {
    const bench = await createBench({ limits: { maxHeld: 24, fetchAhead: 12 } })
    bench.importAll()
    for (const peerId of ['a', 'b', 'c']) bench.honest(peerId, blocks)
    await bench.tick(40)
    for (const peerId of ['a', 'b', 'c']) await bench.status(peerId, headOf(blocks))
    await bench.lab.advance(3000)
    expect(bench.toldSlots()).toEqual(slotsTo(40))
    const again = bench.requests().filter(({ roots }) => roots.length > 1)
    expect(new Set(again.map(({ peerId }) => peerId)).size).toBe(3)
  })
})

describe('missing blocks', () => {
  it('are asked of who referred to them, after gossip had its time', async () => {
    const bench = await createBench()
    bench.importAll()
    for (const peerId of ['a', 'b']) bench.honest(peerId, blocks)
    await bench.tick(3)
    for (const peerId of ['a', 'b']) await bench.status(peerId, { root: GENESIS, slot: 0 })
    await bench.tell({ type: 'missingBlocks', roots: [blocks[1]!.root], peerId: 'b' })
    await bench.lab.advance(199)
    expect(bench.requests()).toEqual([])
    await bench.lab.advance(1)
    expect(bench.requests()).toMatchObject([{ peerId: 'b', roots: [blocks[1]!.root] }])
    await bench.lab.advance(1000)
    expect(bench.toldSlots()).toEqual([1, 2])
  })

  it('are not asked for when gossip brings them in time', async () => {
    const bench = await createBench()
    bench.honest('a', blocks)
    await bench.tick(3)
    await bench.status('a', { root: GENESIS, slot: 0 })
    await bench.tell({ type: 'missingBlocks', roots: [blocks[0]!.root, blocks[1]!.root], peerId: 'a' })
    await bench.tell({ type: 'blockImported', block: referenceOf(blocks[0]!), parentRoot: GENESIS })
    bench.inChain.add(blocks[1]!.root)
    await bench.lab.advance(5000)
    expect(bench.requests()).toEqual([])
    expect(await bench.view()).toMatchObject({ missingRoots: 0 })
  })

  it('that the chain had waiting and lost are fetched', async () => {
    const bench = await createBench()
    bench.honest('a', blocks)
    bench.inChain.add(blocks[0]!.root)
    await bench.tick(3)
    await bench.status('a', referenceOf(blocks[0]!))
    await bench.lab.advance(500)
    bench.inChain.delete(blocks[0]!.root)
    await bench.tell({ type: 'missingBlocks', roots: [blocks[0]!.root], peerId: undefined })
    await bench.lab.advance(500)
    expect(bench.toldSlots()).toEqual([1])
  })

  it('with our own block as the cause are asked of anybody', async () => {
    const bench = await createBench()
    bench.honest('a', blocks)
    await bench.tick(3)
    await bench.status('a', { root: GENESIS, slot: 0 })
    await bench.tell({ type: 'missingBlocks', roots: [blocks[0]!.root], peerId: undefined })
    await bench.lab.advance(500)
    expect(bench.requests()).toMatchObject([{ peerId: 'a' }])
  })
})

describe('the chain', () => {
  it('is told again what it had no room for, after its next import or at the next tick', async () => {
    const bench = await createBench()
    bench.honest('a', blocks.slice(0, 3))
    bench.chain.refuse('block')
    await bench.tick(3)
    await bench.status('a', headOf(blocks.slice(0, 3)))
    await bench.lab.advance(1000)
    expect(bench.toldSlots()).toEqual([])
    bench.chain.refuse()
    await bench.lab.advance(1000)
    expect(bench.toldSlots()).toEqual([])
    await bench.tick(3, 1)
    expect(bench.toldSlots()).toEqual([1, 2, 3])
  })

  it('is told again after an import, too', async () => {
    const bench = await createBench()
    bench.honest('a', blocks.slice(0, 3))
    bench.chain.refuse('block')
    await bench.tick(3)
    await bench.status('a', headOf(blocks.slice(0, 3)))
    await bench.lab.advance(1000)
    bench.chain.refuse()
    const other = { root: rootOf(44), slot: 1 }
    await bench.tell({ type: 'blockImported', block: other, parentRoot: GENESIS })
    expect(bench.toldSlots()).toEqual([1, 2, 3])
  })

  it('is given no more than so many blocks that it did not import', async () => {
    const bench = await createBench({ limits: { maxTold: 4 } })
    bench.honest('a', blocks)
    await bench.tick(40)
    await bench.status('a', headOf(blocks))
    await bench.lab.advance(2000)
    expect(bench.toldSlots()).toEqual([1, 2, 3, 4])
    await bench.tell({ type: 'blockImported', block: referenceOf(blocks[0]!), parentRoot: GENESIS })
    expect(bench.toldSlots()).toEqual([1, 2, 3, 4, 5])
  })

  it('is given a block on a parent that only waits there alone, and what is above it after its import', async () => {
    const bench = await createBench()
    bench.honest('a', blocks.slice(0, 5))
    bench.inChain.add(blocks[1]!.root)
    await bench.tick(5)
    await bench.status('a', headOf(blocks.slice(0, 5)))
    await bench.lab.advance(1000)
    expect(bench.toldSlots()).toEqual([3])
    // Neither is a branch beside it told, nor what is found to be above it later.
    const branch = [blockAt(3, blocks[1]!.root, 7)]
    branch.push(blockAt(4, branch[0]!.root, 7), blockAt(5, blocks[2]!.root, 8))
    bench.honest('b', branch)
    await bench.status('b', referenceOf(branch[1]!))
    await bench.lab.advance(1000)
    await bench.status('b', referenceOf(branch[2]!))
    await bench.lab.advance(1000)
    expect(bench.toldSlots()).toEqual([3, 3])
    await bench.tell({ type: 'blockImported', block: referenceOf(blocks[2]!), parentRoot: blocks[1]!.root })
    expect(bench.toldSlots()).toEqual([3, 3, 4, 5, 5])
  })

  it('that has no room for a block is offered it again: soon, or when it may wait for long, later', async () => {
    const bench = await createBench()
    bench.honest('a', blocks.slice(0, 5))
    bench.inChain.add(blocks[1]!.root)
    await bench.tick(5)
    await bench.status('a', headOf(blocks.slice(0, 5)))
    await bench.lab.advance(1000)
    const refused = { root: blocks[2]!.root, peerId: 'a', cause: 'full', reason: 'test' } as const
    await bench.tell({ type: 'blockRefused', ...refused })
    await bench.pass(6, 8)
    expect(bench.toldSlots()).toEqual([3])
    await bench.pass(9, 9)
    expect(bench.toldSlots()).toEqual([3, 3])
    await bench.tell({ type: 'blockRefused', ...refused })
    await bench.tell({ type: 'blockImported', block: referenceOf(blocks[1]!), parentRoot: blocks[0]!.root })
    await bench.lab.advance(1000)
    expect(bench.toldSlots()).toEqual([3, 3, 3, 4, 5])
  })

  it('is asked about blocks of which it said nothing, and given those again that it does not have', async () => {
    const bench = await createBench()
    bench.honest('a', blocks.slice(0, 2))
    await bench.tick(2)
    await bench.status('a', headOf(blocks.slice(0, 2)))
    await bench.lab.advance(1000)
    bench.inChain.add(blocks[0]!.root)
    await bench.pass(3, 7)
    expect(bench.toldSlots()).toEqual([1, 2, 2])
    expect(await bench.view()).toMatchObject({ missingRoots: 1 })
  })

  it('is asked again when it does not answer', async () => {
    const bench = await createBench()
    bench.honest('a', blocks.slice(0, 2))
    bench.chain.refuse('findUnknown')
    await bench.tick(2)
    await bench.status('a', headOf(blocks.slice(0, 2)))
    await bench.lab.advance(400)
    expect(bench.requests()).toEqual([])
    bench.chain.refuse()
    await bench.lab.advance(2000)
    expect(bench.toldSlots()).toEqual([1, 2])
  })

  it('is told a block whose parent it was told just before, by way of another branch', async () => {
    const bench = await createBench()
    const other = blockAt(3, blocks[0]!.root, 7)
    bench.honest('a', blocks.slice(0, 2))
    bench.honest('b', [other])
    await bench.tick(3)
    await bench.status('a', headOf(blocks.slice(0, 2)))
    await bench.lab.advance(1000)
    await bench.status('b', referenceOf(other))
    await bench.lab.advance(1000)
    expect(bench.toldSlots()).toEqual([1, 2, 3])
  })

  it('gets a block again that it dropped for want of room', async () => {
    const bench = await createBench()
    bench.honest('a', blocks.slice(0, 2))
    await bench.tick(2)
    await bench.status('a', headOf(blocks.slice(0, 2)))
    await bench.lab.advance(1000)
    const refused = { root: blocks[1]!.root, peerId: 'a', cause: 'full', reason: 'test' } as const
    await bench.tell({ type: 'blockRefused', ...refused })
    await bench.lab.advance(500)
    expect(bench.toldSlots()).toEqual([1, 2])
    await bench.tick(2, 1)
    await bench.lab.advance(500)
    expect(bench.toldSlots()).toEqual([1, 2, 2])
    expect(bench.reports()).toEqual([])
  })
})

describe('an invalid block', () => {
  it('costs who sent it, and what descends from it is never asked for', async () => {
    const bench = await createBench()
    bench.honest('a', blocks)
    await bench.tick(40)
    await bench.status('a', headOf(blocks))
    await bench.lab.advance(2000)
    const refused = { root: blocks[4]!.root, peerId: 'a', cause: 'invalid', reason: 'STATE_ROOT' } as const
    await bench.tell({ type: 'blockRefused', ...refused })
    expect(bench.reports()).toEqual([
      ['a', 'invalid'],
      ['a', 'useless'],
    ])
    for (const { root } of blocks.slice(0, 4)) bench.inChain.add(root)
    bench.network.clear()
    await bench.status('a', referenceOf(blocks[20]!))
    await bench.tell({ type: 'missingBlocks', roots: [blocks[30]!.root, blocks[4]!.root], peerId: 'b' })
    const next = blockAt(41, headOf(blocks).root)
    bench.honest('b', [next])
    await bench.tick(41)
    await bench.status('b', referenceOf(next))
    await bench.pass(42, 60)
    // The new head had to be fetched to see what it descends from.
    expect(bench.requests().map(({ roots }) => roots)).toEqual([[next.root]])
    expect((await bench.view()).missingRoots).toBe(0)
  })

  it('from gossip costs nobody here', async () => {
    const bench = await createBench()
    await bench.tick(3)
    const refused = { root: blocks[0]!.root, peerId: undefined, cause: 'invalid', reason: 'X' } as const
    await bench.tell({ type: 'blockRefused', ...refused })
    bench.honest('a', blocks)
    await bench.status('a', referenceOf(blocks[0]!))
    await bench.lab.advance(5000)
    expect(bench.reports()).toEqual([])
    expect(bench.requests()).toEqual([])
  })

  it('that was only forged is fetched from somebody else', async () => {
    const bench = await createBench()
    for (const peerId of ['a', 'b']) bench.honest(peerId, blocks)
    await bench.tick(1)
    await bench.status('a', referenceOf(blocks[0]!))
    await bench.lab.advance(500)
    await bench.status('b', referenceOf(blocks[0]!))
    const refused = { root: blocks[0]!.root, peerId: 'a', cause: 'forged', reason: 'SIGNATURE' } as const
    await bench.tell({ type: 'blockRefused', ...refused })
    await bench.lab.advance(500)
    expect(bench.reports()).toEqual([['a', 'invalid']])
    expect(bench.requests().map(({ peerId }) => peerId)).toEqual(['a', 'b'])
    expect(bench.toldSlots()).toEqual([1, 1])
  })

  it("that is settled is nobody's fault", async () => {
    const bench = await createBench()
    bench.honest('a', blocks)
    await bench.tick(1)
    await bench.status('a', referenceOf(blocks[0]!))
    await bench.lab.advance(500)
    const refused = { root: blocks[0]!.root, peerId: 'a', cause: 'settled', reason: 'PRUNED' } as const
    await bench.tell({ type: 'blockRefused', ...refused })
    await bench.lab.advance(500)
    expect(bench.reports()).toEqual([])
    expect(await bench.view()).toMatchObject({ missingRoots: 0 })
  })
})

describe('a block from before the finalized one', () => {
  it.each([
    ['is fetched and handed over when the chain asks for it', true],
    ['is of no use when only a peer names it', false],
  ])('%s', async (_, isAskedFor) => {
    const bench = await createBench()
    const finalized = { root: rootOf(5), slot: 200 }
    const parent = rootOf(7)
    const orphan = blockAt(199, parent, 9)
    const head = blockAt(201, orphan.root, 10)
    for (const root of [finalized.root, parent]) bench.inChain.add(root)
    bench.honest('a', [orphan, head])
    await bench.tell({ type: 'chainStatus', head: finalized, justified: finalized, finalized })
    await bench.tick(202)
    await bench.status('a', { root: head.root, slot: 201 })
    for (let slot = 203; slot <= 230; slot++) {
      if (isAskedFor) await bench.tell({ type: 'missingBlocks', roots: [orphan.root], peerId: 'a' })
      await bench.pass(slot, slot)
    }
    expect(bench.toldSlots().includes(199)).toBe(isAskedFor)
  })
})
