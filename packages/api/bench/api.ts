/**
 * The API under load, while the node's clock goes on: requests a second, latency, and how late ticks are meanwhile.
 * `npm run bench -- api [--seconds N] [--json FILE]`. The clients run in a thread of their own.
 */
import { Worker } from 'node:worker_threads'
import { printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { startTestNode, type TestNode } from '../test/support/testNode.ts'
import type { Load, LoadFigures } from './client.ts'
import { importBlocks } from './importBlocks.ts'

const VALIDATORS = 4096
const BLOCKS = 1000
const CONNECTIONS = 16

const at = process.argv.indexOf('--seconds')
const seconds = at === -1 ? 5 : Number(process.argv[at + 1])

const SSZ = 'application/octet-stream'
const LOADS: readonly (readonly [string, string, string])[] = [
  ['health', '/lean/v0/health', '*/*'],
  ['head', '/lean/v0/head', '*/*'],
  [`fork_choice, ${BLOCKS} blocks`, '/lean/v0/fork_choice', '*/*'],
  [`state, ${VALIDATORS} validators, SSZ`, '/lean/v0/states/head', SSZ],
  [`state, ${VALIDATORS} validators, JSON`, '/lean/v0/states/head', 'application/json'],
  ['validators, a page of 100', '/lean/v0/validators', '*/*'],
]

const lean = await startTestNode({
  hasDuties: false,
  validatorCount: VALIDATORS,
  millisecondsPerInterval: 1000,
  slotsPassed: BLOCKS + 2,
})
let lateness: number[] = []
lean.hub.subscribe((event) => {
  if (event.type === 'intervalBegan') lateness.push(event.lateness)
})
await importBlocks(lean, BLOCKS)
const { port } = await lean.api.listen({ host: '127.0.0.1', port: 0 })
const client = new Worker(new URL('./client.ts', import.meta.url))

const rows: Row[] = [await idleRow()]
for (const [name, path, accept] of LOADS) rows.push(await rowOf(name, path, accept))
const readers = await readersRow(lean)
rows.push(readers)
printTable(`${CONNECTIONS} connections, ${seconds} s each; ticks every second`, rows)
writeJson('api', rows)
await client.terminate()
await lean.stop()
process.exit(0)

async function idleRow(): Promise<Row> {
  lateness = []
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  return row('nobody asks', undefined)
}

async function rowOf(name: string, path: string, accept: string): Promise<Row> {
  await run({ port, path, accept, connections: CONNECTIONS, milliseconds: 500 })
  lateness = []
  return row(name, await run({ port, path, accept, connections: CONNECTIONS, milliseconds: seconds * 1000 }))
}

/** 200 readers of every topic, and a slot's votes each second. */
async function readersRow({ hub }: TestNode): Promise<Row> {
  const event = { root: `0x${'11'.repeat(32)}`, slot: 7 }
  lateness = []
  const load = { port, path: '/lean/v0/events?topics=attestation', accept: '*/*', connections: 200 }
  const running = run({ ...load, milliseconds: seconds * 1000 })
  for (let second = 0; second < seconds; second++) {
    for (let validatorIndex = 0; validatorIndex < VALIDATORS; validatorIndex++) {
      hub.emit({
        type: 'attestation',
        validatorIndex,
        slot: second,
        head: event,
        target: event,
        source: event,
        origin: 'gossip',
        validationTime: undefined,
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  await running
  return { ...row(`200 event readers, ${VALIDATORS} votes a second`, undefined) }
}

function run(load: Load): Promise<LoadFigures> {
  return new Promise((resolve, reject) => {
    client.removeAllListeners()
    client.once('message', resolve)
    client.once('error', reject)
    client.postMessage(load)
  })
}

function row(name: string, figures: LoadFigures | undefined): Row {
  return {
    load: name,
    'requests/s': figures ? Math.round(figures.requests / (figures.milliseconds / 1000)) : '',
    'median, ms': figures ? threeDigits(figures.median) : '',
    'p99, ms': figures ? threeDigits(figures.p99) : '',
    'KiB each': figures ? threeDigits(figures.bytes / 1024) : '',
    failed: figures ? figures.failures : '',
    ticks: lateness.length,
    'latest tick, ms': lateness.length === 0 ? '' : threeDigits(Math.max(...lateness)),
  }
}
