import type { Reply } from '@trine/actors'
import type { BlockStore } from '@trine/messages'
import { createMemoryBlockStore } from '@trine/storage'
import { bytesEqual, fromHex, toHex } from '@trine/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateCache } from '../src/stateCache.ts'
import { checkpoint, Tree, unwrapAsk, World } from './support.ts'

describe('the state cache', () => {
  it('keeps the latest, the pinned, and ever fewer the older they are', () => {
    const cache = new StateCache(24)
    const { state } = new Tree(2)
    for (let slot = 0; slot <= 2000; slot++) {
      const view = state.clone(true)
      view.slot = slot
      cache.set(`${slot}`, view)
      cache.trim(['0', '700'], slot)
      expect(cache.size).toBeLessThanOrEqual(24)
    }
    const kept = Array.from({ length: 2001 }, (_, slot) => slot).filter((slot) => cache.has(`${slot}`))
    expect(kept.slice(-8)).toEqual([1993, 1994, 1995, 1996, 1997, 1998, 1999, 2000])
    expect(kept).toContain(700)
    const distances = kept.map((slot) => 2000 - slot)
    for (const [index, distance] of distances.entries()) {
      const next = distances[index + 1]
      // From one kept state to the next it is at most half the way to the head.
      if (next !== undefined && distance > 16)
        expect(distance - next).toBeLessThanOrEqual(Math.ceil(0.6 * distance))
    }
  })

  it('keeps the last ones added even if they are old', () => {
    const cache = new StateCache(16)
    const { state } = new Tree(2)
    const add = (slot: number, root = `${slot}`) => {
      const view = state.clone(true)
      view.slot = slot
      cache.set(root, view)
      cache.trim([], 1000)
    }
    for (let slot = 900; slot <= 1000; slot++) add(slot)
    for (let slot = 10; slot < 18; slot++) add(slot, `old ${slot}`)
    for (let slot = 10; slot < 18; slot++) expect(cache.has(`old ${slot}`)).toBe(true)
  })

  it('never forgets what it must keep, and never exceeds its bound by more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 80 }),
        fc.integer({ min: 8, max: 20 }),
        (slots, limit) => {
          const cache = new StateCache(limit)
          const { state } = new Tree(2)
          slots.forEach((slot, index) => {
            const view = state.clone(true)
            view.slot = slot
            cache.set(`${index}`, view)
            const pinned = [0, index >> 1].map(String)
            cache.trim(pinned, Math.max(...slots))
            for (const root of pinned) if (Number(root) >= index - 7) expect(cache.has(root)).toBe(true)
            expect(cache.has('0') || index > 0).toBe(true)
            expect(cache.size).toBeLessThanOrEqual(Math.max(limit, 10))
          })
        },
      ),
      { numRuns: 30 },
    )
  })
})

/** A chain of 120 blocks, of whose states few are in memory, and a block on that of slot 40. */
async function longChain(blockStore: ((world: World) => BlockStore) | undefined, limits = {}) {
  const tree = new Tree(2)
  const blocks = tree.chain(120)
  const store = { current: undefined as BlockStore | undefined }
  const passed: BlockStore = {
    write: (batch, reply) => store.current!.write(batch, reply),
    readHeads: (reply) => store.current!.readHeads(reply),
    readBlock: (root, reply) => store.current!.readBlock(root, reply),
    readState: (root, reply) => store.current!.readState(root, reply),
    readStoredStates: (reply) => store.current!.readStoredStates(reply),
    readImports: (after, reply) => store.current!.readImports(after, reply),
    readVotes: (reply) => store.current!.readVotes(reply),
    readFinalizedRoot: (slot, reply) => store.current!.readFinalizedRoot(slot, reply),
  }
  const world = new World({
    tree,
    limits: { statesInMemory: 10, replayedBlocksPerTurn: 4, ...limits },
    ...(blockStore ? { blockStore: passed } : {}),
  })
  if (blockStore) store.current = blockStore(world)
  await world.tick(121)
  await world.request(blocks)
  expect((await world.view()).head.slot).toBe(120)
  expect((await world.view()).statesInMemory).toBeLessThanOrEqual(10)
  const branch = tree.block(checkpoint(blocks[39]!), 121)
  return { world, tree, blocks, branch }
}

const inMemory = (world: World) => createMemoryBlockStore({ scheduler: world.lab.scheduler })

describe('a state that is not in memory', () => {
  it('is made again from blocks in memory', async () => {
    const { world, blocks, branch } = await longChain(undefined)
    await world.gossip([branch])
    expect(world.eventsOf('blockWaiting')).toMatchObject([{ waitsFor: 'state' }])
    expect(world.eventsOf('block').at(-1)?.block.root).toBe(branch.root)
    for (const slot of [1, 40, 77, 120]) {
      const { root, signedBlock } = blocks[slot - 1]!
      const state = unwrapAsk(
        await world.lab.ask(world.chain.ref, { type: 'getState', id: { by: 'root', root } }),
      )
      expect(bytesEqual(state!.hashTreeRoot(), signedBlock.message.block.stateRoot)).toBe(true)
    }
  })

  it('is made again from blocks in the block store', async () => {
    const { world, blocks, branch } = await longChain(inMemory, { blocksInMemory: 2 })
    expect((await world.view()).blocksInMemory).toBe(2)
    const id = { by: 'slot', slot: 77 } as const
    const block = blocks[76]!
    const state = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getState', id }))
    expect(toHex(state!.hashTreeRoot())).toBe(toHex(block.signedBlock.message.block.stateRoot))
    expect(unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getBlock', id }))).toEqual(block)
    const ids = await world.gossip([branch])
    expect(world.verdicts(ids)).toEqual([{ verdict: 'ignore', reason: 'WAITS_FOR_STATE' }])
    expect(world.eventsOf('block').at(-1)?.block.root).toBe(branch.root)
  })

  it('is dropped again when many were asked for', async () => {
    const { world, blocks } = await longChain(undefined)
    for (const { root } of blocks)
      unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getState', id: { by: 'root', root } }))
    expect((await world.view()).statesInMemory).toBeLessThanOrEqual(10)
  })

  it('is given up when a block on the way is gone: the branch is lost, the rest goes on', async () => {
    const { world, tree, blocks, branch } = await longChain(undefined, { blocksInMemory: 2 })
    const ids = await world.gossip([branch])
    expect(world.verdicts(ids)).toEqual([{ verdict: 'ignore', reason: 'WAITS_FOR_STATE' }])
    expect(world.sync.of('blockRefused')).toMatchObject([
      { root: branch.root, cause: 'full', reason: 'STATE_MISSING' },
    ])
    const next = tree.block(checkpoint(blocks.at(-1)!), 121)
    expect(world.reasons(await world.gossip([next]))).toEqual(['ACCEPTED'])
    const { root } = blocks[39]!
    expect(
      unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getState', id: { by: 'root', root } })),
    ).toBeUndefined()
    expect(
      unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getBlock', id: { by: 'root', root } })),
    ).toBeUndefined()
  })

  it('that could not be made is no end of the branch: who waits above asks for the block again in every slot', async () => {
    const { world, tree, branch } = await longChain(undefined, { blocksInMemory: 2 })
    const above = tree.block(checkpoint(branch), 122)
    await world.tick(122)
    await world.gossip([branch, above])
    expect(world.sync.of('blockRefused')).toMatchObject([{ root: branch.root, reason: 'STATE_MISSING' }])
    for (const slot of [123, 124]) {
      world.sync.clear()
      await world.tick(slot)
      expect(world.sync.of('missingBlocks')).toMatchObject([{ roots: [branch.root] }])
    }
  })

  it('of the head is tried again with the next tick when a block could not be read', async () => {
    let failures = 1
    let store: BlockStore | undefined
    const flaky = new Proxy({} as BlockStore, {
      get: (_, name: keyof BlockStore) => (first: never, reply: Reply<unknown>) => {
        if (name !== 'readBlock' || failures === 0) return store![name](first, reply as never)
        failures -= 1
        return reply.refuse('failed', 'input/output error')
      },
    })
    const limits = { statesInMemory: 8, blocksInMemory: 4 }
    const world = new World({ blockStore: flaky, limits })
    store = inMemory(world)
    const { tree } = world
    const old = tree.block(tree.genesis, 1)
    const other = tree.block(tree.genesis, 2)
    for (const block of [old, other, ...tree.chain(40, checkpoint(other))]) {
      await world.tick(Number(block.signedBlock.message.block.slot))
      await world.gossip([block])
    }
    await world.tick(43)
    await world.gossipVotes(
      [0, 1, 2, 3].map((index) => tree.vote(index, 43, checkpoint(old), { target: tree.genesis })),
    )
    await world.tick(43, 3)
    expect([await world.head(), failures]).toEqual([old.root, 0])
    await world.tick(44)
    expect((await world.build(44)).signedBlock.message.block.parentRoot).toEqual(checkpoint(old).root)
  })

  it('is made for the head when votes move it to an old branch', async () => {
    const { world, tree, blocks } = await longChain(undefined, { blocksInMemory: 200 })
    const branch = tree.block(checkpoint(blocks[39]!), 121)
    await world.gossip([branch])
    for (let slot = 122; slot < 150; slot++) {
      const parent = blocks.at(-1)!
      const block = tree.block(checkpoint(parent), slot, {
        proposerVote: tree.vote(slot % 2, slot, checkpoint(parent)),
      })
      blocks.push(block)
      await world.tick(slot)
      await world.gossip([block])
    }
    await world.tick(150)
    await world.gossipVotes(
      [0, 1].map((v) => tree.vote(v, 150, checkpoint(branch), { target: tree.genesis })),
    )
    await world.tick(150, 3)
    expect(await world.head()).toBe(branch.root)
    await world.tick(151)
    expect((await world.build(151)).signedBlock.message.block.parentRoot).toEqual(fromHex(branch.root))
  })
})
