import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RootedBlock, StoredHeads } from '@trine/messages'
import type { State } from '@trine/types'
import { afterEach, beforeEach, expect } from 'vitest'
import { type Database, newDatabase } from '../../src/level/database.ts'
import { type LevelBlockStoreOptions, openLevelBlockStore, type Retention } from '../../src/level/index.ts'
import { createLevelBlockStore, type LevelBlockStore } from '../../src/level/levelBlockStore.ts'
import { asked, write, written } from './asked.ts'
import { batchOf, makeChain } from './chain.ts'
import { identity } from './database.ts'

/** The folder of the test that runs: after it, it is gone, and the stores opened here are closed. */
export let folder = ''
const stores: LevelBlockStore[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trine-store-'))
})
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  rmSync(folder, { recursive: true, force: true })
})

export const open = (options: Partial<LevelBlockStoreOptions> = {}) =>
  openLevelBlockStore({ folder, ...identity, ...options })

export async function opened(options: Partial<LevelBlockStoreOptions> = {}): Promise<LevelBlockStore> {
  const result = await open(options)
  if (!result.ok) throw new Error(result.error.message)
  stores.push(result.value)
  return result.value
}

/** A store whose every batch goes through `around`, which writes it or fails. */
export async function openedWithFaults(
  around: (writeBatch: () => Promise<void>) => Promise<void>,
  retention: Retention = {},
) {
  const level = newDatabase(folder)
  await level.open()
  const batch = (...parameters: Parameters<Database['batch']>) =>
    around(async () => void (await level.batch(...parameters)))
  const database = new Proxy<Database>(level, {
    get(target, name: keyof Database) {
      const member = target[name] as (...values: unknown[]) => unknown
      return name === 'batch' ? batch : member.bind(target)
    },
  })
  let reopenings = 0
  const disk = {
    check: async () => {},
    reopen: async () => {
      reopenings += 1
      await level.close()
      await level.open()
    },
  }
  const store = createLevelBlockStore({ database, identity, retention, record: undefined, disk })
  stores.push(store)
  return { store, database, reopenings: () => reopenings }
}

export const readBlock = (from: LevelBlockStore, block: RootedBlock) =>
  asked<RootedBlock | undefined>((reply) => from.readBlock(block.root, reply))
export const readState = (from: LevelBlockStore, block: RootedBlock) =>
  asked<State | undefined>((reply) => from.readState(block.root, reply))
export const readHeads = (from: LevelBlockStore) =>
  asked<StoredHeads | undefined>((reply) => from.readHeads(reply))

export const blocks = makeChain(40)

export async function fill(into: LevelBlockStore, lag = 2): Promise<void> {
  for (const index of blocks.keys()) expect(await write(into, batchOf(blocks, index, lag))).toEqual(written)
}
