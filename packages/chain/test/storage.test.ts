import { awaitReply, type Reply } from '@trine/actors'
import { type BlockStore, chainLanes, type StoreBatch } from '@trine/messages'
import { createMemoryBlockStore } from '@trine/storage'
import { failure, fromHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { createChain } from '../src/index.ts'
import { checkpoint, Tree, unwrapAsk, World } from './support.ts'

const everyone = [0, 1, 2, 3]

/** Passes everything on to a store that is made once the scheduler is there; takes down and can fail writes. */
class WatchedStore implements BlockStore {
  inner: BlockStore | undefined
  readonly batches: StoreBatch[] = []
  isBroken = false

  write(batch: StoreBatch, reply: Parameters<BlockStore['write']>[1]): void {
    if (this.isBroken) {
      reply.answer(failure({ code: 'FAILED', message: 'disk full' }))
      return
    }
    this.batches.push(batch)
    this.inner!.write(batch, reply)
  }
  readHeads(reply: Parameters<BlockStore['readHeads']>[0]): void {
    this.inner!.readHeads(reply)
  }
  readBlock(root: string, reply: Parameters<BlockStore['readBlock']>[1]): void {
    this.inner!.readBlock(root, reply)
  }
  readState(root: string, reply: Parameters<BlockStore['readState']>[1]): void {
    this.inner!.readState(root, reply)
  }
  readStoredStates(reply: Parameters<BlockStore['readStoredStates']>[0]): void {
    this.inner!.readStoredStates(reply)
  }
  readImports(after: number, reply: Parameters<BlockStore['readImports']>[1]): void {
    this.inner!.readImports(after, reply)
  }
  readVotes(reply: Parameters<BlockStore['readVotes']>[0]): void {
    this.inner!.readVotes(reply)
  }
  readFinalizedRoot(slot: number, reply: Parameters<BlockStore['readFinalizedRoot']>[1]): void {
    this.inner!.readFinalizedRoot(slot, reply)
  }
}

function withStore(options: ConstructorParameters<typeof World>[0] = {}) {
  const blockStore = new WatchedStore()
  const world = new World({ ...options, blockStore })
  blockStore.inner = createMemoryBlockStore({ scheduler: world.lab.scheduler })
  return { world, blockStore }
}

/** A second life of the service, on what the first one left in the store. */
async function restart(world: World): Promise<void> {
  world.chain.kill()
  world.events.length = 0
  world.chain = world.lab.spawn('chain again', chainLanes, createChain(world.parts))
  await world.lab.settle()
}

describe('what is imported', () => {
  it('is written with its state and heads, and what became final with the path to it', async () => {
    const { world, blockStore } = withStore()
    const blocks = []
    for (let slot = 1; slot <= 90; slot++) blocks.push(await world.slot(slot, everyone))
    const written = blockStore.batches.flatMap((batch) => batch.blocks)
    expect(written.map(({ root }) => root)).toEqual(blocks.map(({ root }) => root))
    expect(blockStore.batches.flatMap(({ states }) => states).length).toBeGreaterThanOrEqual(90)
    const { head, finalized } = blockStore.batches.at(-1)!
    const view = await world.view()
    expect(head).toEqual(view.head)
    const path = blockStore.batches.flatMap(({ finalizedPath }) => finalizedPath)
    expect(path.map(({ slot }) => slot)).toEqual(
      Array.from({ length: finalized.slot }, (_, index) => index + 1),
    )
    // Long pruned from the tree, and still there to be asked for.
    const ask = async (slot: number) =>
      unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getBlock', id: { by: 'slot', slot } }))
    expect((await ask(3))?.root).toBe(blocks[2]!.root)
    expect((await ask(89))?.root).toBe(blocks[88]!.root)
    expect(await ask(95)).toBeUndefined()
    const unknown = await world.lab.ask(world.chain.ref, {
      type: 'findUnknown',
      roots: [blocks[2]!.root, blocks[89]!.root, 'nowhere'],
    })
    expect(unwrapAsk(unknown)).toEqual(['nowhere'])
  })

  it('names blocks to be forgotten that are off the finalized chain, unless a vote in a block names them', async () => {
    const { world, blockStore } = withStore({ limits: { lateSlots: 4 } })
    const { tree } = world
    await world.slot(1, everyone)
    await world.slot(2, everyone)
    const forgotten = tree.block(tree.genesis, 2)
    const parent = tree.block(tree.genesis, 3)
    const named = tree.block(checkpoint(parent), 4)
    const beyond = tree.block(checkpoint(named), 5)
    await world.tick(3)
    const third = await world.build(3)
    await world.gossip([third])
    await world.tick(5)
    await world.gossip([forgotten, parent, named, beyond])
    await world.learn(third)
    await world.gossip([tree.block(checkpoint(third), 5, { votes: [tree.vote(2, 4, checkpoint(named))] })])
    expect((await world.view()).pendingBlocks).toBe(0)
    for (let slot = 6; slot <= 80; slot++) await world.slot(slot, everyone)
    const discarded = blockStore.batches.flatMap((batch) => batch.discarded)
    expect(discarded.sort()).toEqual([forgotten.root, beyond.root].sort())
  })

  it('is kept and written later when the store fails, and can be served meanwhile', async () => {
    const { world, blockStore } = withStore({ limits: { blocksInMemory: 1, unwrittenBlocks: 5 } })
    blockStore.isBroken = true
    const blocks = world.tree.chain(8)
    await world.tick(9)
    for (const block of blocks) await world.gossip([block])
    expect((await world.view()).head.slot).toBe(8)
    expect(world.eventsOf('storeFailed')).toMatchObject([{ message: 'disk full', unwrittenBlocks: 1 }])
    await world.tick(9, 1)
    expect(world.eventsOf('storeFailed').at(-1)).toMatchObject({ unwrittenBlocks: 5 })
    const ask = async (root: string) =>
      unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getBlock', id: { by: 'root', root } }))
    expect(await ask(blocks[4]!.root)).toEqual(blocks[4])
    blockStore.isBroken = false
    expect(world.eventsOf('storeRecovered')).toEqual([])
    await world.tick(9, 2)
    expect(world.eventsOf('storeRecovered')).toMatchObject([{ writtenBlocks: 5 }])
    expect(blockStore.batches.flatMap((batch) => batch.blocks).map(({ root }) => root)).toEqual(
      blocks.slice(3).map(({ root }) => root),
    )
    expect(await ask(blocks[4]!.root)).toEqual(blocks[4])
  })
})

describe('a restart', () => {
  it('comes back to the same head, justified and finalized, without verifying anything again', async () => {
    const { world } = withStore()
    for (let slot = 1; slot <= 75; slot++) await world.slot(slot, slot % 7 < 5 ? everyone : [0])
    const before = await world.view()
    const verified = world.verifier.verified.length
    await restart(world)
    const after = await world.view()
    expect(after.head).toEqual(before.head)
    expect(after.justified).toEqual(before.justified)
    expect(after.finalized).toEqual(before.finalized)
    expect(world.verifier.verified.length).toBe(verified)
    expect(world.events.map(({ type }) => type)).toEqual(['chainStarted'])
    expect(world.sync.of('chainStatus').at(-1)).toMatchObject({
      head: before.head,
      finalized: before.finalized,
    })

    await world.tick(76)
    for (let slot = 76; slot <= 90; slot++) await world.slot(slot, everyone)
    expect((await world.view()).finalized.slot).toBeGreaterThan(80)
    expect(world.eventsOf('finalityConflict')).toEqual([])
  })

  it('still takes late blocks beside the finalized chain', async () => {
    const { world } = withStore()
    const blocks = []
    for (let slot = 1; slot <= 150; slot++) {
      if (slot !== 60) blocks.push(await world.slot(slot, everyone))
      if (slot === 59) await world.learn(blocks.at(-1)!)
    }
    const late = world.tree.block(checkpoint(blocks[58]!), 60)
    const before = await world.view()
    expect(before.finalized.slot).toBeGreaterThan(140)
    await restart(world)
    const { head, finalized } = await world.view()
    expect({ head, finalized }).toEqual({ head: before.head, finalized: before.finalized })
    await world.tick(151)
    await world.gossip([late])
    expect(world.eventsOf('block').map(({ block }) => block.root)).toEqual([late.root])
  })

  it('comes back above a vote for a block beside the chain, from before the block where it begins', async () => {
    const { world } = withStore({ limits: { lateSlots: 8 } })
    const { tree } = world
    const blocks = []
    for (let slot = 1; slot <= 29; slot++) {
      if (slot !== 28) blocks.push(await world.slot(slot, everyone))
      if (slot === 27) await world.learn(blocks.at(-1)!)
    }
    const orphan = tree.block(checkpoint(blocks[26]!), 28)
    await world.gossip([orphan])
    await world.learn(blocks.at(-1)!)
    await world.tick(30)
    const vote = tree.vote(2, 28, checkpoint(orphan))
    await world.gossip([tree.block(checkpoint(blocks.at(-1)!), 30, { votes: [vote] })])
    for (let slot = 31; (await world.view()).finalized.slot < 29 + 8; slot++) await world.slot(slot, everyone)
    const before = await world.view()
    await restart(world)
    const after = await world.view()
    expect(after.head).toEqual(before.head)
    expect(after.finalized).toEqual(before.finalized)
  })

  it('comes back to a block that came late, with votes of slots after its own', async () => {
    const { world } = withStore()
    const { tree } = world
    const blocks = tree.chain(10)
    await world.tick(14)
    await world.request(blocks)
    const parent = checkpoint(blocks[9]!)
    const late = tree.block(parent, 11, { votes: [0, 1, 2].map((index) => tree.vote(index, 14, parent)) })
    await world.gossip([late])
    expect(await world.head()).toBe(late.root)
    await restart(world)
    expect(await world.head()).toBe(late.root)
  })

  it('before anything was written begins at the anchor, as does one whose blocks are gone', async () => {
    const { world, blockStore } = withStore()
    expect((await world.view()).head.slot).toBe(0)
    for (let slot = 1; slot <= 20; slot++) await world.slot(slot, everyone)
    const store = createMemoryBlockStore({ scheduler: world.lab.scheduler, maxBlocks: 0 })
    for (const batch of blockStore.batches) {
      const put = (reply: Reply<unknown>) => store.write(batch, reply)
      await world.lab.scheduler.settle(
        awaitReply('store', { scheduler: world.lab.scheduler, timeoutMilliseconds: 10 }, put),
      )
    }
    blockStore.inner = store
    await restart(world)
    expect((await world.view()).head.slot).toBe(0)
  })

  it('long without finality replays from the anchor', async () => {
    const { world } = withStore({ limits: { statesInMemory: 8 } })
    await world.tick(60)
    await world.request(world.tree.chain(60))
    const before = await world.view()
    expect(before.finalized.slot).toBe(0)
    await restart(world)
    expect((await world.view()).head).toEqual(before.head)
    await world.tick(61)
    expect((await world.build(61)).signedBlock.message.block.parentRoot).toEqual(fromHex(before.head.root))
  })

  it('does not take its own earlier votes for foreign ones', async () => {
    const { world } = withStore({ ownValidators: [0] })
    await world.tick(1)
    const [block] = world.tree.chain(1)
    await world.gossip([block!])
    const vote = world.tree.vote(0, 1, checkpoint(block!))
    world.tell({ type: 'ownAttestation', signedAttestation: vote })
    await world.lab.settle()
    await restart(world)
    await world.tick(1, 2)
    await world.gossipVotes([vote])
    expect(world.validator.of('foreignVote')).toEqual([])
  })
})

it('a thousand slots without finality leave no more in memory than a hundred', async () => {
  const limits = { blocksInMemory: 40, statesInMemory: 20 }
  const { world } = withStore({ validatorCount: 2, limits })
  const sizes: number[][] = []
  const blocks = world.tree.chain(1000)
  for (const [index, block] of blocks.entries()) {
    if (index % 50 === 0) await world.tick(index + 50)
    await world.gossip([block])
    if (index % 100 !== 99) continue
    const { blocksInMemory, statesInMemory, pendingBlocks, pendingAttestations, ...view } = await world.view()
    sizes.push([blocksInMemory, statesInMemory, pendingBlocks, pendingAttestations])
    expect([view.head.slot, view.finalized.slot]).toEqual([index + 1, 0])
  }
  expect(new Set(sizes.map(String))).toEqual(new Set(['40,20,0,0']))
})

it('an anchor whose state does not belong to its block is refused with both roots', async () => {
  const tree = new Tree(4)
  const [block] = tree.chain(1)
  const world = new World({ tree })
  const parts = { ...world.parts, anchor: { state: tree.state, block: block!.signedBlock.message.block } }
  world.lab.spawn('bad', chainLanes, createChain(parts), () => 'stop')
  await expect(world.lab.settle()).rejects.toThrow('ANCHOR_STATE_ROOT_MISMATCH')
})
