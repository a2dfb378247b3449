import { createSystemScheduler } from '@trine/actors'
import { createJournalFile, type JournalFile } from '@trine/actors/journal-file'
import type { NodeConfig } from '@trine/config'
import { withFileErrors } from '../userInput.ts'
import { describeNode } from './nodeLogs.ts'
import { listenForSignals } from './signals.ts'
import { type StartedNode, startNode } from './startNode.ts'

/** Runs a node until SIGINT or SIGTERM, and ends it in order. */
export async function runNode(config: NodeConfig): Promise<void> {
  const signals = listenForSignals()
  let node: StartedNode | undefined
  const journal = await openJournal(config.journal, (file, { message }) => {
    const fields = { file, detail: message }
    const advice = 'the node goes on without it; make room, and start the node again to have one'
    if (node === undefined) console.error(`trine: ${file}: ${message}: ${advice}`)
    else node.logs.log({ component: 'node', level: 'error', message: 'journal ended', fields, advice })
  })
  try {
    node = await startNode(config, {
      scheduler: createSystemScheduler(),
      journal,
      ownsProcess: true,
    })
    const { logs } = node
    const say = (message: string, fields = {}) =>
      logs.log({ component: 'node', level: 'info', message, fields })
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

async function openJournal(
  file: string | undefined,
  onError: (file: string, error: Error) => void,
): Promise<JournalFile | undefined> {
  if (file === undefined) return undefined
  return withFileErrors(file, async () => createJournalFile(file, (error) => onError(file, error)))
}
