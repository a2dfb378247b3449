import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { success } from '@trine/types'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readBackupFile, writeBackupFile } from '../src/level/backupFile.ts'

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trine-backup-'))
  file = join(folder, 'export')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const description = new TextEncoder().encode('{"what":"a test"}')
const aRow = fc.tuple(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 3000 }))

async function* from<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values
}

async function readAll(path: string) {
  const rows: [Uint8Array, Uint8Array][] = []
  let described: Uint8Array | undefined
  const read = await readBackupFile(path, {
    description: (bytes) => {
      described = bytes
      return success(undefined)
    },
    row: async ({ key, value }) => void rows.push([key, value]),
  })
  return { read, rows, described }
}

it('comes back as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aRow, { maxLength: 20 }), async (rows) => {
      rmSync(file, { force: true })
      const written = await writeBackupFile(file, description, from(rows))
      const back = await readAll(file)
      expect(back).toEqual({ read: written, rows, described: description })
    }),
    { numRuns: 30 },
  )
})

it('larger than a chunk comes back too', async () => {
  const rows = [1, 2, 3].map((byte) => [Uint8Array.of(byte), new Uint8Array(1_500_000).fill(byte)] as const)
  await writeBackupFile(file, description, from(rows))
  const back = await readAll(file)
  expect(back.read).toMatchObject({ ok: true, value: { rows: 3 } })
  expect(back.rows.map(([, value]) => Buffer.compare(value, rows[value[0]! - 1]![1]))).toEqual([0, 0, 0])
})

it('asked for twice at a time is refused once, and written once', async () => {
  let second: Awaited<ReturnType<typeof writeBackupFile>> | undefined
  const rows = async function* () {
    yield [Uint8Array.of(1), Uint8Array.of(2)] as const
    second = await writeBackupFile(file, description, from([]))
    yield [Uint8Array.of(3), Uint8Array.of(4)] as const
  }
  const first = await writeBackupFile(file, description, rows())
  expect(second).toMatchObject({ ok: false, error: { code: 'FILE_EXISTS' } })
  expect(first).toMatchObject({ ok: true, value: { rows: 2 } })
  expect((await readAll(file)).read).toEqual(first)
  expect(readdirSync(folder)).toEqual(['export'])
})

it('changed anywhere, cut or extended is refused', async () => {
  const rows = [1, 2, 3].map((byte) => [Uint8Array.of(byte), new Uint8Array(200).fill(byte)] as const)
  await writeBackupFile(file, description, from(rows))
  const whole = new Uint8Array(readFileSync(file))
  const changed = join(folder, 'changed')
  const refuses = async (bytes: Uint8Array) => {
    writeFileSync(changed, bytes)
    expect((await readAll(changed)).read.ok).toBe(false)
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      await refuses(whole.map((byte, index) => (index === at ? byte ^ mask : byte)))
    }),
    { numRuns: 150 },
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), async (length) => refuses(whole.subarray(0, length))),
    { numRuns: 50 },
  )
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), refuses), { numRuns: 50 })
  await refuses(Uint8Array.of(...whole, 0))
})
