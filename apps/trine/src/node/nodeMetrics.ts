import { statfs } from 'node:fs/promises'
import { ask, type Scheduler } from '@trine/actors'
import { createMetrics, type Metrics } from '@trine/metrics'
import { PRESET } from '@trine/types'
import { version } from '../version.ts'
import type { OpenNode } from './openNode.ts'
import { timingOf } from './timingOf.ts'

/** The metrics of a node. `isOfProcess`: the process is this node's alone. */
export function createNodeMetrics(
  name: string,
  genesisTime: number,
  scheduler: Scheduler,
  isOfProcess: boolean,
): Metrics {
  return createMetrics({
    name,
    version,
    runtime: `node ${process.versions.node}`,
    timing: timingOf(genesisTime),
    historyLimit: PRESET.historicalRootsLimit,
    now: () => scheduler.now(),
    monotonic: () => scheduler.monotonic(),
    isOfProcess,
  })
}

/** What is asked of the running node at every scrape. */
export function addSources(
  metrics: Metrics,
  opened: OpenNode,
  scheduler: Scheduler,
  clock: { readonly offset: number | undefined },
): void {
  const { node, pool, transport, keys, setup, blockStore } = opened
  metrics.addSources({
    mailboxes: () => node.figures(),
    pool: () => pool.status(),
    // The network knows the scores as they are now; while it does not answer, the transport knows those it was told.
    peers: async () => {
      const view = await ask(
        node.refs.network,
        { type: 'getNetwork' },
        { scheduler, timeoutMilliseconds: 2000 },
      )
      return view.ok ? view.value.peers : transport.peers()
    },
    peerName: (peerId) => setup.peerNames?.get(peerId),
    meshPeers: () => transport.meshPeers(),
    openStreams: () => transport.openStreams(),
    keyEnds: () => keys.map(({ endEpoch }) => endEpoch - 1),
    storage: () => blockStore.tableSizes(),
    clockOffset: () => clock.offset,
    disk: async () => {
      const { bavail, blocks, bsize } = await statfs(setup.dataFolder)
      return { free: bavail * bsize, size: blocks * bsize }
    },
  })
}
