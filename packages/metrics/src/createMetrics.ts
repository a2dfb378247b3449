import { type EventSink, type NodeEvent, type SlotTiming, slotAt } from '@trine/messages'
import type { Slot } from '@trine/types'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { feedChain } from './chainFeed.ts'
import { createClockFeed } from './clockFeed.ts'
import { createAll, type Instruments } from './instruments.ts'
import { createNetworkFeed } from './networkFeed.ts'
import type { Position } from './position.ts'
import { collect, type MetricsSources } from './sources.ts'
import { feedValidator } from './validatorFeed.ts'

export type MetricsOptions = {
  /** Of the node in the network's files: `trine_0`. */
  readonly name: string
  readonly version: string
  /** What it runs on: `node 24.21.0`. */
  readonly runtime: string
  readonly timing: SlotTiming
  /** Slots that the history of a state has room for. */
  readonly historyLimit: Slot
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Milliseconds since an arbitrary moment; never goes back. */
  readonly monotonic: () => number
  /** Whether to tell of the whole process too: memory, processor time, event loop. For one node per process. */
  readonly isOfProcess?: boolean | undefined
}

/** The metrics of one node. */
export interface Metrics {
  /** Takes the node's events. */
  readonly sink: EventSink
  /** Adds sources that are asked at every scrape. */
  addSources(sources: Partial<MetricsSources>): void
  /** Everything in Prometheus' text format. Scrapes at the same time share one answer. */
  text(): Promise<string>
  readonly contentType: string
}

/** The null object: takes everything, tells nothing. */
export const noMetrics: Metrics = {
  sink: { emit: () => {} },
  addSources: () => {},
  text: () => Promise.resolve(''),
  contentType: Registry.PROMETHEUS_CONTENT_TYPE,
}

/** Makes the metrics of a node, in a registry of their own. */
export function createMetrics(options: MetricsOptions): Metrics {
  return createMetricsIn(new Registry(), options)
}

/** As `createMetrics`, in a registry that others have a part in. */
export function createMetricsIn(registry: Registry, options: MetricsOptions): Metrics {
  const { timing, now, historyLimit } = options
  if (options.isOfProcess) collectDefaultMetrics({ register: registry })
  const made = createAll(registry)
  made.nodeInfo.set({ name: options.name, version: options.version }, 1)
  made.nodeStartTime.set(now() / 1000)
  made.buildInfo.set({ version: options.version, runtime: options.runtime }, 1)
  const position: Position = { head: 0, finalized: 0 }
  let sources: Partial<MetricsSources> = {}
  let scrape: Promise<string> | undefined

  const write = async (): Promise<string> => {
    const slot = Math.max(0, slotAt(now(), timing))
    made.currentSlot.set(slot)
    made.headSlot.set(position.head)
    made.headLag.set(Math.max(0, slot - position.head))
    made.slotsWithoutFinality.set(Math.max(0, slot - position.finalized))
    made.historyRemaining.set(Math.max(0, historyLimit - slot))
    await collect(made, sources, slot)
    return registry.metrics()
  }
  return {
    sink: createSink(made, position, options),
    addSources: (more) => {
      sources = { ...sources, ...more }
    },
    text: () => {
      scrape ??= write().finally(() => {
        scrape = undefined
      })
      return scrape
    },
    contentType: registry.contentType,
  }
}

function createSink(
  made: Instruments,
  position: Position,
  { timing, now, monotonic }: MetricsOptions,
): EventSink {
  const feedClock = createClockFeed(made, monotonic, timing.intervalsPerSlot)
  const feedNetwork = createNetworkFeed(made, now, timing)
  const feed = (event: NodeEvent): void => {
    switch (event.type) {
      case 'countdown':
      case 'intervalBegan':
      case 'intervalsSkipped':
      case 'clockStepped':
        return feedClock(event)
      case 'duty':
      case 'dutiesPaused':
      case 'dutiesResumed':
        return feedValidator(made, event)
      case 'peerConnected':
      case 'peerDisconnected':
      case 'dialFailed':
      case 'peerScored':
      case 'peerBanned':
      case 'gossipReceived':
      case 'gossipJudged':
      case 'gossipPublished':
      case 'requestEnded':
        return feedNetwork(event)
      case 'syncState':
        for (const status of ['idle', 'syncing', 'synced']) {
          made.syncStatus.set({ status }, Number(status === event.state))
        }
        return
      case 'backfill':
        made.backfillLowest.set(event.lowest.slot)
        return
      case 'actorFailed':
        return
      default:
        return feedChain(made, position, event)
    }
  }
  return {
    emit: (event) => {
      try {
        feed(event)
      } catch {
        made.errors.inc()
      }
    },
  }
}
