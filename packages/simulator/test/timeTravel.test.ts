import {
  type AskKind,
  ask,
  decodeJournalEntry,
  encodeJournalEntry,
  type JournalEntry,
  type Question,
  type Ref,
  RingJournal,
} from '@trine/actors'
import type { MessagesOf } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import {
  formatMoment,
  type Moment,
  parseScenario,
  readJournalHeader,
  rebuildNodes,
  resolveScenario,
  type Scenario,
  type ServicesView,
  simulate,
} from '../src/index.ts'
import type { SimulatedNode } from '../src/simulatedNode.ts'
import type { World } from '../src/world.ts'

function scenarioOf(yaml: string): Scenario {
  const input = parseScenario(yaml)
  const scenario = input.ok ? resolveScenario(input.value) : input
  if (!scenario.ok) throw new Error(`${scenario.error.field}: ${scenario.error.message}`)
  return scenario.value
}

/** Much goes wrong, so that much has to be rebuilt right. */
const EVENTFUL = `
nodes: 4
validators: 6
slots: 24
signatures: none
link: { latency: { minimum: 5, maximum: 700, skew: 3 }, loss: 0.15, duplication: 0.1, reordering: 0.1 }
faults:
  - { kind: crash, nodes: 1, from: 5.2, to: 8.1 }
  - { kind: crash, nodes: 2, from: 12, to: 13.3, wipe: true }
  - { kind: skew, nodes: 3, milliseconds: 1300, from: 4.1, to: 15 }
  - { kind: skew, nodes: 0, milliseconds: -2100, from: 16, to: 18 }
  - { kind: equivocate, nodes: 0, from: 3, to: 14 }
  - { kind: partition, groups: [[0, 1], [2, 3]], from: 17, to: 20 }
  - { kind: stranger, from: 6, to: 9 }
`

type Answers = Omit<ServicesView, 'votes'>

/** What a running node answers to every question about itself. */
async function answersOf({ scheduler }: World, { node }: SimulatedNode): Promise<Answers | undefined> {
  if (node === undefined) return undefined
  const { chain, sync, validator, network, clock } = node.refs
  const get = async <M extends MessagesOf[keyof MessagesOf], K extends AskKind<M>>(
    ref: Ref<M>,
    question: Question<M, K>,
  ) => {
    const asked = ask(ref, question, { scheduler, timeoutMilliseconds: 10 })
    const answer = await scheduler.settle(asked)
    if (!answer.ok) throw new Error(`${ref.name}: ${answer.error.message}`)
    return answer.value as never
  }
  return {
    chain: await get(chain, { type: 'getChain' }),
    forkChoice: await get(chain, { type: 'getForkChoice' }),
    evidence: await get(chain, { type: 'getEvidence' }),
    sync: await get(sync, { type: 'getSync' }),
    duties: await get(validator, { type: 'getDuties' }),
    network: await get(network, { type: 'getNetwork' }),
    clock: await get(clock, { type: 'getClock' }),
  }
}

/** Runs a scenario with a journal, asking every node at some moments. */
async function runAndAsk(scenario: Scenario, moments: readonly string[]) {
  const journal = new RingJournal(Number.POSITIVE_INFINITY)
  const live = new Map<string, { moment: Moment; answers: (Answers | undefined)[] }>()
  const report = await simulate(scenario, {
    journal,
    onInterval: async (moment, world) => {
      const name = formatMoment(moment)
      if (!moments.includes(name)) return
      const answers: (Answers | undefined)[] = []
      for (const node of world.nodes) answers.push(await answersOf(world, node))
      live.set(name, { moment, answers })
    },
  })
  return { entries: journal.entries().map(throughText), live, report }
}

/** As it comes back from a file. */
function throughText(entry: JournalEntry): JournalEntry {
  const read = decodeJournalEntry(encodeJournalEntry(entry))
  if (!read.ok) throw new Error(read.error.message)
  return read.value
}

function headerOf(entries: readonly JournalEntry[]) {
  const header = readJournalHeader(entries[0])
  if (!header.ok) throw new Error(header.error)
  return header.value
}

describe('time travel', () => {
  const moments = ['0.0', '5.1', '7.0', '8.1', '12.0', '13.3', '14.2', '17.3', '19.1', '23.3']

  it('rebuilds every node as it was, at any moment, from the journal alone', async () => {
    const scenario = scenarioOf(EVENTFUL)
    const { entries, live } = await runAndAsk(scenario, moments)
    const header = headerOf(entries)
    expect(header.scenario).toEqual(scenario)
    expect([...live.keys()]).toEqual(moments)
    for (const [name, { moment, answers }] of live) {
      const views = await rebuildNodes(header, entries.slice(1), [0, 1, 2, 3], moment)
      for (const [node, expected] of answers.entries()) {
        const view = views[node]!
        expect(view.isRunning, `node ${node} at ${name}`).toBe(expected !== undefined)
        if (!view.isRunning) continue
        const { votes, node: _, starts: __, isRunning: ___, ...rebuilt } = view
        expect(rebuilt, `node ${node} at ${name}`).toEqual(expected)
        // Every known vote for a block has weight there: the votes belong to this tree.
        const { nodes } = view.forkChoice
        for (const { root, weight, slot } of nodes.slice(1)) {
          const direct = votes.known.filter(({ head }) => head.root === root).length
          const children = nodes.filter(({ parentRoot }) => parentRoot === root)
          const below = children.reduce((sum, child) => sum + child.weight, 0)
          expect(weight, `weight of slot ${slot}, node ${node} at ${name}`).toBe(direct + below)
        }
      }
    }
  })
})
