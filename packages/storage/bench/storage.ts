/**
 * What blocks and states cost on this disk: import with and without it, a restart, pruning, a long time without finality,
 * and processes that are killed. `npm run bench -- storage [--blocks N] [--slots N] [--kills N] [--json FILE]`
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreBatch } from '@trine/messages'
import { bytesInUse, printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { createMemoryBlockStore } from '../src/index.ts'
import { type LevelBlockStore, openLevelBlockStore, type Retention } from '../src/level/index.ts'
import { asked, write } from '../test/support/asked.ts'
import { killWriters } from '../test/support/killing.ts'
import { BenchChain } from './benchChain.ts'
import { BenchService } from './benchService.ts'

const VALIDATORS = 16
const folder = mkdtempSync(join(tmpdir(), 'trine-storage-bench-'))

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}

async function open(name: string, chain: BenchChain, retention: Retention = {}): Promise<LevelBlockStore> {
  const { genesisRoot } = chain
  const place = join(folder, name)
  const opened = await openLevelBlockStore({
    folder: place,
    genesisRoot,
    protocol: 'bench',
    signatureEncoding: 'ssz3112',
    ...retention,
  })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function sizeOnDisk(name: string): number {
  const place = join(folder, name)
  return readdirSync(place).reduce((sum, file) => sum + statSync(join(place, file)).size, 0)
}

/** A service that imports blocks as sync hands them over, without a store, with one in memory, on disk. */
async function importFigures(count: number): Promise<Row[]> {
  const chain = new BenchChain(VALIDATORS)
  const blocks = Array.from({ length: count }, () => chain.next())
  const rows: Row[] = []
  for (const kind of ['no store', 'memory', 'disk', 'no store', 'memory', 'disk']) {
    const level = kind === 'disk' ? await open('import', chain) : undefined
    const service = new BenchService(chain, (scheduler) =>
      kind === 'memory' ? createMemoryBlockStore({ scheduler }) : level,
    )
    await service.tick(count)
    await service.import(blocks.slice(0, 64))
    const time = await timed(() => service.import(blocks.slice(64)))
    service.end()
    await level?.close()
    rmSync(join(folder, 'import'), { recursive: true, force: true })
    rows.push({ store: kind, 'blocks per second': threeDigits((1000 * (count - 64)) / time) })
  }
  return rows
}

/** A database of many blocks, written as the chain does: its size, then restarts of a service on it. */
async function restartFigures(chain: BenchChain, count: number): Promise<Row> {
  const store = await open('long', chain)
  let stateBytes = 0
  const time = await timed(async () => {
    stateBytes = await fill(store, chain, count)
  })
  await store.close()
  const again = await open('long', chain)
  const sizes = await again.tableSizes()
  await again.close()
  const restarts: { time: number; cpu: number }[] = []
  for (let round = 0; round < 5; round++) restarts.push(await restart('long', chain, count))
  const fastest = restarts.sort((left, right) => left.time - right.time)[0]!
  return {
    blocks: count,
    'written per second': threeDigits((1000 * count) / time),
    'bytes per block': Math.round(sizeOnDisk('long') / count),
    'of it header and index': Math.round((sizes.headers + sizes.slots + sizes.finalized) / count),
    'bytes per state': stateBytes,
    'restart to the first tick answered, ms': Math.round(fastest.time),
    'of it processor, ms': Math.round(fastest.cpu),
  }
}

/** From opening the database to the answer after the first tick, and the processor's share of it: a disk or machine that others use waits. */
async function restart(
  name: string,
  chain: BenchChain,
  slot: number,
): Promise<{ time: number; cpu: number }> {
  let store: LevelBlockStore | undefined
  let service: BenchService | undefined
  const before = process.cpuUsage()
  const time = await timed(async () => {
    store = await open(name, chain)
    service = new BenchService(chain, () => store)
    await service.tick(slot + 1)
  })
  const { user, system } = process.cpuUsage(before)
  const { head } = await service!.ask({ type: 'getChain' })
  if (head.slot !== slot) throw new Error(`expected head ${slot}, got ${head.slot}`)
  service!.end()
  await store!.close()
  return { time, cpu: (user + system) / 1000 }
}

/** Writes blocks in portions of 16, each finalized three slots later. */
async function fill(store: LevelBlockStore, chain: BenchChain, count: number): Promise<number> {
  const last: { root: string; slot: number; state: StoreBatch['states'][number]['state'] }[] = []
  for (let slot = 1; slot <= count; ) {
    const blocks: StoreBatch['blocks'][number][] = []
    const finalizedPath: StoreBatch['head'][] = []
    for (; blocks.length < 16 && slot <= count; slot++) {
      const { block, postState } = chain.next()
      blocks.push(block)
      last.push({ root: block.root, slot, state: postState })
      const final = last.at(-4)
      if (final) finalizedPath.push({ root: final.root, slot: final.slot })
    }
    const finalized = finalizedPath.at(-1) ?? { root: chain.genesisRoot, slot: 0 }
    const { root, slot: headSlot } = last.at(-1)!
    const head = { root, slot: headSlot }
    const states = last.map((post) => ({ root: post.root, state: post.state }))
    const heads = { head, safeTarget: head, justified: finalized, finalized, time: 4 * headSlot }
    const outcome = await write(store, { blocks, states, finalizedPath, discarded: [], votes: [], ...heads })
    if (!outcome.ok) throw new Error(outcome.error.message)
    last.splice(0, last.length - 4)
  }
  return last.at(-1)!.state.serialize().length
}

/** Drops old signatures and bodies of a long database, a few with every batch. */
async function pruneFigures(chain: BenchChain, count: number): Promise<Row> {
  const store = await open('long', chain, { retainSlots: 1000, retainBodySlots: 2000 })
  const before = sizeOnDisk('long')
  const heads = (await asked<StoreBatch | undefined>((reply) => store.readHeads(reply as never)))!
  const batches = Math.ceil(count / 64) + 1
  const time = await timed(async () => {
    for (let batch = 0; batch < batches; batch++)
      await write(store, { ...heads, blocks: [], states: [], finalizedPath: [], discarded: [], votes: [] })
  })
  const compacted = await timed(async () => {
    await store.close()
    const again = await open('long', chain)
    await again.compact()
    await again.close()
  })
  return {
    'rows dropped per second': threeDigits((1000 * 2 * count) / time),
    'longest share of a batch, ms': threeDigits(time / batches),
    'before, MB': threeDigits(before / 1e6),
    'after compaction, MB': threeDigits(sizeOnDisk('long') / 1e6),
    'compaction, s': threeDigits(compacted / 1000),
  }
}

/** A service on disk in a network where 10 of 16 validators vote, which justifies nothing. */
async function finalityFigures(slots: number): Promise<Row[]> {
  const chain = new BenchChain(VALIDATORS, 10)
  const store = await open('pending', chain, { retainSlots: 64 })
  const service = new BenchService(chain, () => store)
  const rows: Row[] = []
  const step = slots / 5
  for (let slot = step; slot <= slots; slot += step) {
    await service.tick(slot)
    for (let made = 0; made < step; made += 64)
      await service.import(Array.from({ length: Math.min(64, step - made) }, () => chain.next()))
    const view = await service.ask({ type: 'getChain' })
    const { states } = await store.tableSizes()
    rows.push({
      slot,
      finalized: view.finalized.slot,
      'heap, MB': threeDigits(bytesInUse() / 1e6),
      'disk, MB': threeDigits(sizeOnDisk('pending') / 1e6),
      'of it states, MB': threeDigits(states / 1e6),
      'restart, ms': '',
    })
  }
  const written = async () =>
    (await asked<StoreBatch | undefined>((reply) => store.readHeads(reply as never)))?.head.slot
  while ((await written()) !== slots) await service.tick(slots)
  service.end()
  await store.close()
  rows.push({ ...rows.at(-1), 'restart, ms': Math.round((await restart('pending', chain, slots)).time) })
  return rows
}

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined
const figures: Record<string, readonly Row[]> = {}
async function section(name: string, title: string, make: () => Promise<readonly Row[]>): Promise<void> {
  if (only !== undefined && only !== name) return
  figures[title] = await make()
  printTable(title, figures[title])
}

try {
  const blocks = option('blocks', 100_000)
  const kills = option('kills', 200)
  const long = new BenchChain(VALIDATORS)
  await section('import', 'Blocks of 16 votes imported', () => importFigures(1024))
  await section('long', 'A long chain on disk', async () => [await restartFigures(long, blocks)])
  await section('long', 'What is older dropped', async () => [await pruneFigures(long, blocks)])
  await section('pending', 'Nothing finalized', () => finalityFigures(option('slots', 10_000)))
  await section('kills', 'Processes killed while importing and pruning', async () => {
    return [await killWriters(join(folder, 'kills'), kills, () => Math.floor(60 * Math.random()))]
  })
  writeJson('storage', figures)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
