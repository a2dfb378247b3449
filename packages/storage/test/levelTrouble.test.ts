import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { newDatabase } from '../src/level/database.ts'
import { verifyDatabase } from '../src/level/index.ts'
import { asked, write, written } from './support/asked.ts'
import { batchOf, makeValidChain, referenceTo, together, voteOf } from './support/chain.ts'
import { identity, walk } from './support/database.ts'
import { killWriters } from './support/killing.ts'
import {
  blocks,
  folder,
  open,
  opened,
  openedWithFaults,
  readBlock,
  readHeads,
} from './support/levelFolder.ts'

describe('trouble', () => {
  it('of the disk fails the batch as a whole, and is over when the disk works again', async () => {
    let isFull = false
    const { store, reopenings } = await openedWithFaults(async (writeBatch) => {
      if (isFull) throw new Error('no space left on device')
      await writeBatch()
    })
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
    expect(reopenings()).toBe(2)
  })

  it('with the bytes of a block is a refusal that names it', async () => {
    const filled = await opened()
    await write(filled, batchOf(blocks, 0))
    await filled.close()
    const raw = newDatabase(folder)
    const key = Uint8Array.of(0x62, 0, 0, 0, 0, 0, 0, 0, 1, ...Buffer.from(blocks[0]!.root.slice(2), 'hex'))
    await raw.put(key, Uint8Array.of(1, 2, 3))
    await raw.close()
    await expect(readBlock(await opened(), blocks[0]!)).rejects.toThrow(
      `block ${blocks[0]!.root}: SignedBlock`,
    )
  })

  it('at any batch, as an error, as an error after all was written, or as a delay, loses nothing', async () => {
    const { blocks: valid, states } = makeValidChain(30)
    let count = 0
    const faults = async (writeBatch: () => Promise<void>) => {
      const fault = (['none', 'before', 'after', 'delay'] as const)[count++ % 4]
      if (fault === 'before') throw new Error('input/output error')
      if (fault === 'delay') await new Promise((resolve) => setTimeout(resolve, 20))
      await writeBatch()
      if (fault === 'after') throw new Error('input/output error')
    }
    const { store, database } = await openedWithFaults(faults, { snapshotSlots: 3, retainSlots: 8 })
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
      expect(await asked((reply) => store.readVotes(reply))).toEqual(changes.votes)
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

// Ten processes start one after the other: on a busy machine that alone takes minutes.
it('processes killed at any moment lose nothing that was acknowledged', { timeout: 300_000 }, async () => {
  const killed = await killWriters(folder, 10, (kill) => (kill * 17) % 60)
  expect(killed.head).toBeGreaterThan(10)
})
