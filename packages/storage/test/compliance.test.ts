import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystemScheduler } from '@trine/actors'
import type {
  BlockStore,
  HistoryStore,
  RootedBlock,
  StoredHistory,
  StoredImport,
  StoredVotes,
  WriteOutcome,
} from '@trine/messages'
import { type State, toHex } from '@trine/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryBlockStore } from '../src/index.ts'
import { openLevelBlockStore } from '../src/level/index.ts'
import { asked, write, written } from './support/asked.ts'
import {
  batchOf,
  genesisState,
  makeBlock,
  makeChain,
  makeValidChain,
  referenceTo,
  together,
  voteOf,
} from './support/chain.ts'
import { identity } from './support/database.ts'

type Made = { readonly store: BlockStore & HistoryStore; readonly end: () => Promise<void> }

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
  let store: BlockStore & HistoryStore
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

  it('hands imports out by slot, side branches too, whole slots at a time, with their checkpoints', async () => {
    const chain = makeValidChain(150)
    const side = [70, 64, 64].map((slot, index) => makeBlock(slot, new Uint8Array(32).fill(index)))
    for (const index of chain.blocks.keys()) {
      const batch = batchOf(chain.blocks, index, 2, chain.states)
      const sides = index === 149 ? side : []
      const states = [...batch.states, ...sides.map(({ root }) => ({ root, state: genesisState }))]
      await write(store, { ...batch, blocks: [...batch.blocks, ...sides], states })
    }
    const found: StoredImport[] = []
    for (let after = 0; ; ) {
      const page = await asked<readonly StoredImport[]>((reply) => store.readImports(after, reply))
      if (page.length === 0) break
      expect(page.length).toBeLessThan(100)
      found.push(...page)
      after = referenceTo(page.at(-1)!).slot
    }
    const slots = found.map((block) => referenceTo(block).slot)
    expect(slots).toEqual([...slots].sort((left, right) => left - right))
    expect(found.map(({ root }) => root).sort()).toEqual(
      [...chain.blocks, ...side].map(({ root }) => root).sort(),
    )
    for (const { root, latestJustified, latestFinalized } of found) {
      const state = chain.states.get(root) ?? genesisState
      expect(latestJustified).toEqual(state.latestJustified.toValue())
      expect(latestFinalized).toEqual(state.latestFinalized.toValue())
    }
  })

  it('has the latest votes of each validator as of the last batch that named them', async () => {
    expect(await asked((reply) => store.readVotes(reply))).toEqual([])
    const [first, second, third] = blocks.map((block) => voteOf(block).new!)
    const steps: StoredVotes[] = [
      { validatorIndex: 0, known: undefined, new: first },
      { validatorIndex: 0, known: first, new: second },
      { validatorIndex: 1, known: second, new: second },
      { validatorIndex: 0, known: second, new: undefined },
      { validatorIndex: 1, known: third, new: first },
    ]
    for (const [index, votes] of steps.entries()) {
      await write(store, { ...batchOf(blocks, index), votes: [votes] })
      const latest = new Map(steps.slice(0, index + 1).map((step) => [step.validatorIndex, step]))
      const expected = [...latest.values()].sort((left, right) => left.validatorIndex - right.validatorIndex)
      expect(await asked((reply) => store.readVotes(reply))).toEqual(expected)
    }
  })

  describe('that began at a checkpoint', () => {
    const chain = makeValidChain(12)
    const [before, after] = [chain.blocks.slice(0, 6), chain.blocks.slice(6)]
    const writeHistory = (history: readonly RootedBlock[]) =>
      asked<WriteOutcome>((reply) => store.writeHistory(history, reply))
    const readHistory = () => asked<StoredHistory | undefined>((reply) => store.readHistory(reply))
    const readImports = () => asked<readonly StoredImport[]>((reply) => store.readImports(0, reply))
    const begin = async () => {
      for (const index of after.keys()) {
        const { states, ...batch } = batchOf(chain.blocks, 6 + index, index < 2 ? 100 : 2, chain.states)
        await write(store, { ...batch, states: states.filter(({ root }) => chain.states.has(root)) })
      }
    }

    it('knows nothing of history before a block is final', async () => {
      expect(await readHistory()).toBeUndefined()
      await write(store, batchOf(chain.blocks, 6, 100, chain.states))
      expect(await readHistory()).toBeUndefined()
    })

    it('names the blocks before the lowest final one', async () => {
      await begin()
      const history = await readHistory()
      expect(history?.lowest).toEqual(referenceTo(after[0]!))
      const { roots } = history!
      const named = Array.from({ length: roots.length / 32 }, (_, slot) =>
        toHex(roots.subarray(32 * slot, 32 * slot + 32)),
      )
      const genesis = toHex(before[0]!.signedBlock.message.block.parentRoot)
      expect(named).toEqual([genesis, ...before.map(({ root }) => root)])
    })

    it('takes final blocks from before, and nothing else changes', async () => {
      await begin()
      const [heads, imports] = [await readHeads(), await readImports()]
      const history = before.slice(3).reverse()
      expect(await writeHistory(history)).toEqual(written)
      for (const block of chain.blocks.slice(3)) expect(await readBlock(block.root)).toEqual(block)
      for (const block of before.slice(3)) {
        expect(await readFinalizedRoot(referenceTo(block).slot)).toBe(block.root)
        expect(await readState(block.root)).toBeUndefined()
      }
      expect(await readBlock(before[2]!.root)).toBeUndefined()
      expect((await readHistory())?.lowest).toEqual(referenceTo(before[3]!))
      expect([await readHeads(), await readImports()]).toEqual([heads, imports])
      expect(imports.map(({ root }) => root)).toEqual(after.map(({ root }) => root))
    })

    it('leaves a block that it has as it is', async () => {
      await begin()
      const imports = await readImports()
      expect(await writeHistory([after[0]!, before[5]!])).toEqual(written)
      expect(await readImports()).toEqual(imports)
    })
  })

  it('forgets what is discarded, and only that', async () => {
    await write(store, together(blocks, 0, 3))
    await write(store, { ...batchOf(blocks, 3), discarded: [blocks[1]!.root, unknown] })
    expect(await readBlock(blocks[1]!.root)).toBeUndefined()
    for (const index of [0, 2, 3]) expect(await readBlock(blocks[index]!.root)).toBeDefined()
  })

  it('never has what the batch that brings it discards', async () => {
    const gone = blocks[1]!.root
    await write(store, { ...together(blocks, 0, 3), discarded: [gone] })
    expect([await readBlock(gone), await readState(gone)]).toEqual([undefined, undefined])
    const imports = await asked<readonly StoredImport[]>((reply) => store.readImports(0, reply))
    expect(imports.map(({ root }) => root)).toEqual([blocks[0]!.root, blocks[2]!.root])
  })
})
