import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SmallDisk, whyNoSmallDisk } from '../src/acceptance/smallDisk.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'trine-disk-')), 'data')
  mkdirSync(folder)
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

it('a small disk begins as a copy, fills up for who is on it, and is kept; or the machine says why not', {
  timeout: 60_000,
}, async () => {
  writeFileSync(join(folder, 'before'), 'b')
  const reason = await whyNoSmallDisk()
  if (reason !== undefined) {
    // Nothing was done to the folder of the node.
    expect([reason, readFileSync(join(folder, 'before'), 'utf8')]).toEqual([expect.stringMatching(/./), 'b'])
    return
  }
  const disk = await SmallDisk.mount(folder, 2 ** 20)
  try {
    const run = (script: string) => {
      const [command, ...args] = disk.launcher
      return spawnSync(command!, [...args, 'sh', '-c', script, 'sh', folder], { encoding: 'utf8' })
    }
    expect(run('cat "$1/before"')).toMatchObject({ status: 0, stdout: 'b' })
    expect(run('pwd')).toMatchObject({ stdout: `${process.cwd()}\n` })
    disk.fill()
    expect(statfsSync(disk.path).bavail).toBe(0)
    expect(run('echo a > "$1/after"').status).not.toBe(0)
    // What has its room already can be written: a ledger of keys has.
    expect(run('printf c | dd of="$1/before" conv=notrunc 2>/dev/null').status).toBe(0)
    disk.free()
    expect(run('echo a > "$1/after"').status).toBe(0)
    disk.fill()
    expect([existsSync(join(folder, 'after')), readFileSync(join(folder, 'before'), 'utf8')]).toEqual([
      false,
      'b',
    ])
    disk.keep()
    expect(readFileSync(join(folder, 'after'), 'utf8')).toBe('a\n')
    expect(readFileSync(join(folder, 'before'), 'utf8')).toBe('c')
    expect(existsSync(join(folder, 'filler'))).toBe(false)
  } finally {
    await disk.unmount()
  }
})

it('a folder that is not there is refused, with what the machine says', async () => {
  await expect(SmallDisk.mount(join(folder, 'none'), 2 ** 20)).rejects.toThrow(/./)
})
