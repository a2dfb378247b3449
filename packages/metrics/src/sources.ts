import type { ActorFigures } from '@trine/actors'
import type { PeerId } from '@trine/messages'
import type { Slot } from '@trine/types'
import { clientName } from './clientName.ts'
import type { Instruments } from './instruments.ts'

/** How busy the workers for signatures are; `PoolStatus` of @trine/xmss is one. */
export type PoolFigures = {
  readonly workers: number
  readonly busyWorkers: number
  readonly pendingVerifications: number
  readonly pendingSignatures: number
  readonly pendingBackgroundTasks: number
  readonly crashes: number
}

export type ConnectedPeer = { readonly peerId: PeerId; readonly agent: string; readonly score: number }

/** What is asked at every scrape. Each may be missing; one that throws or rejects is counted and left out. */
export type MetricsSources = {
  /** `node.figures()`. */
  readonly mailboxes: () => readonly ActorFigures[]
  /** `pool.status()`. */
  readonly pool: () => PoolFigures
  /** `peers` of the network's `getNetwork`, or of the transport. */
  readonly peers: () => readonly ConnectedPeer[] | Promise<readonly ConnectedPeer[]>
  /** `transport.meshPeers()`. */
  readonly meshPeers: () => readonly PeerId[]
  /** `transport.openStreams()`. */
  readonly openStreams: () => number
  /** The name of a peer in the network's files: `ream_0`. */
  readonly peerName: (peerId: PeerId) => string | undefined
  /** Last slot that each key of this node can sign. */
  readonly keyEnds: () => readonly Slot[]
  /** Bytes on disk by part: blocks, ledger. */
  readonly storage: () => Promise<Readonly<Record<string, number>>>
  /** Of the disk with the data folder, bytes. */
  readonly disk: () => Promise<{ readonly free: number; readonly size: number }>
  /** Milliseconds that the wall clock is ahead of a reference; undefined while unknown. */
  readonly clockOffset: () => number | undefined
}

/** Asks the sources and takes down what they say. */
export async function collect(
  made: Instruments,
  sources: Partial<MetricsSources>,
  currentSlot: Slot,
): Promise<void> {
  const attempt = async (ask: () => unknown): Promise<void> => {
    try {
      await ask()
    } catch {
      made.errors.inc()
    }
  }
  await Promise.all([
    attempt(() => sources.mailboxes && setMailboxes(made, sources.mailboxes())),
    attempt(() => sources.pool && setPool(made, sources.pool())),
    attempt(() => setPeers(made, sources)),
    attempt(() => sources.openStreams && made.openStreams.set(sources.openStreams())),
    attempt(() => sources.keyEnds && setKeys(made, sources.keyEnds(), currentSlot)),
    attempt(async () => {
      for (const [part, bytes] of Object.entries((await sources.storage?.()) ?? {})) {
        made.storageBytes.set({ part }, bytes)
      }
    }),
    attempt(async () => {
      const disk = await sources.disk?.()
      if (disk === undefined) return
      made.diskFree.set(disk.free)
      made.diskSize.set(disk.size)
    }),
    attempt(() => {
      // Unknown is not 0, which would say that the clock is right.
      if (sources.clockOffset) made.clockOffset.set((sources.clockOffset() ?? Number.NaN) / 1000)
    }),
  ])
}

function setMailboxes(made: Instruments, actors: readonly ActorFigures[]): void {
  const totals = [
    [made.mailboxAccepted, 'accepted', 1],
    [made.mailboxHandled, 'handled', 1],
    [made.mailboxRefused, 'refused', 1],
    [made.mailboxDropped, 'dropped', 1],
    [made.mailboxWait, 'waitTotal', 1000],
    [made.mailboxBusy, 'busyTotal', 1000],
  ] as const
  const levels = [
    [made.mailboxDepth, 'depth', 1],
    [made.mailboxDeepest, 'deepest', 1],
    [made.mailboxCapacity, 'capacity', 1],
    [made.mailboxWaitMax, 'waitMax', 1000],
    [made.mailboxBusyMax, 'busyMax', 1000],
  ] as const
  // The actors count; a counter here can only be set by beginning at 0.
  for (const [total] of totals) total.reset()
  for (const total of [made.actorRestarts, made.actorFailures, made.actorStaleResults]) total.reset()
  for (const figures of actors) {
    const actor = figures.actor.slice(figures.actor.lastIndexOf('/') + 1)
    made.actorRestarts.inc({ actor }, figures.restarts)
    made.actorFailures.inc({ actor }, figures.failures)
    made.actorStaleResults.inc({ actor }, figures.staleResults)
    for (const lane of figures.lanes) {
      const labels = { actor, lane: lane.lane }
      for (const [total, key, unit] of totals) total.inc(labels, lane[key] / unit)
      for (const [level, key, unit] of levels) level.set(labels, lane[key] / unit)
    }
  }
}

function setPool(made: Instruments, pool: PoolFigures): void {
  made.xmssWorkers.set(pool.workers)
  made.xmssBusyWorkers.set(pool.busyWorkers)
  made.xmssPendingVerifications.set(pool.pendingVerifications)
  made.xmssPendingSignatures.set(pool.pendingSignatures)
  made.xmssPendingBackground.set(pool.pendingBackgroundTasks)
  made.xmssCrashes.reset()
  made.xmssCrashes.inc(pool.crashes)
}

async function setPeers(made: Instruments, sources: Partial<MetricsSources>): Promise<void> {
  const peers = (await sources.peers?.()) ?? []
  const labelOf = ({ peerId, agent }: ConnectedPeer) => sources.peerName?.(peerId) ?? clientName(agent)
  const mesh = new Set(sources.meshPeers?.())
  for (const level of [made.connectedPeers, made.meshPeers, made.peerScore]) level.reset()
  if (peers.length === 0) {
    made.connectedPeers.set({ client: 'unknown' }, 0)
    made.meshPeers.set({ client: 'unknown' }, 0)
  }
  for (const peer of peers) {
    const client = labelOf(peer)
    made.connectedPeers.inc({ client })
    made.meshPeers.inc({ client }, Number(mesh.has(peer.peerId)))
    made.peerScore.set({ peer: peer.peerId }, peer.score)
  }
}

function setKeys(made: Instruments, ends: readonly Slot[], currentSlot: Slot): void {
  made.validatorsCount.set(ends.length)
  const first = ends.reduce((least, end) => Math.min(least, end), Number.POSITIVE_INFINITY)
  if (ends.length > 0) made.keyRemaining.set(Math.max(0, first - currentSlot + 1))
}
