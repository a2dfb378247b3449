import { PRESET } from '@trine/types'
import { beforeAll, expect, it } from 'vitest'
import { DEVNET_TIMING, startMemoryDevnet } from '../../../test/support/memoryDevnet.ts'
import { createMetrics, type Metrics } from '../src/index.ts'
import { parseScrape, type Samples } from './scrape.ts'
import { STANDARD } from './standard.ts'

const SLOT = 4000

let before: Samples
let samples: Samples

/** Four nodes, of which two and two do not hear of each other for a while. */
beforeAll(async () => {
  const metrics: Metrics[] = []
  const devnet = await startMemoryDevnet(4, (index, clock) => {
    metrics.push(
      createMetrics({
        name: `trine_${index}`,
        version: '0.1.0',
        runtime: 'node 24',
        timing: DEVNET_TIMING,
        historyLimit: PRESET.historicalRootsLimit,
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
      }),
    )
    return metrics[index]!.sink
  })
  devnet.nodes.forEach(({ node, transport }, index) => {
    metrics[index]!.addSources({
      mailboxes: () => node.figures(),
      peers: () => transport.peers(),
      meshPeers: () => transport.peers().map(({ peerId }) => peerId),
      openStreams: () => 2,
      peerName: (peerId) => (peerId === 'trine_1' ? 'friend_1' : undefined),
      keyEnds: () => [999],
      pool: () => ({
        workers: 2,
        busyWorkers: 1,
        pendingVerifications: 3,
        pendingSignatures: 0,
        pendingBackgroundTasks: 0,
        crashes: 0,
      }),
      storage: async () => ({ blocks: 4096 }),
      disk: async () => ({ free: 10, size: 20 }),
      clockOffset: () => -30,
    })
  })
  before = parseScrape(await metrics[0]!.text())
  await devnet.advance(2000 + 12 * SLOT)
  devnet.network.partition([['trine_0', 'trine_1']])
  await devnet.advance(10 * SLOT)
  devnet.network.heal()
  await devnet.advance(20 * SLOT)
  // Of the two sides one gave way.
  const all = await Promise.all(metrics.map(async (each) => parseScrape(await each.text())))
  samples = all.find((each) => each.get('lean_fork_choice_reorgs_total')! > 0) ?? all[0]!
  devnet.kill()
}, 120_000)

/** Nothing of the kind happened here: no bad vote, no failure, no contradiction. */
const QUIET = [
  'lean_pq_sig_attestation_signatures_invalid_total',
  'lean_block_building_failures_total',
  'lean_attestations_invalid_total',
  'lean_is_aggregator',
]

it('a scrape after a run has every standard metric with a value that says something', () => {
  const values = (name: string, suffix: string) =>
    [...samples].filter(([key]) => key === name + suffix || key.startsWith(`${name}${suffix}{`))
  const empty = STANDARD.flatMap((line) => {
    const [name, kind] = line.split(' ') as [string, string]
    const found = values(name, kind === 'histogram' ? '_count' : '')
    if (QUIET.includes(name)) return found.every(([, value]) => value === 0) && found.length > 0 ? [] : [name]
    return found.some(([, value]) => value > 0) ? [] : [name]
  })
  expect(empty).toEqual([])
})

it('values agree with what happened', () => {
  const valued = (key: string) => samples.get(key)!
  expect(valued('lean_current_slot')).toBe(42)
  expect(valued('lean_head_slot')).toBeGreaterThanOrEqual(41)
  expect(valued('lean_latest_finalized_slot')).toBeGreaterThan(30)
  expect(valued('trine_slots_without_finality')).toBe(42 - valued('lean_latest_finalized_slot'))
  expect(valued('lean_finalized_slot')).toBe(valued('lean_latest_finalized_slot'))
  expect(valued('lean_node_sync_status{status="synced"}')).toBe(1)
  expect(valued('lean_node_sync_status{status="idle"}')).toBe(0)
  // One duty a slot from slot 1 on: a block, or a vote.
  expect(valued('lean_pq_sig_attestation_signatures_total')).toBeGreaterThanOrEqual(40)
  expect(valued('lean_pq_sig_attestation_signing_time_seconds_sum')).toBeGreaterThan(40 * 0.02)
  expect(valued('lean_pq_sig_attestation_verification_time_seconds_bucket{le="0.01"}')).toBeGreaterThan(100)
  expect(valued('lean_tick_interval_duration_seconds_bucket{le="1.005"}')).toBeGreaterThan(100)
  expect(valued('lean_tick_interval_duration_seconds_sum')).toBeCloseTo(168, -1)
  expect(valued('lean_state_transition_time_seconds_sum')).toBeGreaterThan(0)
  expect(valued('lean_fork_choice_reorg_depth_sum')).toBeGreaterThan(0)
  expect(valued('lean_validators_count')).toBe(1)
  expect(valued('trine_key_remaining_slots')).toBe(999 - 42 + 1)
  expect(valued('trine_history_remaining_slots')).toBe(2 ** 18 - 42)
  expect(valued('trine_network_validators')).toBe(4)
  expect(valued('trine_clock_offset_seconds')).toBe(-0.03)
  expect(valued('trine_storage_bytes{part="blocks"}')).toBe(4096)
  expect(valued('trine_disk_free_bytes')).toBe(10)
  expect(valued('trine_metrics_errors_total')).toBe(0)
  expect(valued('trine_gossip_arrival_delay_seconds_count{kind="block",position="inside"}')).toBeGreaterThan(
    20,
  )
  expect(valued('trine_mailbox_handled_total{actor="chain",lane="time"}')).toBe(42 * 4 + 1)
  expect(valued('trine_mailbox_capacity{actor="network",lane="attestations"}')).toBe(8192)
  expect(valued('trine_mailbox_wait_seconds_total{actor="chain",lane="attestations"}')).toBeGreaterThan(0)
})

it('before genesis the gauges stand at the beginning', () => {
  expect(before.get('lean_current_slot')).toBe(0)
  expect(before.get('trine_network_validators')).toBe(4)
  expect(before.get('lean_node_sync_status{status="idle"}')).toBe(1)
  expect(before.get('lean_node_info{name="trine_0",version="0.1.0"}')).toBe(1)
})
