/**
 * A node that starts late, over simulated links, while the chain goes on: how long until it has caught up, what it asked
 * for on the way, and what a remembered root costs. `npm run bench -- sync [--json FILE]`
 */
import { bytesInUse, printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { chainOf, rootOf, votingChainOf } from '../../network/test/support/blocks.ts'
import { BlockTree } from '../src/blockTree.ts'
import { GENESIS } from '../test/support/bench.ts'
import { createModelNet, headsOf } from '../test/support/modelNet.ts'

const MOST_SLOTS = 2000
const REMEMBERED = 100_000

type Case = {
  readonly behind: number
  readonly peers: number
  readonly latency: number
  readonly votes: boolean
}

const CASES: readonly Case[] = [
  { behind: 100, peers: 3, latency: 40, votes: true },
  { behind: 1000, peers: 1, latency: 40, votes: true },
  { behind: 1000, peers: 3, latency: 1, votes: true },
  { behind: 1000, peers: 3, latency: 40, votes: true },
  { behind: 1000, peers: 3, latency: 40, votes: false },
  { behind: 1000, peers: 3, latency: 150, votes: true },
  { behind: 10_000, peers: 3, latency: 40, votes: true },
]

async function lateJoiner({ behind, peers, latency, votes }: Case): Promise<Row> {
  const net = createModelNet(1, {
    latency: { minimum: latency / 2, maximum: (latency * 3) / 2, skew: 1 },
    loss: 0,
    duplication: 0,
    reordering: 0,
    bytesPerSecond: Number.POSITIVE_INFINITY,
  })
  const blocks = (votes ? votingChainOf : chainOf)(behind, GENESIS)
  const old = Array.from({ length: peers }, (_, index) => net.add(`old${index}`, { blocks }))
  const late = net.add('late')
  net.network.connectAll()
  const began = performance.now()
  let slots = 0
  while (headsOf(net.nodes).length > 1 || late.chain.head.slot < behind) {
    slots += 1
    if (slots > MOST_SLOTS) throw new Error(`not caught up after ${MOST_SLOTS} slots`)
    await net.pass(behind + slots, behind + slots, old)
  }
  const asked = late.events.flatMap((event) =>
    event.type === 'requestEnded' && event.direction === 'asked' && event.protocol.includes('blocks')
      ? [event.chunks]
      : [],
  )
  const received = asked.reduce((sum, chunks) => sum + chunks, 0)
  return {
    'slots behind': behind,
    peers,
    'latency, ms': latency,
    'leaps by votes': votes ? 'yes' : 'no',
    'caught up after slots': slots,
    requests: asked.length,
    'blocks received per block': threeDigits(received / (behind + slots)),
    'real time, ms': Math.round(performance.now() - began),
  }
}

function bytesPerRoot(): number {
  const roots = chainOf(REMEMBERED, rootOf(9)).map(({ root }) => root)
  const tree = new BlockTree(1, 1)
  const before = bytesInUse()
  for (const [index, root] of roots.entries()) {
    tree.link(tree.add(root, undefined), index, roots[index - 1] ?? GENESIS)
  }
  const after = bytesInUse()
  if (tree.size !== REMEMBERED) throw new Error(`expected ${REMEMBERED} roots, got ${tree.size}`)
  return (after - before) / REMEMBERED
}

const rows: Row[] = []
for (const some of CASES) rows.push(await lateJoiner(some))
printTable('A late joiner catches up while the chain goes on', rows)
const bytes = Math.round(bytesPerRoot())
printTable('Memory', [{ 'roots remembered': REMEMBERED, 'bytes per root, without its text': bytes }])
writeJson('sync', { lateJoiner: rows, bytesPerRoot: bytes })
