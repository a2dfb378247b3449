import type { LaneFigures } from '@trine/actors'
import type { StaticPeer } from '@trine/transport-libp2p'
import type { EventFigures } from './scaleFigures.ts'

/** What the processes of the benchmark `scale` agree on, and say to each other. */

/** Seconds. Any time: the node's and the feeder's clocks are set by it. */
export const GENESIS_TIME = 1_763_712_794
export const NETWORK_NAME = 'scale'
export const MILLISECONDS_PER_INTERVAL = 1000
export const INTERVALS_PER_SLOT = 4

export type FeederCommand = {
  readonly peer: StaticPeer
  /** Unix time of slot 0 by the machine's clock, milliseconds. */
  readonly startsAt: number
}

export type FeederReport =
  | { readonly type: 'made'; readonly publicKeys: readonly Uint8Array[]; readonly seconds: number }
  /** The node is in its mesh. */
  | { readonly type: 'connected' }
  | { readonly type: 'fed'; readonly cpuSeconds: number }

export type NodeCommand = {
  readonly publicKeys: readonly Uint8Array[]
  readonly slots: number
  readonly startsAt: number
  readonly dataFolder: string
  /** Where a profile of the main thread is to be written. */
  readonly profileFile: string | undefined
}

export type NodeReport =
  | { readonly type: 'ready'; readonly peer: StaticPeer }
  | { readonly type: 'followed'; readonly figures: FollowFigures }

export type FollowFigures = EventFigures & {
  /** From slot 1 to the end of the last slot; so the figures of the processor. */
  readonly seconds: number
  readonly cpuSeconds: number
  readonly mainThreadCpuSeconds: number
  /** By the names of threads; empty where the system does not tell. */
  readonly threadCpuSeconds: Readonly<Record<string, number>>
  readonly workers: number
  /** Share of the time in which the main thread had something to do. */
  readonly mainThreadBusy: number
  readonly peakRssBytes: number
  /** Gossip messages that were over the feeder's allowance. */
  readonly gossipRefused: number
  /** Lanes that refused or dropped messages; of those with room for more than some, also what was once a quarter full. */
  readonly lanes: readonly (LaneFigures & { readonly actor: string })[]
  readonly headSlot: number
  readonly finalizedSlot: number
  /** Milliseconds of the main thread by whose code ran, where it was profiled. */
  readonly profile: Readonly<Record<string, number>> | undefined
}
