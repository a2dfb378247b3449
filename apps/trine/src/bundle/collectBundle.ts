import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'
import { ask, encodeJournalEntry, type Scheduler } from '@trine/actors'
import type { NodeConfig } from '@trine/config'
import { slotAt } from '@trine/messages'
import type { Metrics } from '@trine/metrics'
import { toHex } from '@trine/types'
import type { OpenNode } from '../node/openNode.ts'
import { version } from '../version.ts'
import type { RecentJournal } from './recentJournal.ts'
import type { RecentLines } from './recentLines.ts'
import type { RecentSteps } from './recentSteps.ts'
import { redactConfig } from './redactConfig.ts'
import { storeLines } from './storeText.ts'

const ASK_MILLISECONDS = 3000
const FORMAT = 1

/** What a bundle is made from. */
export type BundleSources = {
  readonly config: NodeConfig
  readonly opened: OpenNode
  readonly scheduler: Scheduler
  readonly metrics: Metrics
  readonly journal: RecentJournal
  readonly steps: RecentSteps
  readonly lines: RecentLines
}

/** Why a bundle is written: a word for its name, and what there is to say. */
export type BundleReason = { readonly word: string; readonly detail: string }

/** The lines of a bundle, each an object with its `part`; what a service does not answer is told as an `error`. */
export async function collectBundle(sources: BundleSources, reason: BundleReason): Promise<string[]> {
  const { opened, metrics, scheduler } = sources
  const { chain, network, sync, validator, clock } = opened.node.refs
  const options = { scheduler, timeoutMilliseconds: ASK_MILLISECONDS }
  const asked = {
    chain: ask(chain, { type: 'getChain' }, options),
    forkChoice: ask(chain, { type: 'getForkChoice' }, options),
    network: ask(network, { type: 'getNetwork' }, options),
    sync: ask(sync, { type: 'getSync' }, options),
    duties: ask(validator, { type: 'getDuties' }, options),
    clock: ask(clock, { type: 'getClock' }, options),
  }
  const views: string[] = []
  for (const [part, answer] of Object.entries(asked)) {
    const result = await answer
    views.push(line(part, result.ok ? { view: result.value } : { error: result.error }))
  }
  const scrape = await metrics.text().catch((error: Error) => `# ${error.message}`)
  return [...knownAtOnce(sources, reason), ...views, line('metrics', { text: scrape }), ...history(sources)]
}

/** The lines of a bundle that need no answer of a service: for a process that ends now. */
export function collectAtOnce(sources: BundleSources, reason: BundleReason): string[] {
  return [...knownAtOnce(sources, reason), ...history(sources)]
}

function knownAtOnce({ config, opened, scheduler }: BundleSources, reason: BundleReason): string[] {
  const { node, setup, transport, timing, genesisRoot } = opened
  const now = scheduler.now()
  return [
    line('about', {
      format: FORMAT,
      reason: reason.word,
      detail: reason.detail,
      time: new Date(now).toISOString(),
      slot: slotAt(now, timing),
      name: setup.name,
      network: setup.networkName,
      genesisRoot,
      validators: setup.ownKeys.map(({ validatorIndex }) => validatorIndex),
      uptimeSeconds: Math.round(process.uptime()),
    }),
    line('versions', {
      trine: version,
      ...process.versions,
      platform: `${process.platform} ${process.arch}`,
    }),
    line('config', { settings: redactConfig(config) }),
    line('peers', {
      peers: transport.peers(),
      mesh: transport.meshPeers(),
      addresses: transport.addresses(),
    }),
    line('mailboxes', { actors: node.figures() }),
    line('heap', {
      memory: process.memoryUsage(),
      heap: getHeapStatistics(),
      spaces: getHeapSpaceStatistics(),
    }),
  ]
}

function history({ lines, journal, steps }: BundleSources): string[] {
  return [
    ...storeLines(steps.recording()),
    ...lines.lines().map((text) => line('log', { text })),
    ...journal.entries().map((entry) => `{"part":"journal","entry":${encodeJournalEntry(entry)}}`),
  ]
}

function line(part: string, content: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ part, ...content }, (_, value: unknown) => {
    if (value instanceof Uint8Array) return toHex(value)
    return typeof value === 'bigint' ? value.toString() : value
  })
}
