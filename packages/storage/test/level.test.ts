import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BlockReference, RootedBlock, StoredHeads, StoredHistory, WriteOutcome } from '@trine/messages'
import type { State } from '@trine/types'
import { ClassicLevel } from 'classic-level'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../src/level/database.ts'
import { type LevelBlockStoreOptions, openLevelBlockStore, verifyDatabase } from '../src/level/index.ts'
import { createLevelBlockStore, type LevelBlockStore } from '../src/level/levelBlockStore.ts'
import { asked, write, written } from './support/asked.ts'
import { batchOf, makeChain, makeValidChain, referenceTo, together, voteOf } from './support/chain.ts'
import { identity, walk } from './support/database.ts'
import { killWriters } from './support/killing.ts'

let folder = ''
let store: LevelBlockStore | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trine-store-'))
})
afterEach(async () => {
  await store?.close()
  store = undefined
  rmSync(folder, { recursive: true, force: true })
})

const open = (options: Partial<LevelBlockStoreOptions> = {}) =>
  openLevelBlockStore({ folder, ...identity, ...options })

async function opened(options: Partial<LevelBlockStoreOptions> = {}): Promise<LevelBlockStore> {
  const result = await open(options)
  if (!result.ok) throw new Error(result.error.message)
  store = result.value
  return store
}

async function expectRefusal(code: string, text: RegExp, options: Partial<LevelBlockStoreOptions> = {}) {
  const result = await open(options)
  expect(result).toMatchObject({ ok: false, error: { code, message: expect.stringMatching(text) } })
}

const readBlock = (from: LevelBlockStore, block: RootedBlock) =>
  asked<RootedBlock | undefined>((reply) => from.readBlock(block.root, reply))
const readState = (from: LevelBlockStore, block: RootedBlock) =>
  asked<State | undefined>((reply) => from.readState(block.root, reply))
const readHeads = (from: LevelBlockStore) => asked<StoredHeads | undefined>((reply) => from.readHeads(reply))

const blocks = makeChain(40)

async function fill(into: LevelBlockStore, lag = 2): Promise<void> {
  for (const index of blocks.keys()) expect(await write(into, batchOf(blocks, index, lag))).toEqual(written)
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
    store = undefined
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
    await opened()
    await expectRefusal('LOCKED', /another process/)
    await store?.close()
    store = undefined
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
    store = undefined
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
    const raw = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    })
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
    store = undefined
    const database = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    })
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
    const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    })
    await level.open()
    let isFull = false
    const database = new Proxy(level, {
      get: (target, name) => {
        if (name === 'batch' && isFull) return () => Promise.reject(new Error('no space left on device'))
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    }) as Database
    const disk = { check: async () => {}, reopen: async () => {} }
    store = createLevelBlockStore({ database, identity, retention: {}, record: undefined, disk })
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

describe('trouble', () => {
  it('of the disk fails the batch as a whole, and is over when the disk works again', async () => {
    const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    })
    await level.open()
    let isFull = false
    let reopened = 0
    const database = new Proxy<Database>(level, {
      get(target, name: keyof Database) {
        if (name === 'batch' && isFull) return () => Promise.reject(new Error('no space left on device'))
        if (name === 'open') reopened++
        const member = target[name] as (...values: unknown[]) => unknown
        return member.bind(target)
      },
    })
    const disk = {
      check: async () => {},
      reopen: async () => {
        await database.close()
        await database.open()
      },
    }
    store = createLevelBlockStore({ database, identity, retention: {}, record: undefined, disk })
    expect(await write(store, batchOf(blocks, 0))).toEqual(written)
    isFull = true
    const error = { code: 'FAILED', message: 'no space left on device' }
    expect(await write(store, batchOf(blocks, 1))).toEqual({ ok: false, error })
    expect(await write(store, batchOf(blocks, 2))).toEqual({ ok: false, error })
    expect(await readHeads(store)).toMatchObject({ head: referenceTo(blocks[0]!) })
    expect(await readBlock(store, blocks[1]!)).toBeUndefined()
    isFull = false
    expect(await write(store, together(blocks, 1, 3))).toEqual(written)
    expect(await readBlock(store, blocks[1]!)).toEqual(blocks[1])
    expect(reopened).toBe(2)
  })

  it('with the bytes of a block is a refusal that names it', async () => {
    const filled = await opened()
    await write(filled, batchOf(blocks, 0))
    await filled.close()
    const raw = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    })
    const key = Uint8Array.of(0x62, 0, 0, 0, 0, 0, 0, 0, 1, ...Buffer.from(blocks[0]!.root.slice(2), 'hex'))
    await raw.put(key, Uint8Array.of(1, 2, 3))
    await raw.close()
    await expect(readBlock(await opened(), blocks[0]!)).rejects.toThrow(
      `block ${blocks[0]!.root}: SignedBlock`,
    )
  })

  it('at any batch, as an error, as an error after all was written, or as a delay, loses nothing', async () => {
    const { blocks: valid, states } = makeValidChain(30)
    const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    })
    await level.open()
    let count = 0
    const batch = async (...parameters: Parameters<Database['batch']>) => {
      const fault = (['none', 'before', 'after', 'delay'] as const)[count++ % 4]
      if (fault === 'before') throw new Error('input/output error')
      if (fault === 'delay') await new Promise((resolve) => setTimeout(resolve, 20))
      await level.batch(...parameters)
      if (fault === 'after') throw new Error('input/output error')
    }
    const database = new Proxy<Database>(level, {
      get(target, name: keyof Database) {
        const member = target[name] as (...values: unknown[]) => unknown
        return name === 'batch' ? batch : member.bind(target)
      },
    })
    const disk = {
      check: async () => {},
      reopen: async () => {
        await level.close()
        await level.open()
      },
    }
    const retention = { snapshotSlots: 3, retainSlots: 8 }
    store = createLevelBlockStore({ database, identity, retention, record: undefined, disk })
    let failures = 0
    for (const index of valid.keys()) {
      const changes = { ...batchOf(valid, index, 2, states), votes: [voteOf(valid[index]!)] }
      // The chain tries again at the next tick, with the same changes.
      for (;;) {
        const outcome = await write(store, changes)
        if (outcome.ok) break
        expect(outcome.error).toEqual({ code: 'FAILED', message: 'input/output error' })
        failures += 1
      }
      const heads = await readHeads(store)
      expect(heads?.head).toEqual(referenceTo(valid[index]!))
      expect(await asked((reply) => store!.readVotes(reply))).toEqual(changes.votes)
    }
    expect(failures).toBe(30)
    expect((await verifyDatabase(database, identity)).problems).toEqual([])
  })

  it('that is full, as a limit of the system on files has it, is an error that loses nothing', async () => {
    const writer = fileURLToPath(new URL('./support/writer.ts', import.meta.url))
    const limited = `trap '' XFSZ; ulimit -f 1024; exec "$0" "$1" "$2"`
    const child = spawn('sh', ['-c', limited, process.execPath, writer, folder])
    let [text, complaints] = ['', '']
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.stderr.on('data', (chunk) => {
      complaints += chunk
    })
    expect(await once(child, 'close')).toEqual([1, null])
    expect(complaints).toMatch(/Error: .*(File too large|No space left)/)
    const acknowledged = Number(text.trimEnd().split('\n').at(-1))
    expect(acknowledged).toBeGreaterThan(10)
    const found = await opened({ snapshotSlots: 5, retainSlots: 20 })
    const heads = (await readHeads(found))!
    expect(heads.head.slot).toBeGreaterThanOrEqual(acknowledged)
    await walk(found, heads.head)
  })

  it('with a folder that was removed or replaced is an error until it is back', async () => {
    const place = join(folder, 'blocks')
    const away = join(folder, 'away')
    const filled = await opened({ folder: place })
    expect(await write(filled, batchOf(blocks, 0))).toEqual(written)
    renameSync(place, away)
    for (let count = 0; count < 2; count++) {
      const error = { code: 'FAILED', message: expect.stringMatching(/ENOENT.*blocks/) }
      expect(await write(filled, batchOf(blocks, 1))).toEqual({ ok: false, error })
    }
    const other = await open({ folder: place, genesisRoot: `0x${'77'.repeat(32)}` })
    if (other.ok) await other.value.close()
    const replaced = { code: 'FAILED', message: expect.stringMatching(/another one took its place/) }
    expect(await write(filled, batchOf(blocks, 1))).toEqual({ ok: false, error: replaced })
    rmSync(place, { recursive: true })
    renameSync(away, place)
    expect(await write(filled, batchOf(blocks, 1))).toEqual(written)
    for (const block of blocks.slice(0, 2)) expect(await readBlock(filled, block)).toEqual(block)
  })

  it('after the end is a refusal', async () => {
    const closed = await opened()
    await closed.close()
    store = undefined
    for (const index of [0, 1]) {
      expect(await write(closed, batchOf(blocks, index))).toMatchObject({
        ok: false,
        error: { code: 'FAILED' },
      })
    }
    await expect(readBlock(closed, blocks[0]!)).rejects.toThrow('not open')
    await opened()
  })
})

it('processes killed at any moment lose nothing that was acknowledged', async () => {
  const killed = await killWriters(folder, 10, (kill) => (kill * 17) % 60)
  expect(killed.head).toBeGreaterThan(10)
})
