/**
 * Blocks through eight libp2p transports, each in a process of its own, all connected with all: by gossip from one to
 * the seven others, and by request. `npm run bench -- network [--json FILE]`
 *
 * The transports alone: what is received is forwarded at once, not decoded, and the payloads cannot be compressed.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import type { Command, Kind, Report } from './networkNode.ts'

const NODES = 8
/** Payload bytes, and how many blocks are gossiped one by one. */
const SIZES: readonly (readonly [string, number, number])[] = [
  ['20 KB', 20_000, 40],
  ['330 KB', 330_000, 24],
  ['1.3 MB', 1_300_000, 16],
  ['13 MB', 13_000_000, 5],
]
const MEGABYTE = 1e6

type ReportOf<Type extends Report['type']> = Extract<Report, { type: Type }>

class Node {
  readonly #process: ChildProcess
  readonly #reports: Report[] = []
  #look: () => void = () => {}

  constructor(kind: Kind, number: number, staticPeers: readonly unknown[]) {
    const file = fileURLToPath(new URL('networkNode.ts', import.meta.url))
    this.#process = fork(file, [kind, String(number), JSON.stringify(staticPeers)], { execArgv: [] })
    this.#process.on('message', (report: Report) => {
      this.#reports.push(report)
      this.#look()
    })
    this.#process.on('exit', (code) => {
      if (code !== 0 && code !== null) throw new Error(`node ${number} ended with code ${code}`)
    })
  }

  send(command: Command): void {
    this.#process.send(command)
  }

  /** Takes the first report that fits, now or when it comes. */
  next<Type extends Report['type']>(
    type: Type,
    fits: (report: ReportOf<Type>) => boolean = () => true,
  ): Promise<ReportOf<Type>> {
    return new Promise((resolve) => {
      this.#look = () => {
        const at = this.#reports.findIndex((report) => report.type === type && fits(report as ReportOf<Type>))
        if (at !== -1) resolve(this.#reports.splice(at, 1)[0] as ReportOf<Type>)
      }
      this.#look()
    })
  }

  stop(): void {
    this.#process.disconnect()
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}

async function startNodes(kind: Kind): Promise<{ nodes: Node[]; peerIds: string[] }> {
  const nodes: Node[] = []
  const peers: ReportOf<'ready'>['peer'][] = []
  for (let number = 0; number < NODES; number++) {
    const node = new Node(kind, number, peers)
    nodes.push(node)
    peers.push((await node.next('ready')).peer)
  }
  for (const node of nodes) await node.next('peers', ({ count }) => count === NODES - 1)
  return { nodes, peerIds: peers.map(({ peerId }) => peerId) }
}

let blocks = 0

/** Publishes until it is sent to all others. */
async function untilInMeshes(node: Node): Promise<void> {
  for (;;) {
    blocks += 1
    const block = blocks
    node.send({ do: 'publish', block, length: 20_000 })
    const { recipients } = await node.next('published', (report) => report.block === block)
    if (recipients === NODES - 1) return
    await setTimeout(100)
  }
}

/** Milliseconds from the publication to each of the others. */
async function gossip(nodes: readonly Node[], from: number, length: number): Promise<number[]> {
  blocks += 1
  const block = blocks
  nodes[from]!.send({ do: 'publish', block, length })
  const arrivals = await Promise.all(
    nodes
      .filter((_, index) => index !== from)
      .map(async (node) => (await node.next('received', (report) => report.block === block)).at),
  )
  const { at } = await nodes[from]!.next('published', (report) => report.block === block)
  return arrivals.map((arrival) => arrival - at)
}

async function measureGossip(nodes: readonly Node[], length: number, rounds: number) {
  const each: number[] = []
  const toAll: number[] = []
  const began = performance.now()
  for (let round = 0; round < rounds; round++) {
    const times = await gossip(nodes, round % NODES, length)
    each.push(...times)
    toAll.push(Math.max(...times))
  }
  const seconds = (performance.now() - began) / 1000
  return {
    gossipP50: threeDigits(percentile(each, 0.5)),
    toAllP50: threeDigits(percentile(toAll, 0.5)),
    toAllP99: threeDigits(percentile(toAll, 0.99)),
    gossipMBs: threeDigits((rounds * length) / MEGABYTE / seconds),
  }
}

async function measureRequests(
  nodes: readonly Node[],
  serverId: string,
  length: number,
  rounds: number,
): Promise<Record<string, number>> {
  const ask = async (node: Node, times: number) => {
    node.send({ do: 'ask', peerId: serverId, length, times })
    return (await node.next('answered')).times
  }
  const askers = nodes.slice(1)
  const alone = await ask(askers[0]!, rounds)
  const began = performance.now()
  await Promise.all(askers.map((node) => ask(node, Math.ceil(rounds / 4))))
  const seconds = (performance.now() - began) / 1000
  const bytes = askers.length * Math.ceil(rounds / 4) * length
  return {
    requestP50: threeDigits(percentile(alone, 0.5)),
    requestP99: threeDigits(percentile(alone, 0.99)),
    sevenAskMBs: threeDigits(bytes / MEGABYTE / seconds),
  }
}

async function weigh(nodes: readonly Node[]): Promise<Record<string, number>> {
  const weights = await Promise.all(
    nodes.map((node) => {
      node.send({ do: 'weigh' })
      return node.next('weight')
    }),
  )
  return {
    rssMB: threeDigits(Math.max(...weights.map(({ rss }) => rss)) / MEGABYTE),
    peakMB: threeDigits(Math.max(...weights.map(({ maxRss }) => maxRss)) / MEGABYTE),
  }
}

const rows: Row[] = []
for (const kind of ['quic', 'tcp'] as const) {
  const { nodes, peerIds } = await startNodes(kind)
  for (const node of nodes) await untilInMeshes(node)
  for (const [size, length, rounds] of SIZES) {
    const byGossip = await measureGossip(nodes, length, rounds)
    const byRequest = await measureRequests(nodes, peerIds[0]!, length, rounds)
    const row = { kind, size, ...byGossip, ...byRequest, ...(await weigh(nodes)) }
    rows.push(row)
    console.error(JSON.stringify(row))
  }
  for (const node of nodes) node.stop()
}
printTable(
  'blocks through 8 nodes: milliseconds, MB of payload a second, and memory of the largest node',
  rows,
)
writeJson('network', rows)
