import { randomBytes } from 'node:crypto'
import { createRandom, type Journal, type Scheduler } from '@trine/actors'
import { createApi, createEventHub, type EventHub, readStaticFiles, type StaticFiles } from '@trine/api'
import type { NodeConfig } from '@trine/config'
import type { Logs } from '@trine/logs'
import { type Metrics, serveMetrics } from '@trine/metrics'
import type { Slot } from '@trine/types'
import type { SignaturePool } from '@trine/xmss'
import { version } from '../version.ts'
import { ChainBeginning } from './chainBeginning.ts'
import { listenOn } from './listenOn.ts'
import { createNodeAdmin } from './nodeAdmin.ts'
import { createNodeLogs, type NodeUrls } from './nodeLogs.ts'
import { addSources, createNodeMetrics } from './nodeMetrics.ts'
import { NodeStatus } from './nodeStatus.ts'
import { type OpenNode, openNode } from './openNode.ts'
import { readSetup } from './readSetup.ts'
import { checkBeforeDuties, createMemory, type Watches, watchNode } from './watchNode.ts'

/** What runs around a node. */
export type NodeSurroundings = {
  readonly scheduler: Scheduler
  /** Shared by several nodes of one process. */
  readonly pool?: SignaturePool | undefined
  readonly journal?: Journal | undefined
  /** Whether the process is this node's alone: then metrics are of the process too. */
  readonly ownsProcess: boolean
}

/** A node with what watches it. */
export type StartedNode = OpenNode &
  NodeUrls & {
    readonly status: NodeStatus
    readonly events: EventHub
    readonly logs: Logs
    /** Where the chain began, in words: genesis, a slot on disk, a checkpoint. */
    readonly beginsFrom: string
  }

/** Starts a node as its configuration says: services, API, metrics, admin. What the user can mend is a UserError. */
export async function startNode(config: NodeConfig, surroundings: NodeSurroundings): Promise<StartedNode> {
  await using started = new AsyncDisposableStack()
  const { scheduler, pool, journal, ownsProcess } = surroundings
  const setup = await readSetup(config)
  const { genesisTime } = setup.genesis
  let keyEnds: readonly number[] = []
  const expectsPeers = setup.staticPeers.length > 0
  const memory = createMemory(journal)
  const logs = createNodeLogs(config, { genesisTime, expectsPeers }, scheduler, () => keyEnds, memory.lines)
  const onError = (error: unknown) => logError(logs, error)
  const events = createEventHub(onError)
  const status = new NodeStatus()
  const metrics = createNodeMetrics(setup.name, genesisTime, scheduler, ownsProcess)
  for (const sink of [status, logs.sink, metrics.sink, memory.steps])
    events.subscribe((event) => sink.emit(event))
  const beginning = new ChainBeginning(events)
  const random = createRandom(randomBytes(16).toString('hex'))
  const agent = `trine/${version}`
  if (ownsProcess) await checkBeforeDuties(setup, logs, scheduler)
  const opened = await openNode(setup, {
    scheduler,
    random,
    events,
    agent,
    ownsProcess,
    pool,
    journal: memory.journal,
    follower: memory.steps,
  })
  started.defer(() => opened.stop())
  keyEnds = opened.keys.map(({ endEpoch }) => endEpoch - 1)
  const parts = { config, scheduler, events, logs, metrics, memory, status, ownsProcess }
  const watches = watchNode(opened, parts, started)
  addSources(metrics, opened, scheduler, watches.clock)
  const urls = {
    apiUrl: await startApi(config, opened, events, scheduler, onError, started),
    metricsUrl: await startMetrics(config, metrics, started),
    adminUrl: await startAdmin(config, opened, logs, scheduler, watches, onError, started),
  }
  const beginsFrom = describeBeginning(opened, await beginning.headSlot(scheduler))
  const running = started.move()
  return { ...opened, ...urls, status, events, logs, beginsFrom, stop: () => running.disposeAsync() }
}

function describeBeginning({ checkpoint }: OpenNode, headSlot: Slot | undefined): string {
  if (headSlot === undefined) return 'what is on disk'
  if (checkpoint === undefined || headSlot > checkpoint.slot) {
    return headSlot === 0 ? 'genesis' : `slot ${headSlot} on disk`
  }
  const { slot, source, unreachable } = checkpoint
  const missing = unreachable.length === 0 ? '' : `; not compared with ${unreachable.join('; ')}`
  return `checkpoint at slot ${slot}, from ${source}${missing}`
}

function logError(logs: Logs, error: unknown): void {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  logs.log({ component: 'node', level: 'error', message: 'something broke', fields: { detail } })
}

async function startApi(
  { api: isOn, httpAddress, apiPort = 5052, testDriver }: NodeConfig,
  { node, setup, timing, transport, genesisRoot, anchorBlock, keys }: OpenNode,
  events: EventHub,
  scheduler: Scheduler,
  onError: (error: unknown) => void,
  started: AsyncDisposableStack,
): Promise<string | undefined> {
  if (!isOn) return undefined
  const { name, networkName, signatureEncoding } = setup
  const addresses = transport.addresses()
  const identity = {
    name,
    version: `trine/${version}`,
    addresses,
    networkName,
    genesisRoot,
    signatureEncoding,
    anchorBlock,
  }
  const api = createApi({
    scheduler,
    timing,
    refs: node.refs,
    events,
    figures: () => node.figures(),
    onError,
    identity,
    keyEndOf: (index) => keys.find(({ validatorIndex }) => validatorIndex === index)?.endEpoch,
    servesValidators: true,
    testDriver: testDriver ? (await import('../testDriver/testDriver.ts')).createTestDriver() : undefined,
    explorer: await explorerFiles(onError),
  })
  started.defer(() => api.close())
  return listenOn('--api-port', httpAddress, apiPort, () => api.listen({ host: httpAddress, port: apiPort }))
}

/** The explorer's page; a node runs without it where it cannot be built. */
async function explorerFiles(onError: (error: unknown) => void): Promise<StaticFiles | undefined> {
  try {
    const { ensureExplorer } = await import('@trine/explorer')
    return readStaticFiles(await ensureExplorer())
  } catch (error) {
    onError(error)
    return undefined
  }
}

async function startMetrics(
  { metrics: isOn, metricsAddress, metricsPort = 8080 }: NodeConfig,
  metrics: Metrics,
  started: AsyncDisposableStack,
): Promise<string | undefined> {
  if (!isOn) return undefined
  const serve = () => serveMetrics({ metrics, host: metricsAddress, port: metricsPort })
  return listenOn('--metrics-port', metricsAddress, metricsPort, async () =>
    started.adopt(await serve(), (served) => served.close()),
  )
}

async function startAdmin(
  config: NodeConfig,
  opened: OpenNode,
  logs: Logs,
  scheduler: Scheduler,
  watches: Watches,
  onError: (error: unknown) => void,
  started: AsyncDisposableStack,
): Promise<string | undefined> {
  const { adminAddress, adminPort, adminTokenFile } = config
  if (adminPort === undefined || adminTokenFile === undefined) return undefined
  const admin = await createNodeAdmin(adminTokenFile, { config, opened, logs, scheduler, watches, onError })
  started.defer(() => admin.close())
  const listen = () => admin.listen({ host: adminAddress, port: adminPort })
  return listenOn('--admin-port', adminAddress, adminPort, listen)
}
