import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BlockReference, RootedBlock, StoredHistory, WriteOutcome } from '@trine/messages'
import { ClassicLevel } from 'classic-level'
import { describe, expect, it } from 'vitest'
import { newDatabase } from '../src/level/database.ts'
import { type LevelBlockStoreOptions, verifyDatabase } from '../src/level/index.ts'
import type { LevelBlockStore } from '../src/level/levelBlockStore.ts'
import { asked, write, written } from './support/asked.ts'
import { batchOf, makeValidChain, referenceTo } from './support/chain.ts'
import { identity, walk } from './support/database.ts'
import {
  blocks,
  fill,
  folder,
  open,
  opened,
  openedWithFaults,
  readBlock,
  readHeads,
  readState,
} from './support/levelFolder.ts'

async function expectRefusal(code: string, text: RegExp, options: Partial<LevelBlockStoreOptions> = {}) {
  const result = await open(options)
  expect(result).toMatchObject({ ok: false, error: { code, message: expect.stringMatching(text) } })
}

describe('opening', () => {
  it('finds again what was written', async () => {
    const first = await opened()
    await fill(first)
    const before = await readHeads(first)
    await first.close()
    const second = await opened()
    expect(await readHeads(second)).toEqual(before)
    for (const block of blocks) expect(await readBlock(second, block)).toEqual(block)
  })

  it('refuses a database of something else, and leaves it alone', async () => {
    await (await opened()).close()
    const other = `0x${'43'.repeat(32)}`
    await expectRefusal('OTHER_GENESIS', /expected a database of genesis 0x4343.*got one of 0x4242/, {
      genesisRoot: other,
    })
    await expectRefusal('OTHER_PROTOCOL', /expected a database of protocol devnet-2, got one of devnet-1/, {
      protocol: 'devnet-2',
    })
    await expectRefusal('OTHER_SIGNATURE_ENCODING', /expected .* ssz, got one of ssz3112/, {
      signatureEncoding: 'ssz',
    })
    await opened()
  })

  it('refuses one that is in use, of a newer schema, not of Trine, or damaged', async () => {
    const other = await opened()
    await expectRefusal('LOCKED', /another process/)
    await other.close()
    const raw = new ClassicLevel<string, string>(folder)
    await raw.put('m', '{"schema":3}')
    await raw.close()
    await expectRefusal('NEWER_SCHEMA', /expected a database of schema 2, got one of 3/)
    await raw.open()
    await raw.put('m', '{"schema":1}')
    await raw.close()
    await expectRefusal('OLDER_SCHEMA', /expected a database of schema 2, got one of 1/)
    await raw.open()
    await raw.put('m', 'nothing')
    await raw.close()
    await expectRefusal('DAMAGED', /cannot be read/)
    await raw.open()
    await raw.del('m')
    await raw.put('x', 'y')
    await raw.close()
    await expectRefusal('DAMAGED', /got another one/)
    for (const name of readdirSync(folder))
      if (name.startsWith('MANIFEST')) writeFileSync(join(folder, name), 'x')
    await expectRefusal('DAMAGED', /corrupt/i)
  })

  it('does not make folders above: a disk that is missing is no first start', async () => {
    await expectRefusal('FILE_FAILED', /ENOENT/, { folder: join(folder, 'none', 'such') })
  })
})

describe('what is kept', () => {
  it('of the states is the last four that were final and far enough apart', async () => {
    const filled = await opened({ snapshotSlots: 7 })
    await fill(filled)
    const withState = []
    for (const block of blocks) if (await readState(filled, block)) withState.push(referenceTo(block).slot)
    expect(withState).toEqual([15, 22, 29, 36])
    expect((await walk(filled, referenceTo(blocks[39]!))).map((block) => referenceTo(block).slot)).toEqual([
      36, 37, 38, 39, 40,
    ])
  })

  it('of the states is none whose block was discarded, before or with the batch that brings it', async () => {
    const filled = await opened({ snapshotSlots: 2 })
    const storedSlots = async () =>
      (await asked<readonly BlockReference[]>((reply) => filled.readStoredStates(reply))).map(
        ({ slot }) => slot,
      )
    const [first, second] = [batchOf(blocks, 3, 1000), batchOf(blocks, 5, 1000)]
    await write(filled, first)
    expect(await storedSlots()).toEqual([4])
    await write(filled, { ...second, discarded: [first.head.root, second.head.root] })
    expect(await storedSlots()).toEqual([])
    for (const index of [3, 5]) expect(await readState(filled, blocks[index]!)).toBeUndefined()
  })

  it('of the blocks is what the retention says, and always what a restart needs', async () => {
    for (const [retainSlots, snapshotSlots, oldest] of [
      [undefined, 2, 1],
      [15, 2, 23],
      [0, 2, 31],
      [0, 1, 35],
    ] as const) {
      const place = join(folder, `${retainSlots}-${snapshotSlots}`)
      const filled = await opened({ folder: place, retainSlots, snapshotSlots })
      await fill(filled)
      const kept = []
      for (const block of blocks) if (await readBlock(filled, block)) kept.push(referenceTo(block).slot)
      expect([retainSlots, kept[0], kept.length]).toEqual([retainSlots, oldest, 41 - oldest])
      expect(await asked((reply) => filled.readFinalizedRoot(1, reply))).toBe(blocks[0]!.root)
      await filled.close()
    }
  })

  it('without finality is every block of the chain, and ever fewer states the older they are', async () => {
    const filled = await opened({ retainSlots: 0, snapshotSlots: 2 })
    await fill(filled, 1000)
    for (const block of blocks) expect(await readBlock(filled, block)).toEqual(block)
    const stored = await asked<readonly BlockReference[]>((reply) => filled.readStoredStates(reply))
    const slots = stored.map(({ slot }) => slot)
    expect(slots.length).toBe(16)
    expect(slots.slice(-8)).toEqual([26, 28, 30, 32, 34, 36, 38, 40])
    for (const { root } of stored) expect(await readState(filled, { root } as RootedBlock)).toBeDefined()
  })

  it('of old blocks are the header and, for longer, the votes, without signatures', async () => {
    const filled = await opened({ retainSlots: 10, retainBodySlots: 20, snapshotSlots: 1 })
    await fill(filled)
    await filled.close()
    const raw = newDatabase(folder)
    const rows = { n: 0, b: 0, g: 0, r: 0, f: 0 }
    for await (const key of raw.keys()) {
      const table = String.fromCharCode(key[0]!)
      if (table in rows) rows[table as keyof typeof rows] += 1
    }
    await raw.close()
    expect(rows).toEqual({ n: 40, r: 40, f: 38, g: 13, b: 23 })
  })
})

describe('blocks from before the others', () => {
  const { blocks: chain, states } = makeValidChain(40)
  const put = (into: LevelBlockStore, history: readonly RootedBlock[]) =>
    asked<WriteOutcome>((reply) => into.writeHistory(history, reply))
  const lowestOf = async (from: LevelBlockStore) =>
    (await asked<StoredHistory | undefined>((reply) => from.readHistory(reply)))?.lowest
  const begin = async (into: LevelBlockStore, from: number, to: number) => {
    for (let index = from; index < to; index++)
      await write(into, batchOf(chain, index, index < 22 ? 100 : 2, states))
  }

  it('make one database with them, which is found again and verified', async () => {
    const first = await opened()
    await begin(first, 20, 40)
    expect(await put(first, chain.slice(10, 20).reverse())).toEqual(written)
    await first.close()
    const second = await opened()
    expect(await lowestOf(second)).toEqual(referenceTo(chain[10]!))
    expect(await put(second, chain.slice(0, 10).reverse())).toEqual(written)
    await second.close()
    const database = newDatabase(folder)
    const { checked, problems } = await verifyDatabase(database, identity)
    await database.close()
    expect(problems).toEqual([])
    expect(checked).toMatchObject({ headers: 40, blocks: 40, finalized: 38 })
  })

  it('are dropped by the retention like all others, and their headers stay', async () => {
    const filled = await opened({ retainSlots: 15, snapshotSlots: 1 })
    await begin(filled, 20, 30)
    expect(await put(filled, chain.slice(5, 20).reverse())).toEqual(written)
    for (const block of chain.slice(13, 30)) expect(await readBlock(filled, block)).toEqual(block)
    await begin(filled, 30, 40)
    const kept = []
    for (const block of chain) if (await readBlock(filled, block)) kept.push(referenceTo(block).slot)
    expect([kept[0], kept.length]).toEqual([23, 18])
    expect(await lowestOf(filled)).toEqual(referenceTo(chain[5]!))
  })

  it('that cannot be written are not there, and can be written later', async () => {
    let isFull = false
    const { store } = await openedWithFaults(async (writeBatch) => {
      if (isFull) throw new Error('no space left on device')
      await writeBatch()
    })
    await begin(store, 20, 40)
    isFull = true
    const history = chain.slice(10, 20).reverse()
    expect(await put(store, history)).toMatchObject({ ok: false, error: { code: 'FAILED' } })
    expect([await lowestOf(store), await readBlock(store, chain[19]!)]).toEqual([
      referenceTo(chain[20]!),
      undefined,
    ])
    isFull = false
    expect(await put(store, history)).toEqual(written)
    expect(await lowestOf(store)).toEqual(referenceTo(chain[10]!))
  })
})
