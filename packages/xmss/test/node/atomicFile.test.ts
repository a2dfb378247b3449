import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeTemporaryFiles, writeFileAtomic } from '../../src/node/atomicFile.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xmss-atomic-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('writeFileAtomic', () => {
  it('writes for the owner alone and leaves nothing else', async () => {
    const file = join(folder, 'key')
    await writeFileAtomic(file, Uint8Array.of(1, 2, 3), 'create')
    expect([...readFileSync(file)]).toEqual([1, 2, 3])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['key'])
  })

  it('create never replaces, replace does, also a file that others could read', async () => {
    const file = join(folder, 'key')
    writeFileSync(file, 'old', { mode: 0o644 })
    await expect(writeFileAtomic(file, 'new', 'create')).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readFileSync(file, 'utf8')).toBe('old')
    await writeFileAtomic(file, 'new', 'replace')
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['key'])
  })

  it('one of two writers at once wins', async () => {
    const file = join(folder, 'key')
    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((text) => writeFileAtomic(file, text.repeat(100_000), 'create')),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(new Set(readFileSync(file, 'utf8')).size).toBe(1)
    expect(readdirSync(folder)).toEqual(['key'])
  })
})

it('removeTemporaryFiles takes what an interrupted write left, and only that', async () => {
  const kept = ['validator_0_sk.ssz', '.hidden', '.x.tmp', 'a.0123456789abcdef.tmp']
  const left = '.validator_0_sk.ssz.0123456789abcdef.tmp'
  for (const name of [...kept, left]) writeFileSync(join(folder, name), '')
  expect(await removeTemporaryFiles(folder)).toEqual([left])
  expect(readdirSync(folder).sort()).toEqual([...kept].sort())
})
