import { describe, expect, it } from 'vitest'
import { blockAt, chainOf, rootOf } from '../../network/test/support/blocks.ts'
import type { HistoryParts, SyncLimits } from '../src/index.ts'
import { createBench, GENESIS, type PeerAnswer, referenceOf } from './support/bench.ts'
import { ModelHistory, ModelVerifier, modelState } from './support/historyModel.ts'
import { forged } from './support/liars.ts'

const blocks = chainOf(200, GENESIS)
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index)

/** A node in sync whose chain, and store, begin at a slot. */
async function createNode(
  store: ModelHistory,
  options: { retainSlots?: number; chain?: typeof blocks; limits?: Partial<SyncLimits> } = {},
) {
  const chain = options.chain ?? blocks
  const verifier = new ModelVerifier()
  const history: HistoryParts = { store, verifier, state: modelState, retainSlots: options.retainSlots }
  const bench = await createBench({ history, ...(options.limits && { limits: options.limits }) })
  const head = referenceOf(chain.at(-1)!)
  for (const { root } of chain) bench.inChain.add(root)
  const join = async (...peerIds: string[]) => {
    const finalized = store.lowest
    await bench.tell({ type: 'chainStatus', head, justified: finalized, finalized })
    await bench.tick(head.slot)
    for (const peerId of peerIds) await bench.status(peerId, head)
  }
  /** Progress as it was told. */
  const told = () =>
    bench.events.flatMap((event) => (event.type === 'backfill' ? [[event.outcome, event.lowest.slot]] : []))
  return { ...bench, verifier, join, told, head }
}

describe('blocks from before a checkpoint', () => {
  it('are fetched backwards to genesis, verified and stored, in batches that grow', async () => {
    const store = new ModelHistory(blocks, 151)
    const node = await createNode(store)
    node.honest('a', blocks)
    node.honest('b', blocks)
    await node.join('a', 'b')
    await node.lab.advance(60_000)
    expect(store.slots).toEqual(down(150, 1))
    expect(store.batches.map(({ length }) => length).slice(0, 6)).toEqual([1, 2, 4, 8, 16, 32])
    expect([node.verifier.verified, node.verifier.mostAtOnce]).toEqual([150, 32])
    expect(new Set(node.requests().map(({ peerId }) => peerId))).toEqual(new Set(['a', 'b']))
    expect(node.told().at(-1)).toEqual(['complete', 1])
    expect(node.reports()).toEqual([])
  })

  it('are not asked for twice, nor those that are there: it goes on from what is stored', async () => {
    const store = new ModelHistory(blocks, 101)
    const first = await createNode(store)
    first.honest('a', blocks)
    await first.join('a')
    await first.lab.advance(800)
    const { length } = store.slots
    expect(length).toBeGreaterThan(0)
    expect(length).toBeLessThan(100)
    const second = await createNode(store)
    second.honest('a', blocks)
    await second.join('a')
    await second.lab.advance(60_000)
    expect(store.slots).toEqual(down(100, 1))
    const third = await createNode(store)
    await third.join('a')
    await third.lab.advance(60_000)
    expect([third.requests(), third.told()]).toEqual([[], []])
  })

  it('are fetched as far back as blocks are kept, over slots without one', async () => {
    const gaps = blocks.slice(0, 100).concat(blockAt(140, blocks[99]!.root))
    gaps.push(blockAt(141, gaps.at(-1)!.root))
    const store = new ModelHistory(gaps, 141)
    const node = await createNode(store, { retainSlots: 50, chain: gaps })
    node.honest('a', gaps)
    await node.join('a')
    await node.lab.advance(60_000)
    expect(store.slots).toEqual([140, ...down(100, 91)])
    expect(node.told().at(-1)).toEqual(['complete', 91])
  })

  it('wait for a final block, and until the node is in sync', async () => {
    const store = new ModelHistory(blocks, 101)
    store.isKnown = false
    const node = await createNode(store)
    node.honest('a', blocks)
    await node.join('a')
    await node.lab.advance(20_000)
    expect(node.requests()).toEqual([])
    store.isKnown = true
    // A head that is far, and that nobody has.
    node.peers.set('a', () => ({ blocks: [], outcome: 'complete' }))
    await node.tick(230)
    await node.status('a', { root: rootOf(9), slot: 230 })
    await node.lab.advance(8_500)
    expect(node.states().at(-1)).toBe('syncing')
    const asked = () => node.requests().filter(({ roots }) => roots[0] !== rootOf(9)).length
    const requested = asked()
    await node.lab.advance(30_000)
    expect([node.states().at(-1), asked(), store.slots]).toEqual(['syncing', requested, []])
    node.honest('a', blocks)
    await node.status('a', node.head)
    await node.lab.advance(60_000)
    expect(node.states().at(-1)).toBe('synced')
    expect(store.slots).toEqual(down(100, 1))
  })

  it('with wrong signatures cost who sent them, and come from somebody else', async () => {
    const store = new ModelHistory(blocks, 41)
    const node = await createNode(store)
    node.honest('liar', blocks.map(forged))
    node.honest('a', blocks)
    await node.join('liar', 'a')
    await node.lab.advance(120_000)
    expect(store.slots).toEqual(down(40, 1))
    expect(store.batches.flat()).toEqual(blocks.slice(0, 40).reverse())
    expect(node.reports().length).toBeGreaterThan(0)
    expect(new Set(node.reports().map(String))).toEqual(new Set(['liar,invalid']))
  })

  it('that lack signatures, or come from peers that send nothing, come from somebody else', async () => {
    const store = new ModelHistory(blocks, 41)
    const node = await createNode(store)
    const bare = blocks.map(({ root, signedBlock }) => ({
      root,
      signedBlock: { ...signedBlock, signature: [] },
    }))
    node.honest('liar', bare)
    node.peers.set('mute', () => ({ blocks: [], outcome: 'timeout', after: 4000 }))
    node.peers.set('empty', () => ({ blocks: [], outcome: 'complete' }))
    node.honest('a', blocks)
    await node.join('liar', 'mute', 'empty', 'a')
    await node.lab.advance(600_000)
    expect(store.slots).toEqual(down(40, 1))
    expect(new Set(node.reports().map(String))).toEqual(new Set(['liar,invalid']))
  })

  it('that nobody has are asked for ever more seldom, until somebody comes who has them', async () => {
    const store = new ModelHistory(blocks, 41)
    const node = await createNode(store)
    const empty = (): PeerAnswer => ({ blocks: [], outcome: 'complete' })
    node.peers.set('a', empty)
    node.peers.set('b', empty)
    await node.join('a', 'b')
    await node.lab.advance(600_000)
    expect(node.requests().length).toBeGreaterThan(10)
    expect(node.requests().length).toBeLessThan(80)
    node.honest('b', blocks)
    await node.lab.advance(120_000)
    expect(store.slots).toEqual(down(40, 1))
  })

  it('that are no chain are not stored: the checkpoint lied', async () => {
    const other = chainOf(200, GENESIS, 7)
    const mixed = blocks.map((block, index) => (index === 20 ? other[index]! : block))
    const store = new ModelHistory(mixed, 41)
    const node = await createNode(store)
    node.honest('a', mixed)
    await node.join('a')
    await node.lab.advance(60_000)
    expect(node.told().at(-1)?.[0]).toBe('broken')
    expect(Math.min(...store.slots)).toBeGreaterThan(21)
    const requested = node.requests().length
    await node.lab.advance(60_000)
    expect(node.requests().length).toBe(requested)
  })

  it('are stored when the disk has room again, and verified when the verifier has time', async () => {
    const store = new ModelHistory(blocks, 41)
    const node = await createNode(store)
    node.honest('a', blocks)
    store.isFull = true
    node.verifier.isBusy = true
    await node.join('a')
    await node.lab.advance(30_000)
    expect(node.verifier.verified).toBe(0)
    node.verifier.isBusy = false
    await node.lab.advance(30_000)
    expect([node.verifier.verified, store.slots]).toEqual([1, []])
    store.isFull = false
    await node.lab.advance(60_000)
    expect(store.slots).toEqual(down(40, 1))
    expect(node.verifier.verified).toBe(40)
  })

  it('are verified some at a time, with pauses three times as long as the work', async () => {
    const store = new ModelHistory(blocks, 101)
    const node = await createNode(store, { limits: { historySignatures: 4 } })
    const times: number[] = []
    node.verifier.verify = (items, reply) => {
      times.push(node.lab.scheduler.monotonic())
      expect(items.length).toBeLessThanOrEqual(4)
      node.lab.scheduler.after(1000, () => reply.answer(items.map(() => true)))
    }
    node.honest('a', blocks)
    await node.join('a')
    await node.lab.advance(400_000)
    expect(store.slots).toEqual(down(100, 1))
    const pauses = times.slice(1).map((time, index) => time - times[index]!)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(4000)
  })
})
