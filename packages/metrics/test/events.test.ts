import type { NodeEvent } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import { createMetrics, DEFINITIONS, type Metrics, noMetrics } from '../src/index.ts'
import { parseScrape } from './scrape.ts'
import { STANDARD } from './standard.ts'

const GENESIS = 1_700_000_000_000
const timing = { genesisTime: GENESIS, millisecondsPerInterval: 1000, intervalsPerSlot: 4 }
const [one, two] = [
  { root: '0x01', slot: 1 },
  { root: '0x02', slot: 2 },
]

function create(at: { now: number } = { now: GENESIS }): Metrics {
  return createMetrics({
    name: 'trine_0',
    version: '0.1.0',
    runtime: 'node 24',
    timing,
    historyLimit: 2 ** 18,
    now: () => at.now,
    monotonic: () => at.now,
  })
}

/** What a scrape says more, or else, after events than before. */
async function changes(events: readonly NodeEvent[], at = { now: GENESIS }): Promise<Record<string, number>> {
  const metrics = create(at)
  const before = parseScrape(await metrics.text())
  for (const event of events) metrics.sink.emit(event)
  const after = parseScrape(await metrics.text())
  const isBucket = (key: string) => key.includes('_bucket')
  return Object.fromEntries([...after].filter(([key, value]) => !isBucket(key) && value !== before.get(key)))
}

it('has the standard names with their kinds, labels and bounds', () => {
  const lean = DEFINITIONS.filter(({ name }) => name.startsWith('lean_'))
  const lines = lean.map(({ name, kind, labels, buckets }) =>
    [name, kind, labels.join() || '-', buckets.join(' ') || '-'].join(' '),
  )
  expect(lines).toEqual(STANDARD)
})

it('defines every metric once, with an explanation and a name of its kind', async () => {
  const names = DEFINITIONS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, kind, help } of DEFINITIONS) {
    expect(name).toMatch(/^(lean|trine)_[a-z_]+$/)
    expect(name.endsWith('_total'), name).toBe(kind === 'counter')
    expect(help.length, name).toBeGreaterThan(10)
  }
  const text = await create().text()
  for (const name of names) expect(text).toContain(`# TYPE ${name} `)
})

describe('events of the chain', () => {
  it('set the checkpoints', async () => {
    const started = { head: two, safeTarget: one, justified: one, finalized: one, validatorCount: 7 }
    const happened = await changes([{ type: 'chainStarted', ...started }], { now: GENESIS + 20_000 })
    expect(happened).toEqual({
      lean_head_slot: 2,
      lean_safe_target_slot: 1,
      lean_latest_justified_slot: 1,
      lean_latest_finalized_slot: 1,
      lean_justified_slot: 1,
      lean_finalized_slot: 1,
      trine_network_validators: 7,
      trine_head_lag_slots: 3,
      trine_slots_without_finality: 4,
    })
  })

  it('take down an imported block, with the parts of its transition', async () => {
    const happened = await changes([
      {
        type: 'block',
        block: two,
        parentRoot: '0x01',
        proposerIndex: 0,
        origin: 'gossip',
        attestations: 3,
        importTime: 100,
        transitionTime: 50,
        processingTime: 60,
        phases: { slots: 2, slotsTime: 10, headerTime: 5, attestationsTime: 20 },
      },
    ])
    expect(happened).toEqual({
      'trine_blocks_imported_total{origin="gossip"}': 1,
      'trine_block_import_time_seconds_sum{origin="gossip"}': 0.1,
      'trine_block_import_time_seconds_count{origin="gossip"}': 1,
      lean_fork_choice_block_processing_time_seconds_sum: 0.06,
      lean_fork_choice_block_processing_time_seconds_count: 1,
      lean_state_transition_time_seconds_sum: 0.05,
      lean_state_transition_time_seconds_count: 1,
      lean_state_transition_slots_processed_total: 2,
      lean_state_transition_slots_processing_time_seconds_sum: 0.01,
      lean_state_transition_slots_processing_time_seconds_count: 1,
      lean_state_transition_block_processing_time_seconds_sum: 0.025,
      lean_state_transition_block_processing_time_seconds_count: 1,
      lean_state_transition_attestations_processed_total: 3,
      lean_state_transition_attestations_processing_time_seconds_sum: 0.02,
      lean_state_transition_attestations_processing_time_seconds_count: 1,
    })
  })

  it('count what went wrong', async () => {
    const happened = await changes([
      { type: 'finalityConflict', message: 'm', checkpoints: [one, two] },
      {
        type: 'blockBuilding',
        slot: 1,
        validatorIndex: 0,
        outcome: 'failed',
        reason: 'R',
        attestations: 0,
        time: 8,
      },
      { type: 'blockRejected', root: '0x03', slot: 3, reason: 'STATE_ROOT_MISMATCH', message: 'm' },
      { type: 'attestationRejected', validatorIndex: 1, reason: 'R', message: 'm', validationTime: 4 },
      { type: 'signaturesVerified', valid: 3, invalid: 1, time: 40 },
      { type: 'storeFailed', message: 'm', unwrittenBlocks: 5 },
    ])
    expect(happened).toMatchObject({
      'lean_finalizations_total{result="error"}': 1,
      lean_block_building_failures_total: 1,
      lean_block_building_time_seconds_sum: 0.008,
      'trine_blocks_rejected_total{reason="STATE_ROOT_MISMATCH"}': 1,
      lean_attestations_invalid_total: 1,
      lean_attestation_validation_time_seconds_sum: 0.004,
      lean_pq_sig_attestation_signatures_valid_total: 3,
      lean_pq_sig_attestation_signatures_invalid_total: 1,
      lean_pq_sig_attestation_verification_time_seconds_count: 4,
      trine_verification_batch_signatures_sum: 4,
      trine_store_unwritten_blocks: 5,
    })
  })

  it('tell that nothing waits for the disk any more', async () => {
    const failed = { type: 'storeFailed', message: 'm', unwrittenBlocks: 5 } as const
    const happened = await changes([failed, { type: 'storeRecovered', writtenBlocks: 5 }])
    expect(happened).toMatchObject({ trine_store_failures_total: 1 })
    expect(happened).not.toHaveProperty('trine_store_unwritten_blocks')
  })
})

describe('events of validators', () => {
  const vote = { kind: 'attestation', slot: 1, validatorIndex: 0, reason: '' } as const
  const times = { dataTime: 10, reserveTime: 20, signTime: 30 }

  it('take down a published vote with its steps', async () => {
    const result = { ...vote, ...times, outcome: 'published', isSigned: true } as const
    expect(await changes([{ type: 'duty', result }])).toMatchObject({
      'trine_duties_total{kind="attestation",outcome="published"}': 1,
      lean_pq_sig_attestation_signatures_total: 1,
      lean_pq_sig_attestation_signing_time_seconds_sum: 0.03,
      lean_attestations_production_time_seconds_sum: 0.06,
      'trine_duty_step_time_seconds_sum{kind="attestation",step="reserve"}': 0.02,
    })
  })

  it('count a duty without a signature as nothing more', async () => {
    const result = { ...vote, ...times, outcome: 'failed', isSigned: false } as const
    expect(await changes([{ type: 'duty', result }])).toEqual({
      'trine_duties_total{kind="attestation",outcome="failed"}': 1,
    })
  })

  it('say when nobody has duties, and that one validator was stopped', async () => {
    const paused = { type: 'dutiesPaused', reason: 'syncing' } as const
    expect(await changes([{ ...paused, validatorIndex: 3 }])).toEqual({ trine_validators_stopped_total: 1 })
    expect(await changes([{ ...paused, validatorIndex: undefined }])).toEqual({ trine_duties_paused: 1 })
  })
})

describe('events of the network', () => {
  it('say when gossip comes beside its interval', async () => {
    const kind = 'gossipAttestation'
    const at = { now: 0 }
    const metrics = create(at)
    // Votes of slot 2 are due from 9 s to 10 s after genesis.
    for (const offset of [8500, 9250, 10_500, 2_000_000]) {
      at.now = GENESIS + offset
      metrics.sink.emit({ type: 'gossipReceived', kind, peerId: 'a', bytes: 3248, slot: 2 })
    }
    metrics.sink.emit({ type: 'gossipReceived', kind, peerId: 'a', bytes: 3, slot: undefined })
    const samples = parseScrape(await metrics.text())
    const sum = (position: string) =>
      samples.get(`trine_gossip_arrival_delay_seconds_sum{kind="attestation",position="${position}"}`)
    expect([sum('before'), sum('inside'), sum('after')]).toEqual([0.5, 0.25, 0.5])
    expect(samples.get('lean_gossip_attestation_size_bytes_count')).toBe(5)
    expect(samples.get('trine_gossip_received_bytes_total{kind="attestation"}')).toBe(4 * 3248 + 3)
  })

  it('tell connections and how they ended', async () => {
    const gone = { type: 'peerDisconnected', peerId: 'a', direction: 'inbound' } as const
    const happened = await changes([
      { type: 'peerConnected', peerId: 'a', direction: 'inbound', address: '', agent: '' },
      { type: 'dialFailed', peerId: 'b', cause: 'timeout', message: 'm' },
      { type: 'dialFailed', peerId: 'b', cause: 'error', message: 'm' },
      { ...gone, reason: 'banned', isByUs: true },
      { ...gone, reason: 'timed out', isByUs: false },
      { ...gone, reason: 'protocol error', isByUs: false },
      { ...gone, reason: 'connection lost', isByUs: false },
    ])
    expect(happened).toEqual({
      'lean_peer_connection_events_total{direction="inbound",result="success"}': 1,
      'lean_peer_connection_events_total{direction="outbound",result="timeout"}': 1,
      'lean_peer_connection_events_total{direction="outbound",result="error"}': 1,
      'lean_peer_disconnection_events_total{direction="inbound",reason="local_close"}': 1,
      'lean_peer_disconnection_events_total{direction="inbound",reason="timeout"}': 1,
      'lean_peer_disconnection_events_total{direction="inbound",reason="error"}': 1,
      'lean_peer_disconnection_events_total{direction="inbound",reason="remote_close"}': 1,
    })
  })

  it('count peers by their names, else by clients that are known, so that strangers make no labels', async () => {
    const metrics = create()
    const agents = ['ream/0.1', 'Zeam-0.2', '', 'made-up-1', 'made-up-2', 'x']
    metrics.addSources({
      peers: async () => agents.map((agent, index) => ({ peerId: `peer${index}`, agent, score: -index })),
      peerName: (peerId) => (peerId === 'peer5' ? 'qlean_0' : undefined),
      meshPeers: () => ['peer0'],
    })
    const samples = parseScrape(await metrics.text())
    const counts = [...samples].filter(([key]) => key.startsWith('lean_connected_peers'))
    expect(Object.fromEntries(counts)).toEqual({
      'lean_connected_peers{client="ream"}': 1,
      'lean_connected_peers{client="zeam"}': 1,
      'lean_connected_peers{client="unknown"}': 1,
      'lean_connected_peers{client="other"}': 2,
      'lean_connected_peers{client="qlean_0"}': 1,
    })
    expect(samples.get('lean_gossip_mesh_peers{client="ream"}')).toBe(1)
    expect(samples.get('trine_peer_score{peer="peer4"}')).toBe(-4)
  })
})

describe('the clock', () => {
  it('tells durations between ticks that follow one another only', async () => {
    const at = { now: GENESIS }
    const metrics = create(at)
    const tick = (interval: number, milliseconds: number, lateness: number) => {
      at.now = GENESIS + milliseconds
      metrics.sink.emit({ type: 'intervalBegan', slot: 0, interval, lateness })
    }
    tick(0, 900, 900)
    tick(1, 1020, 20)
    tick(3, 3010, 10)
    const samples = parseScrape(await metrics.text())
    expect(samples.get('lean_tick_interval_duration_seconds_count')).toBe(1)
    expect(samples.get('lean_tick_interval_duration_seconds_sum')).toBeCloseTo(0.12)
    expect(samples.get('trine_tick_lateness_seconds_sum')).toBeCloseTo(0.02)
  })

  it('tells skipped intervals, steps and the time to genesis', async () => {
    const happened = await changes([
      { type: 'countdown', secondsToGenesis: 30 },
      { type: 'clockStepped', milliseconds: -1500 },
      { type: 'intervalsSkipped', first: { slot: 0, interval: 1 }, last: { slot: 0, interval: 3 }, count: 3 },
    ])
    expect(happened).toEqual({
      trine_seconds_to_genesis: 30,
      trine_clock_steps_total: 1,
      trine_clock_last_step_seconds: -1.5,
      trine_intervals_skipped_total: 3,
    })
  })
})

it('never throws, whatever it is fed or told', async () => {
  const metrics = create()
  metrics.sink.emit({ type: 'duty' } as unknown as NodeEvent)
  metrics.addSources({
    mailboxes: () => {
      throw new Error('broken')
    },
    disk: () => Promise.reject(new Error('gone')),
    storage: async () => ({ blocks: 1 }),
  })
  const samples = parseScrape(await metrics.text())
  expect(samples.get('trine_metrics_errors_total')).toBe(3)
  expect(samples.get('trine_storage_bytes{part="blocks"}')).toBe(1)
})

it('is nothing when off', async () => {
  noMetrics.sink.emit({ type: 'dutiesResumed' })
  noMetrics.addSources({})
  expect(await noMetrics.text()).toBe('')
})
