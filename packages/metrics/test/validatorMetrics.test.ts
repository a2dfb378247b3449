import { expect, it } from 'vitest'
import { createValidatorMetrics, DEFINITIONS, VALIDATOR_DEFINITIONS } from '../src/index.ts'
import { parseScrape } from './scrape.ts'

function create() {
  return createValidatorMetrics({
    name: 'trine_0',
    version: '0.1.0',
    runtime: 'node 24',
    timing: { genesisTime: 0, millisecondsPerInterval: 1000, intervalsPerSlot: 4 },
    historyLimit: 2 ** 18,
    now: () => 40_000,
    monotonic: () => 40_000,
  })
}

it('has what is about validators, and nothing of chain and network', async () => {
  const text = await create().text()
  const shown = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  expect(shown.toSorted()).toEqual(VALIDATOR_DEFINITIONS.map(({ name }) => name).toSorted())
  expect(shown).toContain('trine_duties_total')
  expect(shown).toContain('lean_pq_sig_attestation_signing_time_seconds')
  expect(shown.filter((name) => /head|finalized|peer|gossip|sync|storage/.test(name!))).toEqual([])
  const ofNodes = new Set(DEFINITIONS.map(({ name }) => name))
  const own = VALIDATOR_DEFINITIONS.filter(({ name }) => !ofNodes.has(name))
  for (const { name, kind } of own) {
    expect(name).toMatch(/^trine_remote_[a-z_]+$/)
    expect(name.endsWith('_total'), name).toBe(kind === 'counter')
  }
})

it('counts what happens between validators and nodes', async () => {
  const metrics = create()
  const emit = metrics.remoteSink.emit
  emit({ type: 'remoteRequest', node: 'a', step: 'head', outcome: 'timeout', reason: 'late', time: 300 })
  emit({ type: 'remoteState', node: 'a', state: 'ready', reason: '' })
  emit({ type: 'remoteState', node: 'b', state: 'failing', reason: 'down' })
  emit({ type: 'remoteData', kind: 'block', slot: 9, node: 'a', requests: 2, wasOutdated: true, time: 50 })
  const failures = [{ validatorIndex: 3, verdict: 'reject', reason: 'INVALID_SIGNATURE' }] as const
  emit({ type: 'remoteSubmission', kind: 'attestation', slot: 9, node: 'a', taken: 5, failures, time: 20 })
  emit({ type: 'remoteLost', kind: 'attestation', slot: 9, validators: [3, 4], reason: 'a: down' })
  const scrape = parseScrape(await metrics.text())
  const told = [...scrape].filter(([key]) => key.startsWith('trine_remote') && !/_bucket|_count/.test(key))
  expect(Object.fromEntries(told)).toEqual({
    'trine_remote_requests_total{node="a",step="head",outcome="timeout"}': 1,
    'trine_remote_request_time_seconds_sum{step="head"}': 0.3,
    'trine_remote_node_ready{node="a"}': 1,
    'trine_remote_node_ready{node="b"}': 0,
    'trine_remote_data_total{kind="block",node="a"}': 1,
    'trine_remote_data_time_seconds_sum{kind="block"}': 0.05,
    'trine_remote_outdated_data_total{kind="block"}': 1,
    'trine_remote_submitted_total{kind="attestation",node="a",verdict="accept"}': 5,
    'trine_remote_submitted_total{kind="attestation",node="a",verdict="reject"}': 1,
    'trine_remote_lost_total{kind="attestation"}': 2,
  })
})
