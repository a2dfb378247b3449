import { createSystemScheduler } from '@trine/actors'
import { createJournalFile, type JournalFile } from '@trine/actors/journal-file'
import type { NodeConfig } from '@trine/config'
import { withFileErrors } from '../keys/userInput.ts'
import { UserError } from '../userError.ts'
import { listenForSignals } from './signals.ts'
import { type StartedNode, startNode } from './startNode.ts'

/** Runs a node until SIGINT or SIGTERM, and ends it in order. */
export async function runNode(config: NodeConfig): Promise<void> {
  refuseCheckpoint(config)
  const signals = listenForSignals()
  const journal = await openJournal(config.journal)
  try {
    const node = await startNode(config, {
      scheduler: createSystemScheduler(),
      journal,
      ownsProcess: true,
      onError: console.error,
    })
    console.log(describeNode(node))
    console.log(`${config.nodeId}: ${await signals.first}, ending`)
    await node.stop()
    const { head, justified, finalized } = node.status
    console.log(
      `${config.nodeId}: ended, head ${head?.slot ?? 0}, justified ${justified}, finalized ${finalized}`,
    )
  } finally {
    journal?.close()
  }
  signals.finish()
}

function refuseCheckpoint({ checkpoint, checkpointSyncUrl }: NodeConfig): void {
  const flag = checkpoint === undefined ? '--checkpoint-sync-url' : '--checkpoint'
  if (checkpoint === undefined && checkpointSyncUrl === undefined) return
  throw new UserError(`${flag}: expected nothing, beginning from a checkpoint is not possible yet`)
}

async function openJournal(file: string | undefined): Promise<JournalFile | undefined> {
  return file === undefined ? undefined : withFileErrors(file, async () => createJournalFile(file))
}

function describeNode({ setup, transport, genesisRoot, keys, apiUrl, metricsUrl }: StartedNode): string {
  const where = transport.addresses().join(' ')
  const peers = `${setup.staticPeers.length} static peers`
  return [
    `${setup.name}: runs as ${transport.localPeerId} on ${where}; ${keys.length} validators, ${peers}, genesis ${genesisRoot}`,
    ...(apiUrl === undefined ? [] : [`${setup.name}: API at ${apiUrl}/`]),
    ...(metricsUrl === undefined ? [] : [`${setup.name}: metrics at ${metricsUrl}/metrics`]),
  ].join('\n')
}
