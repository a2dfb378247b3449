import type { PeerId } from '@trine/messages'
import type { RootHex, Slot } from '@trine/types'
import type { SyncPeer } from './syncPeers.ts'

/** A block to be fetched. */
export type Wish = {
  readonly root: RootHex
  /** Peers with lower heads do not have it; undefined when unknown. */
  readonly slot: Slot | undefined
  /** Who named it, and so should have it. */
  readonly sources: Set<PeerId>
  /** Who was asked in this round without success. */
  readonly tried: Set<PeerId>
  /** Requests for it that are open. */
  open: number
  deniedRounds: number
  silentRounds: number
  /** Somebody said nothing in this round; he may be the one that has it. */
  wasSilent: boolean
  restsUntil: number
}

/** Sources kept per wish. */
export const MOST_SOURCES = 8

/** A wish that is not to be sent before it is confirmed. */
export function newWish(root: RootHex, slot: Slot | undefined, sources: readonly PeerId[]): Wish {
  return {
    root,
    slot,
    sources: new Set(sources.slice(0, MOST_SOURCES)),
    tried: new Set(),
    open: 0,
    deniedRounds: 0,
    silentRounds: 0,
    wasSilent: false,
    restsUntil: Number.POSITIVE_INFINITY,
  }
}

/** Whether a peer should have a block and was not asked in vain in this round. */
export function canServe({ peerId, headSlot }: SyncPeer, { sources, tried, slot }: Wish): boolean {
  if (tried.has(peerId)) return false
  return slot === undefined || headSlot >= slot || sources.has(peerId)
}
