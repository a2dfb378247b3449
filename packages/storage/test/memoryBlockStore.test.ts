import { awaitReply, type Reply, VirtualScheduler } from '@trine/actors'
import type { BlockStore, RootedBlock, StoreBatch } from '@trine/messages'
import { generateGenesis } from '@trine/state-transition'
import type { State } from '@trine/types'
import { beforeEach, expect, it } from 'vitest'
import { createMemoryBlockStore } from '../src/index.ts'

const scheduler = new VirtualScheduler()
let store: BlockStore

beforeEach(() => {
  store = createMemoryBlockStore({ scheduler, maxBlocks: 3, maxStates: 2 })
})

async function settle<T>(put: (reply: Reply<T>) => void): Promise<T> {
  const outcome = await scheduler.settle(awaitReply('store', { scheduler, timeoutMilliseconds: 10 }, put))
  if (!outcome.ok) throw new Error(outcome.error.message)
  return outcome.value
}

const reference = (slot: number) => ({ root: `root ${slot}`, slot })
const block = (slot: number) => ({ root: `root ${slot}` }) as RootedBlock
const genesis = generateGenesis(1000, [{ pubkey: new Uint8Array(52), index: 0 }])
const state: State = genesis.ok ? genesis.value : (undefined as never)

function batch(slot: number, changes: Partial<StoreBatch> = {}): StoreBatch {
  const root = `root ${slot}`
  return {
    blocks: [block(slot)],
    states: [{ root, state }],
    finalizedPath: [],
    discarded: [],
    head: reference(slot),
    safeTarget: reference(0),
    justified: reference(0),
    votes: [],
    time: 4 * slot,
    finalized: reference(0),
    ...changes,
  }
}

const write = (changes: StoreBatch) => settle<unknown>((reply) => store.write(changes, reply))
const readBlock = (slot: number) => settle<RootedBlock | undefined>((r) => store.readBlock(`root ${slot}`, r))
const readState = (slot: number) => settle<State | undefined>((r) => store.readState(`root ${slot}`, r))

it('answers in a later turn, and knows nothing at first', async () => {
  let isAnswered = false
  store.readHeads({ answer: () => (isAnswered = true), refuse: () => false, isOpen: true })
  expect(isAnswered).toBe(false)
  await scheduler.run()
  expect(isAnswered).toBe(true)
  expect(await settle((reply) => store.readHeads(reply))).toBeUndefined()
})

it('gives back what was written, and the heads of the last batch', async () => {
  expect(await write(batch(1))).toEqual({ ok: true, value: 'written' })
  await write(batch(2, { finalized: reference(1), finalizedPath: [reference(1)] }))
  expect(await readBlock(1)).toEqual(block(1))
  expect((await readState(2))?.hashTreeRoot()).toEqual(state.hashTreeRoot())
  const heads = {
    head: reference(2),
    safeTarget: reference(0),
    justified: reference(0),
    finalized: reference(1),
    time: 8,
  }
  expect(await settle((reply) => store.readHeads(reply))).toEqual(heads)
  expect(await settle((reply) => store.readFinalizedRoot(1, reply))).toBe('root 1')
  expect(await settle((reply) => store.readFinalizedRoot(2, reply))).toBeUndefined()
})

it('drops the oldest beyond its bounds, discarded ones at once, but never the state of the finalized block', async () => {
  await write(batch(1))
  await write(batch(2, { finalized: reference(1), finalizedPath: [reference(1)] }))
  for (const slot of [3, 4, 5]) await write(batch(slot, { finalized: reference(1) }))
  expect([await readBlock(1), await readBlock(2)]).toEqual([undefined, undefined])
  expect(await readBlock(3)).toBeDefined()
  expect([await readState(2), await readState(3), await readState(4)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect([await readState(1), await readState(5)]).not.toContain(undefined)

  await write(batch(6, { finalized: reference(1), discarded: ['root 5'] }))
  expect([await readBlock(5), await readState(5)]).toEqual([undefined, undefined])
  expect(await readBlock(4)).toBeDefined()
})
