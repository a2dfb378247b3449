import { randomBytes } from 'node:crypto'
import { createRandom, createSystemScheduler } from '@trine/actors'
import { production } from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'
import { EventHub } from '../node/eventHub.ts'
import { NodeStatus } from '../node/nodeStatus.ts'
import { openNode } from '../node/openNode.ts'
import { readNodeConfig } from '../node/readNodeConfig.ts'
import { readSetup } from '../node/readSetup.ts'
import { listenForSignals } from '../node/signals.ts'
import { version } from '../version.ts'
import { type DevnetFiles, type DevnetFlags, dataFolderOf, openDevnet } from './devnetFiles.ts'
import { StatusView } from './statusView.ts'

/** `trine devnet`: a network of nodes in one process, over real QUIC and with real signatures, until SIGINT or SIGTERM. */
export async function runDevnet(flags: DevnetFlags): Promise<void> {
  const signals = listenForSignals()
  const files = await openDevnet(flags, console.log)
  console.log(describe(flags, files))
  const nodes = await startNodes(flags, files)
  await signals.first
  console.log('ending ...')
  await nodes.stop()
  console.log(`ended in order; start it again to go on from where it was`)
  signals.finish()
}

async function startNodes(flags: DevnetFlags, { names, genesisFolder }: DevnetFiles) {
  await using opened = new AsyncDisposableStack()
  const scheduler = createSystemScheduler()
  // One for all: they share the cores.
  const pool = createPool({ scheme: production, encoding: 'ssz3112' })
  opened.defer(() => pool.close('now'))
  const nodes = names.map((name) => ({ name, status: new NodeStatus() }))
  const view = new StatusView(process.stdout, nodes)
  for (const { name, status } of nodes) {
    const { config } = await readNodeConfig(
      {
        genesis: genesisFolder,
        nodeId: name,
        dataDir: dataFolderOf(flags.dir, name),
        socketAddress: '127.0.0.1',
      },
      {},
    )
    const events = new EventHub()
    events.listen(status)
    if (name === names[0]) {
      events.listen({
        emit: ({ type }) => {
          if (type === 'intervalBegan' || type === 'countdown') view.update()
        },
      })
    }
    const node = await openNode(await readSetup(config), {
      scheduler,
      random: createRandom(randomBytes(16).toString('hex')),
      events,
      agent: `trine/${version}`,
      pool,
    })
    opened.defer(() => node.stop())
  }
  const running = opened.move()
  return { stop: () => running.disposeAsync() }
}

function describe({ dir }: DevnetFlags, { names, validators, isNew, genesisTime }: DevnetFiles): string {
  const what = `${names.length} nodes with ${validators} validators over QUIC on 127.0.0.1, files in ${dir}`
  const since = new Date(genesisTime * 1000).toLocaleTimeString()
  return isNew ? `A new network: ${what}` : `Going on with the network of ${since}: ${what}`
}
