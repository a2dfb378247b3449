import type { Scheduler } from '@trine/actors'
import type {
  EventSink,
  NetworkEvent,
  NetworkView,
  PeerId,
  PeerTraffic,
  PeerView,
  Transport,
  TransportPeer,
} from '@trine/messages'
import type { NetworkLimits } from './limits.ts'
import { newPeer, type Peer } from './peer.ts'
import type { ScoreRules } from './scoreRules.ts'

/** Bad scores kept of peers that are gone, and bans kept: the oldest make room. */
const REMEMBERED = 1024

/** Share of the usual that a throttled peer is served. */
const THROTTLED_SHARE = 1 / 8

type BanCause = Extract<NetworkEvent, { readonly type: 'peerBanned' }>['cause']

export type PeersParts = {
  readonly transport: Transport
  readonly events: EventSink
  readonly scheduler: Scheduler
  readonly limits: NetworkLimits
  readonly rules: ScoreRules
}

/** Who is connected, what is thought of them, and who may not come back yet. */
export class Peers {
  readonly #parts: PeersParts
  readonly #connected = new Map<PeerId, Peer>()
  /** Scores below 0 of peers that left: leaving does not make them better. */
  readonly #scoresOfGone = new Map<PeerId, number>()
  /** Whose allowance is not what it is at the beginning of an interval, or whose score changed. */
  readonly #toRefill = new Set<Peer>()
  /** By the monotonic clock: when a ban ends. */
  readonly #bans = new Map<PeerId, number>()

  constructor(parts: PeersParts) {
    this.#parts = parts
  }

  get(peerId: PeerId): Peer | undefined {
    return this.#connected.get(peerId)
  }

  all(): IterableIterator<Peer> {
    return this.#connected.values()
  }

  /** Takes a peer in; undefined when it is in already, and when it is sent away: not allowed, or no room. */
  connect(peer: Omit<TransportPeer, 'score'>): Peer | undefined {
    if (this.#connected.has(peer.peerId)) return undefined
    const { transport, events, scheduler } = this.#parts
    const { peerId, direction, address, agent } = peer
    const score = this.#scoresOfGone.get(peerId) ?? 0
    const refusal = this.#refusalOf(peerId, score)
    if (refusal !== undefined) {
      transport.disconnect(peerId, refusal)
      return undefined
    }
    this.#scoresOfGone.delete(peerId)
    const allowance = this.#allowanceAt(score)
    const connectedSince = scheduler.now()
    const connected = newPeer({ peerId, direction, address, agent, connectedSince, score, allowance })
    this.#connected.set(peerId, connected)
    // The transport remembers what it was told last; with us the score recovered since.
    this.#tellScore(connected, undefined)
    events.emit({ type: 'peerConnected', peerId, direction, address, agent })
    return connected
  }

  #refusalOf(peerId: PeerId, score: number): string | undefined {
    const { limits, rules, scheduler } = this.#parts
    const bannedUntil = this.#bans.get(peerId)
    if (bannedUntil !== undefined && bannedUntil > scheduler.monotonic()) return 'banned'
    if (score <= rules.throttleAt && this.#scoresOfGone.has(peerId)) return 'misbehaved, not recovered yet'
    if (this.#connected.size >= limits.maxPeers) return `too many peers: ${limits.maxPeers} are connected`
    return undefined
  }

  /** Forgets a peer; undefined when it was not connected. */
  disconnect(peerId: PeerId, reason: string): Peer | undefined {
    const peer = this.#connected.get(peerId)
    if (peer === undefined) return undefined
    this.#connected.delete(peerId)
    if (peer.score < 0) setBounded(this.#scoresOfGone, peerId, peer.score)
    const { direction, isLeaving } = peer
    this.#parts.events.emit({ type: 'peerDisconnected', peerId, direction, reason, isByUs: isLeaving })
    return peer
  }

  /** Lowers a peer's score, and parts with it when that is low enough. */
  offend(peerId: PeerId, offence: keyof ScoreRules['costs'], reason: string): void {
    const peer = this.#connected.get(peerId)
    if (peer === undefined || peer.isLeaving) return
    const { rules, events } = this.#parts
    const before = peer.score
    peer.score -= rules.costs[offence]
    this.#tellScore(peer, before)
    events.emit({ type: 'peerScored', peerId, score: peer.score, reason })
    if (peer.score <= rules.banAt) this.ban(peerId, rules.banMilliseconds, 'score', reason)
    else if (peer.score <= rules.disconnectAt) this.drop(peerId, reason)
  }

  /** Parts with a peer; false when it was not connected. */
  drop(peerId: PeerId, reason: string): boolean {
    const peer = this.#connected.get(peerId)
    if (peer === undefined) return false
    if (!peer.isLeaving) this.#parts.transport.disconnect(peerId, reason)
    peer.isLeaving = true
    return true
  }

  /** Parts with a peer and refuses it for so long; false when it was not connected. */
  ban(peerId: PeerId, milliseconds: number, cause: BanCause, reason: string): boolean {
    const { transport, events, scheduler } = this.#parts
    const wasConnected = this.drop(peerId, reason)
    setBounded(this.#bans, peerId, scheduler.monotonic() + milliseconds)
    transport.ban(peerId, milliseconds)
    events.emit({ type: 'peerBanned', peerId, milliseconds, cause, reason })
    return wasConnected
  }

  /** An interval began: peers may be served again, bans end; with a new slot scores recover. */
  tick(isNewSlot: boolean): void {
    const { scheduler } = this.#parts
    if (isNewSlot) this.#recover()
    const now = scheduler.monotonic()
    for (const [peerId, until] of this.#bans) if (until <= now) this.#bans.delete(peerId)
    for (const peer of this.#toRefill) peer.allowance = this.#allowanceAt(peer.score)
    this.#toRefill.clear()
  }

  /** Takes from what a peer may be served in this interval. */
  spend(peer: Peer, units: number): void {
    peer.allowance -= units
    this.#toRefill.add(peer)
  }

  #allowanceAt(score: number): number {
    const { limits, rules } = this.#parts
    return limits.servedPerInterval * (score <= rules.throttleAt ? THROTTLED_SHARE : 1)
  }

  #recover(): void {
    const { rules } = this.#parts
    for (const peer of this.#connected.values()) {
      if (peer.score === 0 || peer.isLeaving) continue
      const before = peer.score
      peer.score = recovered(before, rules)
      this.#tellScore(peer, before)
    }
    for (const [peerId, score] of this.#scoresOfGone) {
      const better = recovered(score, rules)
      if (better === 0) this.#scoresOfGone.delete(peerId)
      else this.#scoresOfGone.set(peerId, better)
    }
  }

  /** Small faults are kept from the mesh, which would part with a peer for any. Told in any case if `before` is unknown. */
  #tellScore(peer: Peer, before: number | undefined): void {
    const { transport, rules } = this.#parts
    this.#toRefill.add(peer)
    const { peerId, score } = peer
    const shown = (value: number) => (value <= rules.throttleAt ? value : 0)
    if (before === undefined || shown(score) !== shown(before)) transport.setScore(peerId, shown(score))
  }

  view(): NetworkView {
    const { transport, scheduler } = this.#parts
    const offset = scheduler.now() - scheduler.monotonic()
    const traffic = new Map(transport.peers().map((peer) => [peer.peerId, peer.traffic]))
    return {
      localPeerId: transport.localPeerId,
      peers: [...this.#connected.values()].map((peer) => viewOf(peer, traffic.get(peer.peerId))),
      bannedPeers: [...this.#bans].map(([peerId, until]) => ({ peerId, until: until + offset })),
    }
  }
}

function recovered(score: number, { keptPerSlot }: ScoreRules): number {
  const kept = score * keptPerSlot
  return kept > -0.5 ? 0 : kept
}

function viewOf(peer: Peer, traffic: PeerTraffic | undefined): PeerView {
  const { peerId, direction, address, agent, score, status, latency, connectedSince } = peer
  const { gossipReceived, gossipRejected, requestsServed, requestsFailed } = peer
  const figures = { gossipReceived, gossipRejected, requestsServed, requestsFailed }
  return {
    peerId,
    direction,
    address,
    agent,
    score,
    status,
    latency,
    connectedSince,
    ...figures,
    ...(traffic && { traffic }),
  }
}

function setBounded<Value>(map: Map<PeerId, Value>, peerId: PeerId, value: Value): void {
  map.delete(peerId)
  map.set(peerId, value)
  if (map.size <= REMEMBERED) return
  const [oldest] = map.keys()
  map.delete(oldest!)
}
