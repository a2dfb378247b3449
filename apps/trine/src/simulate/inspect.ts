import type { JournalEntry } from '@trine/actors'
import {
  formatMoment,
  type JournalHeader,
  type NodeView,
  readJournalHeader,
  rebuildNodes,
} from '@trine/simulator'
import { toHex } from '@trine/types'
import { readBundle } from '../bundle/readBundle.ts'
import { UserError } from '../userError.ts'
import { momentOf, nodeOf, type SimulateCommandOptions } from './options.ts'
import { writeOutput } from './output.ts'
import { printNode } from './printNode.ts'
import { resumeBundle } from './resumeBundle.ts'
import { createRecorder } from './run.ts'
import { writeVector } from './vector.ts'

/** Goes back to a moment of a run that was written down, and shows nodes as they were then. */
export async function inspectJournal(path: string, options: SimulateCommandOptions): Promise<void> {
  const bundle = readBundle(path)
  if (bundle !== undefined) return resumeBundle(bundle, options)
  const header = await headerOf(path)
  const { scenario } = header
  const chosen = nodeOf(options.node, scenario)
  const until = momentOf(options.until, scenario)
  const nodes = chosen === undefined ? [...Array(scenario.nodes).keys()] : [chosen]
  const vectorNode = chosen ?? 0
  const recorder = options.exportVector === undefined ? undefined : createRecorder(scenario, vectorNode)
  const views = await rebuildNodes(header, entriesOf(path, nodes), nodes, until, (node, step) => {
    if (node === vectorNode) recorder?.take(step)
  })
  if (options.json !== undefined) writeOutput(options.json, jsonOf(header, views, options.until))
  if (options.json !== '-' && options.quiet !== true) {
    const moment = until === undefined ? 'the end' : `the end of ${formatMoment(until)}`
    console.log(`${scenario.name}, seed ${scenario.seed}, at ${moment}`)
    for (const view of views) printNode(view)
  }
  if (recorder !== undefined) writeVector(options.exportVector!, vectorNode, recorder)
}

function jsonOf({ scenario }: JournalHeader, nodes: readonly NodeView[], until: string | undefined): string {
  const { name, seed } = scenario
  const content = { scenario: name, seed, until: until ?? 'end', nodes }
  const plain = (_: string, value: unknown) => {
    if (value instanceof Uint8Array) return toHex(value)
    return typeof value === 'bigint' ? value.toString() : value
  }
  return `${JSON.stringify(content, plain, 2)}\n`
}

async function headerOf(path: string): Promise<JournalHeader> {
  let first: JournalEntry | undefined
  for await (const entry of readEntries(path, () => true)) {
    first = entry
    break
  }
  const header = readJournalHeader(first)
  if (!header.ok) throw new UserError(`${path}: ${header.error}`)
  return header.value
}

/** The entries of some nodes; those of others, which may be most of the file, are not even read. */
function entriesOf(path: string, nodes: readonly number[]): AsyncGenerator<JournalEntry> {
  const names = new Set(nodes.map((node) => `node-${node}`))
  return readEntries(path, (line) => {
    const actor = /"actor":"([^"/]*)/.exec(line)
    // What has no name is read too, and refused.
    return actor === null || names.has(actor[1]!)
  })
}

/** What cannot be read is the user's file, not our error. */
async function* readEntries(path: string, isWanted: (line: string) => boolean): AsyncGenerator<JournalEntry> {
  const { readJournalFile } = await import('@trine/actors/journal-file')
  try {
    yield* readJournalFile(path, isWanted)
  } catch (error) {
    const { message } = error as Error
    throw new UserError(
      message.startsWith(path) ? message : `${path}: expected a readable journal (${message})`,
    )
  }
}
