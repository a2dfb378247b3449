/**
 * What a vote costs in metrics, what a scrape costs: `npm run bench -- metrics [--json FILE]`. A vote from gossip makes
 * three events; a slot of 4096 validators brings as many votes.
 */
import type { NodeEvent } from '@trine/messages'
import { measure, printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { createMetrics } from '../src/index.ts'

const VOTES = 4096
const timing = { genesisTime: 0, millisecondsPerInterval: 1000, intervalsPerSlot: 4 }
const now = () => 5500

function create() {
  return createMetrics({
    name: 'bench',
    version: '0',
    runtime: 'node',
    timing,
    historyLimit: 2 ** 18,
    now,
    monotonic: now,
  })
}

const at = { root: `0x${'ab'.repeat(32)}`, slot: 1 }
const vote: readonly NodeEvent[] = [
  { type: 'gossipReceived', kind: 'gossipAttestation', peerId: 'a', bytes: 3248, slot: 1 },
  {
    type: 'attestation',
    validatorIndex: 0,
    slot: 1,
    head: at,
    target: at,
    source: at,
    origin: 'gossip',
    validationTime: 3,
  },
  { type: 'gossipJudged', kind: 'gossipAttestation', peerId: 'a', verdict: 'accept', reason: 'ACCEPTED' },
]

const metrics = create()
const votes = measure({
  run: () => {
    for (let count = 0; count < VOTES; count += 1) for (const event of vote) metrics.sink.emit(event)
  },
})
const batch: NodeEvent = { type: 'signaturesVerified', valid: VOTES, invalid: 0, time: 900 }
const signatures = measure({ run: () => metrics.sink.emit(batch) })

const scrapes: number[] = []
let bytes = 0
for (let round = 0; round < 20; round += 1) {
  const began = performance.now()
  bytes = (await metrics.text()).length
  scrapes.push(performance.now() - began)
}
scrapes.sort((left, right) => left - right)

const rows: Row[] = [
  {
    what: `${VOTES} votes from gossip`,
    'median ms': threeDigits(votes.median),
    'µs each': threeDigits((votes.median / VOTES) * 1000),
  },
  {
    what: `${VOTES} signatures verified`,
    'median ms': threeDigits(signatures.median),
    'µs each': threeDigits((signatures.median / VOTES) * 1000),
  },
  { what: `a scrape of ${bytes} bytes`, 'median ms': threeDigits(scrapes[10]!), 'µs each': '' },
]
printTable('metrics', rows)
writeJson('metrics', rows)
