import type { RemoteEvent } from '@trine/messages'
import { Registry } from 'prom-client'
import * as buckets from './buckets.ts'
import { createMetricsIn, type Metrics, type MetricsOptions } from './createMetrics.ts'
import {
  counter,
  createInstruments,
  type Definition,
  gauge,
  histogram,
  type InstrumentsOf,
} from './definition.ts'
import { DEFINITIONS } from './instruments.ts'

/** What only validators outside of a node tell. `node` is the name of a node that they speak to. */
const REMOTE_METRICS = {
  requests: counter('trine_remote_requests_total', 'Requests to nodes by how they ended', [
    'node',
    'step',
    'outcome',
  ]),
  requestTime: histogram('trine_remote_request_time_seconds', 'Time of requests to nodes', buckets.EXCHANGE, [
    'step',
  ]),
  nodeReady: gauge('trine_remote_node_ready', '1 while duties can be done with the node', ['node']),
  data: counter('trine_remote_data_total', 'Data for duties, by the node that it came from', [
    'kind',
    'node',
  ]),
  dataTime: histogram(
    'trine_remote_data_time_seconds',
    'Time to the data of a duty, the second look at the head and other nodes included',
    buckets.EXCHANGE,
    ['kind'],
  ),
  outdated: counter('trine_remote_outdated_data_total', 'Data fetched anew because the head had moved', [
    'kind',
  ]),
  submitted: counter('trine_remote_submitted_total', 'Votes and blocks handed in, by verdict', [
    'kind',
    'node',
    'verdict',
  ]),
  lost: counter('trine_remote_lost_total', 'Votes and blocks that no node took', ['kind']),
}

/** Of a node's metrics, those that validators alone have too: all that is about chain and network is not theirs. */
const KEPT =
  /^(lean_(node_info|node_start|current_slot|validators_count|tick|attestations_production|pq_sig_attestation_sign(atures_total|ing))|trine_(build|mailbox|actor|tick|interval|clock|seconds_to|dut|xmss|key|history|metrics_errors))/

/** Every metric of validators in a process of their own. */
export const VALIDATOR_DEFINITIONS: readonly Definition[] = [
  ...DEFINITIONS.filter(({ name }) => KEPT.test(name)),
  ...Object.values(REMOTE_METRICS),
]

/** The metrics of validators in a process of their own. */
export type ValidatorMetrics = Metrics & {
  /** Takes what happens between them and their nodes. */
  readonly remoteSink: { emit(event: RemoteEvent): void }
}

/** Makes the metrics of validators in a process of their own. */
export function createValidatorMetrics(options: MetricsOptions): ValidatorMetrics {
  const registry = new Registry()
  const metrics = createMetricsIn(registry, options)
  for (const { name } of DEFINITIONS) if (!KEPT.test(name)) registry.removeSingleMetric(name)
  const made = createInstruments(REMOTE_METRICS, registry)
  return { ...metrics, remoteSink: { emit: (event) => feed(made, event) } }
}

function feed(made: InstrumentsOf<typeof REMOTE_METRICS>, event: RemoteEvent): void {
  switch (event.type) {
    case 'remoteRequest': {
      const { node, step, outcome, time } = event
      made.requests.inc({ node, step, outcome })
      made.requestTime.observe({ step }, time / 1000)
      return
    }
    case 'remoteState':
      return made.nodeReady.set({ node: event.node }, Number(event.state === 'ready'))
    case 'remoteData': {
      const { kind, node, time, wasOutdated } = event
      made.data.inc({ kind, node })
      made.dataTime.observe({ kind }, time / 1000)
      if (wasOutdated) made.outdated.inc({ kind })
      return
    }
    case 'remoteSubmission': {
      const { kind, node, taken, failures } = event
      made.submitted.inc({ kind, node, verdict: 'accept' }, taken)
      for (const { verdict } of failures) made.submitted.inc({ kind, node, verdict })
      return
    }
    case 'remoteLost':
      return made.lost.inc({ kind: event.kind }, event.validators.length)
  }
}
