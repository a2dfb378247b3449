import { createSystemScheduler } from '@trine/actors'
import { production } from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'
import { readNodeConfig } from '../node/readNodeConfig.ts'
import { listenForSignals } from '../node/signals.ts'
import { type StartedNode, startNode } from '../node/startNode.ts'
import { type DevnetFiles, type DevnetFlags, dataFolderOf, openDevnet } from './devnetFiles.ts'
import { StatusView } from './statusView.ts'

/** `trine devnet`: a network of nodes in one process, over real QUIC and with real signatures, until SIGINT or SIGTERM. */
export async function runDevnet(flags: DevnetFlags): Promise<void> {
  const files = await openDevnet(flags, console.log)
  console.log(describe(flags, files))
  // Only now: until here there is nothing to end in order.
  const signals = listenForSignals()
  const { nodes, stop } = await startNodes(flags, files)
  console.log(`Explorer and API: ${nodes[0]!.apiUrl}/`)
  const view = new StatusView(
    process.stdout,
    nodes.map(({ setup, status }) => ({ name: setup.name, status })),
  )
  nodes[0]!.events.subscribe(({ type }) => {
    if (type === 'intervalBegan' || type === 'countdown') view.update()
  })
  await signals.first
  console.log('ending ...')
  await stop()
  console.log(`ended in order; start it again to go on from where it was`)
  signals.finish()
}

async function startNodes(flags: DevnetFlags, { names, genesisFolder }: DevnetFiles) {
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
  return { nodes, stop: () => running.disposeAsync() }
}

function describe({ dir }: DevnetFlags, { names, validators, isNew, genesisTime }: DevnetFiles): string {
  const what = `${names.length} nodes with ${validators} validators over QUIC on 127.0.0.1, files in ${dir}`
  const since = new Date(genesisTime * 1000).toLocaleTimeString()
  return isNew ? `A new network: ${what}` : `Going on with the network of ${since}: ${what}`
}
