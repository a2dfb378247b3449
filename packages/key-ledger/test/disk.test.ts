import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { pathsOf } from '../src/index.ts'
import { nodeLedgerFiles as files } from '../src/node/index.ts'
import { signAndKill } from './support/killing.ts'
import { open, opened, outcomeOf, publicKey } from './support/ledgers.ts'

const LOCKER = fileURLToPath(new URL('./support/locker.ts', import.meta.url))

/** Asks for a lock in another process. */
function lockElsewhere(path: string): string {
  return execFileSync(process.execPath, [LOCKER, path], { encoding: 'utf8' }).trim()
}

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trine-ledger-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('processes killed at any moment never sign an epoch twice', async () => {
  let kill = 0
  const { epochs, twice } = await signAndKill(folder, 10, () => 1 + ((kill++ * 37) % 150))
  expect(twice).toEqual([])
  expect(epochs.length).toBeGreaterThan(10)
  const ledger = await opened({ files, folder })
  expect(ledger.highestReserved(publicKey)).toBeGreaterThanOrEqual(epochs.at(-1)!)
  await ledger.close()
})

it('goes on where it ended, and is one process at a time', async () => {
  const first = await opened({ files, folder })
  expect(await outcomeOf(first, 3)).toBe('reserved')
  expect(await open({ files, folder })).toMatchObject({ ok: false, error: { code: 'LOCKED' } })
  await first.close()
  const second = await opened({ files, folder })
  expect(second.highestReserved(publicKey)).toBe(3)
  await second.close()
})

it('asked for twice in one process, is still held against others', async () => {
  const path = join(folder, 'key.lock')
  const held = await files.lock(path)
  const alias = join(folder, 'alias')
  symlinkSync(folder, alias, 'junction')
  for (const again of [path, join(alias, 'key.lock')]) expect(await files.lock(again)).toBeUndefined()
  expect(lockElsewhere(path)).toBe('refused')
  await held!.release()
  expect(lockElsewhere(path)).toBe('given')
  const next = await files.lock(path)
  await next!.release()
})

it('does not open in a folder that is not there', async () => {
  const result = await open({ files, folder: join(folder, 'none', 'such') })
  expect(result).toMatchObject({ ok: false, error: { code: 'FILE_FAILED' } })
})

it('signs no more when its folder is taken away, and again when that is back', async () => {
  const ledger = await opened({ files, folder })
  expect(await outcomeOf(ledger, 0)).toBe('reserved')
  const away = `${folder}-away`
  renameSync(folder, away)
  expect(await outcomeOf(ledger, 100)).toBe('UNAVAILABLE')
  mkdirSync(folder)
  expect(await outcomeOf(ledger, 101)).toBe('UNAVAILABLE')
  rmSync(folder, { recursive: true })
  renameSync(away, folder)
  expect(await outcomeOf(ledger, 102)).toBe('reserved')
  await ledger.close()
})

it('signs no more when another file took the place of the ledger', async () => {
  const ledger = await opened({ files, folder })
  const path = pathsOf({ folder }, publicKey).ledger
  renameSync(path, `${path}.old`)
  await (await files.create(path, new Uint8Array(8192))).close()
  expect(await outcomeOf(ledger, 100)).toBe('UNAVAILABLE')
  await expect(ledger.close()).rejects.toThrow('another one took its place')
})
