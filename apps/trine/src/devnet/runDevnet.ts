import { createSystemScheduler } from '@trine/actors'
import { production } from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'
import { readNodeConfig } from '../node/readNodeConfig.ts'
import { listenForSignals } from '../node/signals.ts'
import { type StartedNode, startNode } from '../node/startNode.ts'
import { type DevnetFiles, type DevnetFlags, dataFolderOf, openDevnet } from './devnetFiles.ts'
import { startProcesses } from './startProcesses.ts'
import { type NamedStatus, StatusView } from './statusView.ts'

/** Each process of a node has 5 s of its own. */
const PROCESSES_GRACE_MILLISECONDS = 10_000

/** A local network that runs. */
export type RunningNodes = {
  /** Of the first node. */
  readonly apiUrl: string
  readonly statuses: readonly NamedStatus[]
  /** Calls `update` after each tick of the first node. */
  onTick(update: () => void): void
  /** Ends all nodes in order. */
  stop(): Promise<void>
}

/** `trine devnet`: a local network, over real QUIC and with real signatures, until SIGINT or SIGTERM. */
export async function runDevnet(flags: DevnetFlags & { readonly processes?: boolean }): Promise<void> {
  const files = await openDevnet(flags, console.log)
  console.log(describe(flags, files))
  // Only now: until here there is nothing to end in order.
  const signals = flags.processes ? listenForSignals(PROCESSES_GRACE_MILLISECONDS) : listenForSignals()
  const running = await (flags.processes ? startProcesses(flags.dir, files) : startNodes(flags, files))
  console.log(`Explorer and API: ${running.apiUrl}/`)
  if (flags.processes) console.log(`Logs: ${flags.dir}/logs`)
  const view = new StatusView(process.stdout, running.statuses)
  running.onTick(() => view.update())
  await signals.first
  console.log('ending ...')
  await running.stop()
  console.log(`ended in order; start it again to go on from where it was`)
  signals.finish()
}

/** Starts all nodes in this process. */
async function startNodes(flags: DevnetFlags, { names, genesisFolder }: DevnetFiles): Promise<RunningNodes> {
  await using opened = new AsyncDisposableStack()
  const scheduler = createSystemScheduler()
  // One for all: they share the cores.
  const pool = createPool({ scheme: production, encoding: 'ssz3112' })
  opened.defer(() => pool.close('now'))
  const nodes: StartedNode[] = []
  for (const nodeId of names) {
    const dataDir = dataFolderOf(flags.dir, nodeId)
    const { config } = await readNodeConfig(
      { genesis: genesisFolder, nodeId, dataDir, socketAddress: '127.0.0.1', logLevel: ['silent'] },
      {},
    )
    const node = await startNode(config, { scheduler, pool, ownsProcess: false })
    opened.defer(() => node.stop())
    nodes.push(node)
  }
  const running = opened.move()
  return {
    apiUrl: nodes[0]!.apiUrl!,
    statuses: nodes.map(({ setup, status }) => ({ name: setup.name, status })),
    onTick: (update) => {
      nodes[0]!.events.subscribe(({ type }) => {
        if (type === 'intervalBegan' || type === 'countdown') update()
      })
    },
    stop: () => running.disposeAsync(),
  }
}

function describe({ dir }: DevnetFlags, { names, validators, isNew, genesisTime }: DevnetFiles): string {
  const what = `${names.length} nodes with ${validators} validators over QUIC on 127.0.0.1, files in ${dir}`
  const since = new Date(genesisTime * 1000).toLocaleTimeString()
  return isNew ? `A new network: ${what}` : `Going on with the network of ${since}: ${what}`
}
