import type { NodeEvent } from '@trine/messages'
import type { Scenario, SimulateOptions } from '@trine/simulator'
import { writeOutput } from './output.ts'

/** Nodes whose whole story stands in the page; of more, the first ones. */
const MOST_NODES = 32

/** Mailboxes are looked at so often that all nodes together give about so many looks. */
const MAILBOX_LOOKS = 256

type PageRecorder = Required<Pick<SimulateOptions, 'onEvent' | 'onInterval'>> & {
  /** Writes the page of everything recorded so far. */
  write(): Promise<void>
}

/** Records a run for the page that `--html FILE` writes. */
export async function createPageRecorder(scenario: Scenario, file: string): Promise<PageRecorder> {
  const { eventsOf, mailboxesOf, Recorder, recordingPage } = await import('@trine/explorer')
  const recorded = Math.min(scenario.nodes, MOST_NODES)
  const recorder = new Recorder({
    title: `Simulation: ${scenario.name}`,
    description: describe(scenario, recorded),
    ticksPerSlot: 4,
    millisecondsPerTick: 1000,
    validatorCount: scenario.validators,
    nodes: Array.from({ length: recorded }, (_, node) => ({
      name: `node-${node}`,
      ownValidators: Array.from({ length: scenario.validators }, (_, validator) => validator).filter(
        (validator) => validator % scenario.nodes === node,
      ),
    })),
  })
  const everySlots = Math.max(1, Math.ceil((scenario.slots * recorded) / MAILBOX_LOOKS))
  return {
    onEvent: (node: number, event: NodeEvent) => {
      if (node >= recorded) return
      for (const told of eventsOf(event)) recorder.add(node, told)
    },
    onInterval: ({ slot, interval }, { nodes }) => {
      if (interval !== 3 || slot % everySlots !== 0) return
      for (const { index, node } of nodes.slice(0, recorded)) {
        if (node === undefined) continue
        recorder.add(index, { type: 'mailboxes', mailboxes: mailboxesOf(node.figures()) })
      }
    },
    write: async () => writeOutput(file, await recordingPage(recorder.finish())),
  }
}

function describe({ nodes, validators, seed, slots }: Scenario, recorded: number): string {
  const shown = recorded < nodes ? `, the first ${recorded} of them shown` : ''
  return `${nodes} nodes${shown}, ${validators} validators, ${slots} slots, seed ${seed}`
}
