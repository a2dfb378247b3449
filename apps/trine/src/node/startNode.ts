import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createRandom, type Journal, type Scheduler } from '@trine/actors'
import { createApi, createEventHub, type EventHub, readStaticFiles } from '@trine/api'
import type { NodeConfig } from '@trine/config'
import { createMetrics, serveMetrics } from '@trine/metrics'
import { PRESET } from '@trine/types'
import type { SignaturePool } from '@trine/xmss'
import { UserError } from '../userError.ts'
import { version } from '../version.ts'
import { NodeStatus } from './nodeStatus.ts'
import { type OpenNode, openNode } from './openNode.ts'
import { readSetup } from './readSetup.ts'

/** What runs around a node. */
export type NodeSurroundings = {
  readonly scheduler: Scheduler
  /** Shared by several nodes of one process. */
  readonly pool?: SignaturePool | undefined
  readonly journal?: Journal | undefined
  /** Whether the process is this node's alone: then metrics are of the process too. */
  readonly ownsProcess: boolean
  readonly onError: (error: unknown) => void
}

/** A node with what watches it. */
export type StartedNode = OpenNode & {
  readonly status: NodeStatus
  readonly events: EventHub
  /** `http://127.0.0.1:5052`; undefined when it is off. */
  readonly apiUrl: string | undefined
  readonly metricsUrl: string | undefined
}

/** Starts a node as its configuration says: services, API and metrics. What the user can mend is a UserError. */
export async function startNode(config: NodeConfig, surroundings: NodeSurroundings): Promise<StartedNode> {
  await using started = new AsyncDisposableStack()
  const { scheduler, pool, journal, onError } = surroundings
  const setup = await readSetup(config)
  const events = createEventHub(onError)
  const status = new NodeStatus()
  events.subscribe((event) => status.emit(event))
  const random = createRandom(randomBytes(16).toString('hex'))
  const agent = `trine/${version}`
  const metrics = createMetricsOf(setup.name, setup.genesis.genesisTime, surroundings)
  events.subscribe((event) => metrics.sink.emit(event))
  const opened = await openNode(setup, { scheduler, random, events, agent, pool, journal })
  started.defer(() => opened.stop())
  addSources(metrics, opened)
  const apiUrl = config.api ? await startApi(config, opened, events, surroundings, started) : undefined
  const metricsUrl = config.metrics ? await startMetrics(config, metrics, started) : undefined
  const running = started.move()
  return { ...opened, status, events, apiUrl, metricsUrl, stop: () => running.disposeAsync() }
}

function createMetricsOf(name: string, genesisTime: number, { scheduler, ownsProcess }: NodeSurroundings) {
  const { secondsPerSlot, intervalsPerSlot, historicalRootsLimit } = PRESET
  return createMetrics({
    name,
    version,
    runtime: `node ${process.versions.node}`,
    timing: {
      genesisTime: genesisTime * 1000,
      millisecondsPerInterval: (secondsPerSlot * 1000) / intervalsPerSlot,
      intervalsPerSlot,
    },
    historyLimit: historicalRootsLimit,
    now: () => scheduler.now(),
    monotonic: () => scheduler.monotonic(),
    isOfProcess: ownsProcess,
  })
}

function addSources(metrics: ReturnType<typeof createMetrics>, opened: OpenNode): void {
  const { node, pool, transport, keys, setup } = opened
  metrics.addSources({
    mailboxes: () => node.figures(),
    pool: () => pool.status(),
    peers: () => transport.peers(),
    keyEnds: () => keys.map(({ endEpoch }) => endEpoch - 1),
    disk: async () => {
      const { bavail, blocks, bsize } = await statfs(setup.dataFolder)
      return { free: bavail * bsize, size: blocks * bsize }
    },
  })
}

async function startApi(
  { httpAddress, apiPort = 5052 }: NodeConfig,
  { node, setup, timing, transport, genesisRoot, anchorBlock }: OpenNode,
  events: EventHub,
  { scheduler, onError }: NodeSurroundings,
  started: AsyncDisposableStack,
): Promise<string> {
  const { name, networkName, signatureEncoding } = setup
  const addresses = transport.addresses()
  const api = createApi({
    scheduler,
    timing,
    refs: node.refs,
    events,
    figures: () => node.figures(),
    onError,
    identity: {
      name,
      version: `trine/${version}`,
      addresses,
      networkName,
      genesisRoot,
      signatureEncoding,
      anchorBlock,
    },
    explorer: explorerFiles(),
  })
  started.defer(() => api.close())
  return listenOn('--api-port', httpAddress, apiPort, () => api.listen({ host: httpAddress, port: apiPort }))
}

const EXPLORER = fileURLToPath(new URL('../../../explorer/dist', import.meta.url))

function explorerFiles() {
  return existsSync(EXPLORER) ? readStaticFiles(EXPLORER) : undefined
}

async function startMetrics(
  { metricsAddress, metricsPort = 8080 }: NodeConfig,
  metrics: ReturnType<typeof createMetrics>,
  started: AsyncDisposableStack,
): Promise<string> {
  const serve = () => serveMetrics({ metrics, host: metricsAddress, port: metricsPort })
  return listenOn('--metrics-port', metricsAddress, metricsPort, async () =>
    started.adopt(await serve(), (served) => served.close()),
  )
}

/** Begins to listen; a port that cannot be had is a UserError that names the flag. */
async function listenOn(
  flag: string,
  host: string,
  port: number,
  listen: () => Promise<{ readonly port: number }>,
): Promise<string> {
  try {
    const address = host.includes(':') ? `[${host}]` : host
    return `http://${address}:${(await listen()).port}`
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'EADDRINUSE' ? 'it is in use' : message
    throw new UserError(`${flag}: expected a port that is free on ${host}, got ${port}: ${reason}`)
  }
}
