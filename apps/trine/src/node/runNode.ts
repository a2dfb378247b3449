import { createSystemScheduler } from '@trine/actors'
import { createJournalFile, type JournalFile } from '@trine/actors/journal-file'
import type { NodeConfig } from '@trine/config'
import { withFileErrors } from '../userInput.ts'
import { describeNode } from './nodeLogs.ts'
import { listenForSignals } from './signals.ts'
import { startNode } from './startNode.ts'

/** Runs a node until SIGINT or SIGTERM, and ends it in order. */
export async function runNode(config: NodeConfig): Promise<void> {
  const signals = listenForSignals()
  const journal = await openJournal(config.journal)
  try {
    const node = await startNode(config, {
      scheduler: createSystemScheduler(),
      journal,
      ownsProcess: true,
    })
    const say = (message: string, fields = {}) =>
      node.logs.log({ component: 'node', level: 'info', message, fields })
    // For people; what machines need of it is in the metrics and the API.
    if (config.logFormat !== 'json') process.stderr.write(describeNode(node, node.beginsFrom, node))
    say('node started')
    say('node ends', { signal: await signals.first })
    await node.stop()
    const { head, justified, finalized } = node.status
    say('node ended', { head: head?.slot ?? 0, justified, finalized })
  } finally {
    journal?.close()
  }
  signals.finish()
}

async function openJournal(file: string | undefined): Promise<JournalFile | undefined> {
  return file === undefined ? undefined : withFileErrors(file, async () => createJournalFile(file))
}
