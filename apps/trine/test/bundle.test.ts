import type { EventEmitter } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createSystemScheduler, decodeJournalEntry, type Message } from '@trine/actors'
import { createEventHub } from '@trine/api'
import type { Line } from '@trine/logs'
import type { NodeEvent } from '@trine/messages'
import { noMetrics } from '@trine/metrics'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BundleKeeper } from '../src/bundle/bundleKeeper.ts'
import { RecentJournal } from '../src/bundle/recentJournal.ts'
import { RecentLines } from '../src/bundle/recentLines.ts'
import { RecentSteps } from '../src/bundle/recentSteps.ts'
import { redactConfig } from '../src/bundle/redactConfig.ts'
import type { OpenNode } from '../src/node/openNode.ts'
import { readNodeConfig } from '../src/node/readNodeConfig.ts'
import { temporaryFolder } from './support/network.ts'

const fail = (error: unknown) => {
  throw error
}

let folder = ''
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('what a bundle remembers', () => {
  it('of messages: the last ones, within so many and so many bytes, whatever they are', () => {
    const message = fc.oneof(
      fc.constant<Message>({ type: 'tick' }),
      fc.integer({ min: 0, max: 4000 }).map((length) => ({ type: 'block', payload: new Uint8Array(length) })),
      fc.integer({ min: 0, max: 40 }).map((length) => ({
        type: 'votes',
        votes: Array.from({ length }, () => ({ signature: new Uint8Array(100) })),
      })),
    )
    fc.assert(
      fc.property(fc.array(message, { maxLength: 300 }), (messages) => {
        const journal = new RecentJournal(50, 20_000)
        for (const [index, each] of messages.entries()) journal.record(index, 'node/chain', each)
        const kept = journal.entries()
        expect(kept.length).toBeLessThanOrEqual(50)
        expect(kept.map(({ message }) => message)).toEqual(messages.slice(messages.length - kept.length))
        expect(kept.map(({ sequence }) => sequence)).toEqual(
          kept.map((_, index) => messages.length - kept.length + index),
        )
        const bytes = JSON.stringify(kept, (_, value) =>
          value instanceof Uint8Array ? 'x'.repeat(value.length) : value,
        )
        expect(bytes.length).toBeLessThan(60_000)
      }),
    )
  })

  it('of the log: the last lines, none of them long', () => {
    const lines = new RecentLines(10)
    for (let index = 0; index < 1000; index++) lines.add(`${index} ${'x'.repeat(5000)}\n`)
    expect(lines.lines().map((line) => Number.parseInt(line, 10))).toEqual(
      [...Array(10).keys()].map((index) => 990 + index),
    )
    expect(Math.max(...lines.lines().map(({ length }) => length))).toBeLessThanOrEqual(2000)
  })
})

/** A node of which nothing runs: only what a bundle asks of it. */
async function createBench() {
  const flags = {
    genesis: folder,
    nodeId: 'trine_0',
    dataDir: folder,
    checkpointSyncUrl: ['http://me:secret@a:1'],
  }
  const { config } = await readNodeConfig(flags, {})
  const view = { head: 'a root', weight: 2n, root: new Uint8Array(2) }
  const ref = {
    name: 'service',
    tell: (message: { reply: { answer(value: unknown): void } }) => {
      message.reply.answer(view)
      return true
    },
  }
  const silent = { name: 'silent', tell: () => false }
  const opened = {
    node: {
      figures: () => [],
      refs: { chain: ref, network: ref, sync: ref, validator: ref, clock: silent },
    },
    setup: { name: 'trine_0', networkName: 'devnet0', dataFolder: folder, ownKeys: [] },
    transport: { peers: () => [{ peerId: 'a peer' }], meshPeers: () => [], addresses: () => [] },
    timing: { genesisTime: 0, millisecondsPerInterval: 1000, intervalsPerSlot: 4 },
    genesisRoot: '0x00',
  } as unknown as OpenNode
  const hub = createEventHub(fail)
  const journal = new RecentJournal(10, 1e6)
  journal.record(1, 'trine_0/chain', { type: 'tick' })
  const lines = new RecentLines(10)
  lines.add('a line\n')
  const logged: Line[] = []
  const sources = {
    config,
    opened,
    scheduler: createSystemScheduler(),
    metrics: noMetrics,
    journal,
    steps: new RecentSteps(1e6),
    lines,
  }
  const keeper = new BundleKeeper(sources, hub, { log: (line) => void logged.push(line) }, true)
  return { hub, keeper, logged, config }
}

type Part = { readonly part: string } & Readonly<Record<string, unknown>>

const bundles = () => readdirSync(folder).filter((name) => name.startsWith('bundle-'))
const read = (file: string): Part[] =>
  gunzipSync(readFileSync(file))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Part)
const began = (slot: number): NodeEvent => ({ type: 'intervalBegan', slot, interval: 0, lateness: 0 })
const finalized = (slot: number): NodeEvent => {
  const checkpoint = { slot, root: '0x00' as const }
  return { type: 'finalized', checkpoint, previous: checkpoint }
}

/** What the system does first when an error is caught by nobody. */
const crash = (message: string) =>
  (process as EventEmitter).emit('uncaughtExceptionMonitor', new Error(message), 'uncaughtException')

describe('a bundle', () => {
  it('has everything, and says what did not answer', async () => {
    const { keeper } = await createBench()
    const { file, bytes } = await keeper.write({ word: 'asked', detail: 'by a test' })
    keeper[Symbol.dispose]()
    expect(bytes).toBe(readFileSync(file).length)
    const parts = read(file)
    const named = (name: string) => parts.find(({ part }) => part === name)
    expect(named('about')).toMatchObject({ reason: 'asked', detail: 'by a test', name: 'trine_0' })
    expect(named('forkChoice')).toMatchObject({ view: { weight: '2', root: '0x0000' } })
    expect(named('clock')).toMatchObject({ error: { code: 'refused' } })
    expect(named('peers')).toMatchObject({ peers: [{ peerId: 'a peer' }] })
    expect(named('log')).toEqual({ part: 'log', text: 'a line' })
    for (const name of ['versions', 'config', 'mailboxes', 'heap', 'metrics'])
      expect(named(name)).toBeDefined()
    const entry = decodeJournalEntry(JSON.stringify(named('journal')?.['entry']))
    expect(entry).toMatchObject({ ok: true, value: { actor: 'trine_0/chain', message: { type: 'tick' } } })
    expect(JSON.stringify(parts)).not.toContain('secret')
  })

  it('is written once for each time without finality', async () => {
    const { hub, keeper, logged } = await createBench()
    hub.emit(finalized(10))
    for (let slot = 11; slot < 42; slot++) hub.emit(began(slot))
    expect(bundles()).toEqual([])
    for (let slot = 42; slot < 80; slot++) hub.emit(began(slot))
    await vi.waitFor(() => expect(logged).toHaveLength(1), { timeout: 60_000 })
    expect(logged[0]).toMatchObject({
      message: 'bundle written',
      fields: { file: expect.stringContaining('no-finality') },
    })
    // Finality comes nearer, as for a node that catches up, until it is there again.
    for (let slot = 80; slot < 100; slot++) {
      hub.emit(finalized(slot - 35))
      hub.emit(began(slot))
    }
    hub.emit(finalized(100))
    for (let slot = 101; slot < 140; slot++) hub.emit(began(slot))
    await vi.waitFor(() => expect(logged).toHaveLength(2), { timeout: 60_000 })
    expect(bundles()).toHaveLength(2)
    keeper[Symbol.dispose]()
  })

  it('is written when a service ends for good, and not when it begins anew', async () => {
    const { hub, keeper, logged } = await createBench()
    const failed = (decision: 'stop' | 'restart') =>
      hub.emit({
        type: 'actorFailed',
        report: { actor: 'trine_0/chain', phase: 'receive', decision, error: new Error('broken') } as never,
      })
    failed('restart')
    failed('stop')
    await vi.waitFor(() => expect(logged).toHaveLength(1), { timeout: 60_000 })
    const [file, ...more] = bundles()
    expect(more).toEqual([])
    expect(read(join(folder, file!))[0]).toMatchObject({
      reason: 'service-failed',
      detail: expect.stringContaining('broken'),
    })
    keeper[Symbol.dispose]()
  })

  it('is written before a crash is over, without asking anybody', async () => {
    const { keeper } = await createBench()
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    crash('out of order')
    write.mockRestore()
    const parts = read(join(folder, bundles()[0]!))
    expect(parts[0]).toMatchObject({ reason: 'crash', detail: expect.stringContaining('out of order') })
    expect(parts.map(({ part }) => part)).toContain('journal')
    keeper[Symbol.dispose]()
    crash('later')
    expect(bundles()).toHaveLength(1)
  })

  it('takes the place of the oldest, and of nothing else', async () => {
    const { keeper } = await createBench()
    const old = (index: number) => `bundle-2020-01-0${index}T00-00-00.000Z-asked.jsonl.gz`
    for (let index = 1; index <= 9; index++) writeFileSync(join(folder, old(index)), '')
    writeFileSync(join(folder, 'bundle-notes.txt'), '')
    await keeper.write({ word: 'asked', detail: '' })
    keeper[Symbol.dispose]()
    const kept = bundles()
    expect(kept).toHaveLength(9)
    expect(kept).toContain('bundle-notes.txt')
    expect([kept.includes(old(2)), kept.includes(old(3))]).toEqual([false, true])
  })
})

it('settings in a bundle are those in force, without what logs in', async () => {
  const { config, keeper } = await createBench()
  keeper[Symbol.dispose]()
  const redacted = redactConfig(config)
  expect(redacted['checkpoint-sync-url']).toEqual(['http://***@a:1'])
  expect(redacted).toMatchObject({ 'node-id': 'trine_0', 'data-dir': folder, api: true })
})
