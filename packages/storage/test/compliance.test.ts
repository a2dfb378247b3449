import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystemScheduler } from '@trine/actors'
import type { BlockStore, RootedBlock } from '@trine/messages'
import type { State } from '@trine/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryBlockStore } from '../src/index.ts'
import { openLevelBlockStore } from '../src/level/index.ts'
import { asked, write, written } from './support/asked.ts'
import { batchOf, genesisState, makeChain, referenceTo, together } from './support/chain.ts'
import { identity } from './support/database.ts'

type Made = { readonly store: BlockStore; readonly end: () => Promise<void> }

const makers: Record<string, () => Promise<Made>> = {
  memory: async () => ({
    store: createMemoryBlockStore({ scheduler: createSystemScheduler() }),
    end: async () => {},
  }),
  level: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trine-store-'))
    const opened = await openLevelBlockStore({ folder, ...identity })
    if (!opened.ok) throw new Error(opened.error.message)
    const end = async () => {
      await opened.value.close()
      rmSync(folder, { recursive: true })
    }
    return { store: opened.value, end }
  },
}

const blocks = makeChain(6)
const unknown = `0x${'77'.repeat(32)}`

/** What every BlockStore does. */
describe.each(Object.keys(makers))('a block store (%s)', (kind) => {
  let made: Made
  let store: BlockStore
  beforeEach(async () => {
    made = await makers[kind]!()
    store = made.store
  })
  afterEach(() => made.end())

  const readBlock = (root: string) => asked<RootedBlock | undefined>((reply) => store.readBlock(root, reply))
  const readState = (root: string) => asked<State | undefined>((reply) => store.readState(root, reply))
  const readHeads = () => asked((reply) => store.readHeads(reply))
  const readFinalizedRoot = (slot: number) => asked((reply) => store.readFinalizedRoot(slot, reply))

  it('knows nothing at first, nor what is no root', async () => {
    expect(await readHeads()).toBeUndefined()
    expect(await readFinalizedRoot(0)).toBeUndefined()
    for (const root of [unknown, '', 'nowhere', '0x12']) {
      expect([await readBlock(root), await readState(root)]).toEqual([undefined, undefined])
    }
  })

  it('answers in a later turn', async () => {
    let isAnswered = false
    const reading = asked((reply) =>
      store.readHeads({
        ...reply,
        answer: (value) => {
          isAnswered = true
          return reply.answer(value)
        },
      }),
    )
    expect(isAnswered).toBe(false)
    await reading
    expect(isAnswered).toBe(true)
  })

  it('gives back blocks as they were, the heads of the last batch and the finalized index', async () => {
    for (const index of blocks.keys()) expect(await write(store, batchOf(blocks, index))).toEqual(written)
    for (const block of blocks) expect(await readBlock(block.root)).toEqual(block)
    const [head, finalized] = [referenceTo(blocks[5]!), referenceTo(blocks[3]!)]
    expect(await readHeads()).toEqual({
      head,
      safeTarget: finalized,
      justified: finalized,
      finalized,
      time: 24,
    })
    for (const block of blocks.slice(0, 4)) {
      expect(await readFinalizedRoot(referenceTo(block).slot)).toBe(block.root)
    }
    expect(await readFinalizedRoot(5)).toBeUndefined()
  })

  it('has the state of a finalized block, and gives a view of its own', async () => {
    for (const index of blocks.keys()) await write(store, batchOf(blocks, index))
    const states = []
    for (const { root } of blocks.slice(0, 4)) states.push(await readState(root))
    const state = states.find((found) => found !== undefined)!
    expect(state.hashTreeRoot()).toEqual(genesisState.hashTreeRoot())
    state.slot = 99
    expect(genesisState.slot).toBe(0)
  })

  it('applies batches in order, without waiting in between', async () => {
    const outcomes = await Promise.all(blocks.map((_, index) => write(store, batchOf(blocks, index))))
    expect(outcomes).toEqual(blocks.map(() => written))
    expect(await readHeads()).toMatchObject({ head: referenceTo(blocks[5]!) })
  })

  it('forgets what is discarded, and only that', async () => {
    await write(store, together(blocks, 0, 3))
    await write(store, { ...batchOf(blocks, 3), discarded: [blocks[1]!.root, unknown] })
    expect(await readBlock(blocks[1]!.root)).toBeUndefined()
    for (const index of [0, 2, 3]) expect(await readBlock(blocks[index]!.root)).toBeDefined()
  })
})
