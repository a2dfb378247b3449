import { type Journal, journalsTogether, type Scheduler } from '@trine/actors'
import type { EventSource } from '@trine/api'
import type { NodeConfig } from '@trine/config'
import type { Logs } from '@trine/logs'
import type { Metrics } from '@trine/metrics'
import { BundleKeeper } from '../bundle/bundleKeeper.ts'
import { RecentJournal } from '../bundle/recentJournal.ts'
import { RecentLines } from '../bundle/recentLines.ts'
import { RecentSteps } from '../bundle/recentSteps.ts'
import { quickChecks } from '../doctor/doctor.ts'
import { askTime } from '../watch/askTime.ts'
import { ClockWatch } from '../watch/clockWatch.ts'
import { readResources, watchResources } from '../watch/resourceWatch.ts'
import { earsOf, resumeAfterListening } from './listenFirst.ts'
import type { NodeSetup } from './nodeSetup.ts'
import type { NodeStatus } from './nodeStatus.ts'
import type { OpenNode } from './openNode.ts'
import { timingOf } from './timingOf.ts'

const MOST_LINES = 2000
const MOST_ENTRIES = 5000
const MOST_JOURNAL_BYTES = 16e6
const MOST_STEP_BYTES = 32e6

/** What a node remembers of itself, for a bundle. */
export type Memory = {
  readonly lines: RecentLines
  readonly recent: RecentJournal
  /** Of the fork-choice store. */
  readonly steps: RecentSteps
  /** What the services' messages are told to. */
  readonly journal: Journal
}

/** @param journal that messages are told to as well */
export function createMemory(journal: Journal | undefined): Memory {
  const recent = new RecentJournal(MOST_ENTRIES, MOST_JOURNAL_BYTES)
  const both = journal === undefined ? recent : journalsTogether(journal, recent)
  return {
    lines: new RecentLines(MOST_LINES),
    recent,
    steps: new RecentSteps(MOST_STEP_BYTES),
    journal: both,
  }
}

/** Looks the machine over, quickly, before the first duty; what is wrong goes to the log. */
export async function checkBeforeDuties(
  setup: NodeSetup,
  logs: Pick<Logs, 'log'>,
  scheduler: Scheduler,
): Promise<void> {
  const timing = timingOf(setup.genesis.genesisTime)
  for (const { name, outcome, detail, fix } of await quickChecks(setup, timing, scheduler)) {
    if (outcome !== 'warn' && outcome !== 'fail') continue
    const level = outcome === 'fail' ? 'error' : 'warn'
    const fields = { check: name, found: detail }
    logs.log({ component: 'node', level, message: 'doctor', fields, ...(fix && { advice: fix }) })
  }
}

/** What a running node is watched with. */
export type Watches = { readonly clock: ClockWatch; readonly bundles: BundleKeeper }

/** Watches clock, disk and memory of a node, and keeps what a bundle needs. */
export function watchNode(
  opened: OpenNode,
  parts: {
    readonly config: NodeConfig
    readonly scheduler: Scheduler
    readonly events: EventSource
    readonly logs: Logs
    readonly metrics: Metrics
    readonly memory: Memory
    readonly status: NodeStatus
    readonly ownsProcess: boolean
  },
  started: AsyncDisposableStack,
): Watches {
  const { config, scheduler, events, logs, metrics, memory, status, ownsProcess } = parts
  const { node, timing, setup, transport } = opened
  const clock = started.use(
    new ClockWatch({
      scheduler,
      timing,
      events,
      logs,
      validator: node.refs.validator,
      timeSources: config.timeSources ?? [],
      askTime: (url, signal) => askTime(url, scheduler, signal),
    }),
  )
  if (opened.listensFirst) {
    const ears = earsOf(transport, status)
    started.defer(resumeAfterListening(node, timing, events, scheduler, ears))
  }
  started.defer(watchResources(events, logs, () => readResources(setup.dataFolder)))
  const { recent: journal, steps, lines } = memory
  const sources = { config, opened, scheduler, metrics, journal, steps, lines }
  const bundles = started.use(new BundleKeeper(sources, events, logs, ownsProcess))
  return { clock, bundles }
}
