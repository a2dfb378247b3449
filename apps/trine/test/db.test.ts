import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LevelBlockStore, openLevelBlockStore } from '@trine/storage/level'
import { ClassicLevel } from 'classic-level'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { write, written } from '../../../packages/storage/test/support/asked.ts'
import { batchOf, makeValidChain } from '../../../packages/storage/test/support/chain.ts'
import { identity } from '../../../packages/storage/test/support/database.ts'
import { trine } from './support/trine.ts'

let folder = ''
let data = ''
let file = ''
let store: LevelBlockStore | undefined
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trine-db-'))
  data = folder
  file = join(folder, 'export')
  const opened = await openLevelBlockStore({ folder: join(data, 'blocks'), ...identity, snapshotSlots: 4 })
  if (!opened.ok) throw new Error(opened.error.message)
  store = opened.value
  const { blocks, states } = makeValidChain(12)
  for (const index of blocks.keys())
    expect(await write(store, batchOf(blocks, index, 2, states))).toEqual(written)
})
afterEach(async () => {
  await store?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function closed(): Promise<void> {
  await store!.close()
  store = undefined
}

const db = (...args: readonly string[]) => trine(['db', ...args])

const oneLine = (text: RegExp) => ({
  exitCode: 2,
  stderr: expect.stringMatching(new RegExp(`^trine: [^\\n]*${text.source}[^\\n]*\\n$`)),
})

it('says what a database is of, verifies, compacts, exports and imports it', async () => {
  await closed()
  expect((await db('info', data)).stdout).toMatch(/genesis {7}0x4242.*\n(.*\n)*head {10}slot 12, 0x/)
  const info = JSON.parse((await db('info', join(data, 'blocks'), '--json')).stdout)
  expect(info).toMatchObject({ protocol: 'devnet-1', heads: { head: { slot: 12 }, finalized: { slot: 10 } } })
  expect(info.sizes.signatures).toBeGreaterThan(1000)
  expect(await db('verify', data)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/12 headers, 12 .*all is right/s),
  })
  expect(await db('compact', data)).toMatchObject({ exitCode: 0 })
  expect(await db('export', data, file)).toMatchObject({ exitCode: 0 })
  expect(await db('export', data, file)).toMatchObject(oneLine(/expected a new file/))
  const other = join(folder, 'other')
  expect(await db('import', file, other)).toMatchObject({ exitCode: 0 })
  expect(await db('import', file, other)).toMatchObject(oneLine(/expected a folder that does not exist/))
  expect(await db('verify', other)).toMatchObject({ exitCode: 0 })
  const again = join(folder, 'again')
  expect(await db('export', other, again)).toMatchObject({ exitCode: 0 })
  expect(readFileSync(again).equals(readFileSync(file))).toBe(true)
})

it('refuses a database in use and names the way', async () => {
  expect(await db('info', data)).toMatchObject(
    oneLine(/another process has this database open: stop the node.*POST/),
  )
  expect(await store!.backup(file)).toMatchObject({ ok: true })
  expect(await db('import', file, join(folder, 'other'))).toMatchObject({ exitCode: 0 })
})

it('refuses a file that was changed or is not whole, and what is no export', async () => {
  expect(await store!.backup(file)).toMatchObject({ ok: true })
  const bytes = readFileSync(file)
  const target = join(folder, 'other')
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(file, bytes)
  expect(await db('import', file, target)).toMatchObject(oneLine(/truncated, or was changed/))
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(file, bytes)
  truncateSync(file, bytes.length - 5)
  expect(await db('import', file, target)).toMatchObject(oneLine(/truncated, or was changed/))
  writeFileSync(file, 'nothing of that kind')
  expect(await db('import', file, target)).toMatchObject(oneLine(/expected an export of a database/))
  expect(await db('import', join(folder, 'none'), target)).toMatchObject(oneLine(/ENOENT/))
  expect(await db('verify', target)).toMatchObject(oneLine(/expected the database of a node/))
})

it('names what is wrong in a database', async () => {
  await closed()
  const raw = new ClassicLevel<Uint8Array, Uint8Array>(join(data, 'blocks'), {
    keyEncoding: 'view',
    valueEncoding: 'view',
  })
  for await (const [key, value] of raw.iterator({
    gte: Uint8Array.of(0x62),
    lt: Uint8Array.of(0x63),
    limit: 1,
  })) {
    const changed = Uint8Array.from(value)
    changed[200]! ^= 1
    await raw.put(key, changed)
  }
  await raw.close()
  expect(await db('verify', data)).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/block 0x[0-9a-f]{64}: expected/),
  })
})
