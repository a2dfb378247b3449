import { randomBytes } from 'node:crypto'
import { createRandom, createSystemScheduler } from '@trine/actors'
import { createJournalFile, type JournalFile } from '@trine/actors/journal-file'
import type { NodeConfig } from '@trine/config'
import { withFileErrors } from '../keys/userInput.ts'
import { UserError } from '../userError.ts'
import { version } from '../version.ts'
import { EventHub } from './eventHub.ts'
import { NodeStatus } from './nodeStatus.ts'
import { type OpenNode, openNode } from './openNode.ts'
import { readSetup } from './readSetup.ts'
import { listenForSignals } from './signals.ts'

/** Runs a node until SIGINT or SIGTERM, and ends it in order. */
export async function runNode(config: NodeConfig): Promise<void> {
  refuseCheckpoint(config)
  const signals = listenForSignals()
  const setup = await readSetup(config)
  const journal = await openJournal(config.journal)
  const events = new EventHub()
  const status = new NodeStatus()
  events.listen(status)
  try {
    const opened = await openNode(setup, {
      scheduler: createSystemScheduler(),
      random: createRandom(randomBytes(16).toString('hex')),
      events,
      agent: `trine/${version}`,
      journal,
    })
    console.log(describeNode(opened))
    console.log(`${setup.name}: ${await signals.first}, ending`)
    await opened.stop()
    const { head, justified, finalized } = status
    console.log(
      `${setup.name}: ended, head ${head?.slot ?? 0}, justified ${justified}, finalized ${finalized}`,
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

function describeNode({ setup, transport, genesisRoot, keys }: OpenNode): string {
  const where = transport.addresses().join(' ')
  const peers = `${setup.staticPeers.length} static peers`
  return `${setup.name}: runs as ${transport.localPeerId} on ${where}; ${keys.length} validators, ${peers}, genesis ${genesisRoot}`
}
