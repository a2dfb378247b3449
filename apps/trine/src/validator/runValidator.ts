import { createSystemScheduler, type Scheduler } from '@trine/actors'
import { createEventHub, type EventSource } from '@trine/api'
import type { NodeConfig } from '@trine/config'
import type { Line, Logs } from '@trine/logs'
import { createValidatorMetrics, serveMetrics, type ValidatorMetrics } from '@trine/metrics'
import { PRESET, type ValidatorIndex } from '@trine/types'
import { listenOn } from '../node/listenOn.ts'
import { createNodeLogs } from '../node/nodeLogs.ts'
import { type NodeFlags, readSettings } from '../node/readNodeConfig.ts'
import { readDutySetup } from '../node/readSetup.ts'
import { listenForSignals } from '../node/signals.ts'
import { timingOf } from '../node/timingOf.ts'
import { UserError } from '../userError.ts'
import { version } from '../version.ts'
import { createFetchPort } from './fetchPort.ts'
import { createNodeEvents } from './nodeEvents.ts'
import { parseNodeUrls } from './nodeUrls.ts'
import { openValidator } from './openValidator.ts'
import { remoteLine } from './remoteLines.ts'

/** What commander made of the command line; the settings have the names of a node's, `nodeId` may name several. */
export type ValidatorFlags = NodeFlags & { readonly api?: readonly string[]; readonly nodeId?: string }

/** Runs validators against nodes until SIGINT or SIGTERM, and ends them in order. */
export async function runValidator(
  { api, ...flags }: ValidatorFlags,
  variables: NodeJS.ProcessEnv,
): Promise<void> {
  const nodes = parseNodeUrls(api ?? variables['TRINE_VALIDATOR_API']?.split(',') ?? [])
  const names = (flags.nodeId ?? variables['TRINE_NODE_ID'])?.split(',')
  const twice = names?.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UserError(`--node-id: expected every name once, got ${twice} twice`)
  const named = names === undefined ? flags : { ...flags, nodeId: names[0] }
  const { TRINE_NODE_ID: _, ...others } = variables
  const config = await readSettings(named, others)
  const setup = await readDutySetup(config, names ?? [config.nodeId])
  const signals = listenForSignals()
  const scheduler = createSystemScheduler()
  let keyEnds: readonly number[] = []
  const { genesisTime } = setup.genesis
  const facts = { genesisTime, expectsPeers: false, followsChain: false }
  const logs = createNodeLogs(config, facts, scheduler, () => keyEnds)
  const metrics = createMetricsOf(setup.name, genesisTime, scheduler)
  await using running = new AsyncDisposableStack()
  const events = createEventHub((error) => {
    throw error
  })
  for (const sink of [metrics.sink, logs.sink]) events.subscribe((event) => sink.emit(event))
  const stopped = countStopped(events)
  const opened = await openValidator(setup, nodes, {
    scheduler,
    http: createFetchPort(),
    nodeEvents: createNodeEvents(),
    events,
    remoteEvents: {
      emit: (event) => {
        metrics.remoteSink.emit(event)
        const line = remoteLine(event)
        if (line !== undefined) logs.log(line)
      },
    },
  })
  running.defer(() => opened.stop())
  keyEnds = opened.keys.map(({ endEpoch }) => endEpoch - 1)
  metrics.addSources({
    mailboxes: () => opened.client.figures(),
    pool: () => opened.pool.status(),
    keyEnds: () => keyEnds,
  })
  const metricsUrl = await startMetrics(config, metrics, running)
  say(logs, 'validators started', {
    validators: opened.keys.map(({ validatorIndex }) => validatorIndex).join(','),
    nodes: nodes.map(({ name }) => name).join(','),
    genesis: opened.genesisRoot,
    ledger: setup.ledgerFolder ?? `${setup.dataFolder}/ledger`,
    keysEnd: Math.min(...keyEnds),
    metrics: metricsUrl,
  })
  say(logs, 'validators end', { signal: await signals.first })
  await running.disposeAsync()
  say(logs, 'validators ended', {})
  if (stopped.size > 0) process.exitCode = 1
  signals.finish()
}

/** Validators that were seen signing elsewhere. */
function countStopped(events: EventSource): ReadonlySet<ValidatorIndex> {
  const stopped = new Set<ValidatorIndex>()
  events.subscribe((event) => {
    if (event.type === 'dutiesPaused' && event.validatorIndex !== undefined) stopped.add(event.validatorIndex)
  })
  return stopped
}

function say(logs: Logs, message: string, fields: Line['fields']): void {
  logs.log({ component: 'validator', level: 'info', message, fields })
}

function createMetricsOf(name: string, genesisTime: number, scheduler: Scheduler): ValidatorMetrics {
  return createValidatorMetrics({
    name,
    version,
    runtime: `node ${process.versions.node}`,
    timing: timingOf(genesisTime),
    historyLimit: PRESET.historicalRootsLimit,
    now: () => scheduler.now(),
    monotonic: () => scheduler.monotonic(),
    isOfProcess: true,
  })
}

/** Where metrics are served: only where a port was given, because the usual one is the node's. */
async function startMetrics(
  { metricsAddress: host, metricsPort: port }: NodeConfig,
  metrics: ValidatorMetrics,
  running: AsyncDisposableStack,
): Promise<string | undefined> {
  if (port === undefined) return undefined
  return listenOn('--metrics-port', host, port, async () =>
    running.adopt(await serveMetrics({ metrics, host, port }), (served) => served.close()),
  )
}
