import type { Random } from '@trine/actors'
import type { PeerId } from '@trine/messages'
import { type RootHex, type Slot, type Status, toHex } from '@trine/types'
import type { SyncLimits } from './limits.ts'

/** What sync knows of a peer. */
export type SyncPeer = {
  readonly peerId: PeerId
  headRoot: RootHex
  /** As told: may be beyond any slot there can be. */
  headSlot: Slot
  /** Our slot when it told of its head, or was asked for it again. */
  askedSlot: Slot
  /** The head it told of, once that turned out not to be had. */
  refutedHead: RootHex | undefined
  /** Open requests. */
  open: number
  /** Requests in a row that brought nothing they should have. */
  failures: number
  /** How often of late another was quicker, though asked after it; 0 to 5. */
  lateness: number
  /** Not asked before that; Infinity when it does not answer such requests at all. */
  restsUntil: number
  /** Unseen blocks that are looked for on its word. */
  unseen: number
}

const MOST_LATENESS = 5

/** The peers that told of their chains, and whom of them to ask. */
export class SyncPeers {
  readonly #limits: SyncLimits
  readonly #random: Random
  readonly #peers = new Map<PeerId, SyncPeer>()

  constructor(limits: SyncLimits, random: Random) {
    this.#limits = limits
    this.#random = random
  }

  get(peerId: PeerId): SyncPeer | undefined {
    return this.#peers.get(peerId)
  }

  all(): IterableIterator<SyncPeer> {
    return this.#peers.values()
  }

  get count(): number {
    return this.#peers.size
  }

  /** Takes down what a peer told of its chain. */
  tell(peerId: PeerId, { head }: Status, slot: Slot): SyncPeer {
    const headRoot = toHex(head.root)
    const headSlot = typeof head.slot === 'number' ? head.slot : Number.MAX_SAFE_INTEGER
    const known = this.#peers.get(peerId)
    if (known !== undefined) {
      known.headRoot = headRoot
      known.headSlot = headSlot
      known.askedSlot = slot
      return known
    }
    const peer: SyncPeer = {
      peerId,
      headRoot,
      headSlot,
      askedSlot: slot,
      refutedHead: undefined,
      open: 0,
      failures: 0,
      lateness: 0,
      restsUntil: 0,
      unseen: 0,
    }
    this.#peers.set(peerId, peer)
    return peer
  }

  remove(peerId: PeerId): void {
    this.#peers.delete(peerId)
  }

  /** Head slots that can be believed: not refuted, and not in the future. One per peer. */
  claims(currentSlot: Slot, headSlot: Slot, hasImported: (root: RootHex) => boolean): Slot[] {
    const claims: Slot[] = []
    for (const peer of this.#peers.values()) {
      if (peer.headRoot === peer.refutedHead || peer.headSlot > currentSlot + 1) continue
      // Whoever has a head that we have is not ahead of us, whatever slot it says.
      const isBehind = peer.headSlot > headSlot && hasImported(peer.headRoot)
      claims.push(isBehind ? headSlot : peer.headSlot)
    }
    return claims
  }

  /** The slot of a block is seen: those that have it as head and told of another slot; they are not believed any more. */
  refuteSlots(root: RootHex, slot: Slot): SyncPeer[] {
    return this.#refute(({ headRoot, headSlot }) => headRoot === root && headSlot !== slot)
  }

  /** Those whose heads are among these blocks, which are not to be had; they are not believed any more. */
  refuteHeads(roots: ReadonlySet<RootHex>): SyncPeer[] {
    return this.#refute(({ headRoot }) => roots.has(headRoot))
  }

  #refute(isWrong: (peer: SyncPeer) => boolean): SyncPeer[] {
    const wrong = [...this.#peers.values()].filter(isWrong)
    for (const peer of wrong) peer.refutedHead = peer.headRoot
    return wrong
  }

  /** Those that can be asked now. */
  free(now: number): SyncPeer[] {
    const { maxOpenPerPeer } = this.#limits
    return [...this.#peers.values()].filter((peer) => peer.restsUntil <= now && peer.open < maxOpenPerPeer)
  }

  /** The one to ask: who named the block before others, who is reliable and quick, who has least to do, then by lot. */
  best(candidates: readonly SyncPeer[], sources: ReadonlySet<PeerId>): SyncPeer | undefined {
    let best: SyncPeer | undefined
    let bestRank = Number.POSITIVE_INFINITY
    for (const peer of candidates) {
      const faults = 2 * (Math.min(peer.failures, MOST_LATENESS) + peer.lateness)
      const rank = faults + (sources.has(peer.peerId) ? 0 : 1) + peer.open + this.#random.float()
      if (rank >= bestRank) continue
      best = peer
      bestRank = rank
    }
    return best
  }

  /** An unseen block that was looked for on a peer's word was seen, or is not looked for any more. */
  noteSeen(owner: PeerId | undefined): void {
    const peer = owner === undefined ? undefined : this.#peers.get(owner)
    if (peer !== undefined && peer.unseen > 0) peer.unseen -= 1
  }

  /** It did what it was asked. */
  noteSuccess(peer: SyncPeer): void {
    peer.failures = 0
    peer.restsUntil = 0
  }

  noteInTime(peer: SyncPeer): void {
    if (peer.lateness > 0) peer.lateness -= 1
  }

  noteLate(peer: SyncPeer): void {
    if (peer.lateness < MOST_LATENESS) peer.lateness += 1
  }

  /** It did not: it is left alone for a while, longer each time. */
  noteFailure(peer: SyncPeer, now: number): void {
    peer.restsUntil = now + this.backOff(peer.failures)
    peer.failures += 1
  }

  /** A pause before the try after so many failures, spread so that not all come back at once. */
  backOff(failures: number): number {
    const { firstBackOff, longestBackOff } = this.#limits
    const whole = Math.min(firstBackOff * 2 ** Math.min(failures, 30), longestBackOff)
    return whole * (0.75 + this.#random.float() / 2)
  }
}
