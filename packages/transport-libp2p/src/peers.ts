import type { Connection, PeerId as Libp2pPeerId } from '@libp2p/interface'
import type { Scheduler, Timer } from '@trine/actors'
import type { PeerId, TransportPeer } from '@trine/messages'
import type { EventSink } from './eventSink.ts'
import type { Node } from './libp2pNode.ts'
import type { TransportLimits } from './options.ts'
import { PeerCounting } from './peerCounting.ts'
import { Traffic } from './traffic.ts'

/** Scores kept of peers that are not connected. */
const MAX_SCORES = 10_000

type Peer = {
  readonly id: Libp2pPeerId
  agent: string
  /** The protocols that it says it speaks; empty while unknown. */
  protocols: ReadonlySet<string>
  readonly traffic: Traffic
  readonly counting: PeerCounting
  /** The application knows of it. */
  isTold: boolean
  readonly identifyTimer: Timer
  /** By the monotonic clock. */
  readonly since: number
  /** Why we hung up, if we did. */
  reason: string | undefined
}

/** Who is connected, banned and of what score; tells the application of each peer once, however many connections it has. */
export class Peers {
  readonly #scheduler: Scheduler
  readonly #sink: EventSink
  readonly #limits: TransportLimits
  readonly #peers = new Map<PeerId, Peer>()
  readonly #scores = new Map<PeerId, number>()
  readonly #bannedUntil = new Map<PeerId, number>()
  readonly #onGone: (peerId: PeerId) => void
  #node: Node | undefined

  /** @param onGone called when the last connection to a peer is gone, before the application is told */
  constructor(
    scheduler: Scheduler,
    sink: EventSink,
    limits: TransportLimits,
    onGone: (peerId: PeerId) => void,
  ) {
    this.#scheduler = scheduler
    this.#sink = sink
    this.#limits = limits
    this.#onGone = onGone
  }

  start(node: Node): void {
    this.#node = node
    node.addEventListener('peer:connect', ({ detail }) => this.#connected(detail))
    node.addEventListener('peer:disconnect', ({ detail }) => this.#disconnected(detail.toString()))
    node.addEventListener('peer:identify', ({ detail: { peerId, agentVersion, protocols } }) => {
      const peer = this.#peers.get(peerId.toString())
      if (peer === undefined) return
      peer.agent = agentVersion ?? ''
      peer.protocols = new Set(protocols)
      this.ensureTold(peerId.toString())
    })
  }

  stop(): void {
    for (const { identifyTimer } of this.#peers.values()) identifyTimer.cancel()
    this.#peers.clear()
    this.#node = undefined
  }

  /** The connection to speak to a peer over; the oldest, as the other side prefers it too. */
  connectionTo(peerId: PeerId): Connection | undefined {
    const peer = this.#peers.get(peerId)
    return peer && this.#node?.getConnections(peer.id).find(({ status }) => status === 'open')
  }

  protocolsOf(peerId: PeerId): ReadonlySet<string> {
    return this.#peers.get(peerId)?.protocols ?? new Set()
  }

  /** Undefined for a peer that is not connected. */
  trafficOf(peerId: PeerId): Traffic | undefined {
    return this.#peers.get(peerId)?.traffic
  }

  /** Undefined for a peer that is not connected. */
  countingOf(peerId: PeerId): PeerCounting | undefined {
    return this.#peers.get(peerId)?.counting
  }

  isConnected(peerId: PeerId): boolean {
    return this.#peers.has(peerId)
  }

  /** Tells of a peer, if not yet done, so that nothing else comes of it before. */
  ensureTold(peerId: PeerId): void {
    const peer = this.#peers.get(peerId)
    if (peer === undefined || peer.isTold) return
    peer.isTold = true
    peer.identifyTimer.cancel()
    const { direction, address, agent } = this.#describe(peerId, peer)
    const isTaken = this.#sink.tell({ type: 'peerConnected', peerId, direction, address, agent })
    if (isTaken) return
    peer.isTold = false
    this.disconnect(peerId, 'too busy')
  }

  list(): readonly TransportPeer[] {
    return [...this.#peers].flatMap(([peerId, peer]) => (peer.isTold ? [this.#describe(peerId, peer)] : []))
  }

  disconnect(peerId: PeerId, reason: string): void {
    const peer = this.#peers.get(peerId)
    if (peer === undefined) return
    // The first reason stands: a peer that is banned for something has been disconnected for it.
    peer.reason ??= reason
    for (const connection of this.#node?.getConnections(peer.id) ?? []) connection.abort(new Error(reason))
  }

  ban(peerId: PeerId, milliseconds: number): void {
    const now = this.#scheduler.monotonic()
    for (const [banned, until] of this.#bannedUntil) if (until <= now) this.#bannedUntil.delete(banned)
    this.#bannedUntil.set(peerId, now + milliseconds)
    this.disconnect(peerId, 'banned')
  }

  /**
   * Whether a peer that opens a connection is refused. If it has one that is not of the same moment, it was restarted:
   * the dead one, which QUIC takes 15 s to notice, ends first, or gossip would go on writing to it.
   */
  refuses(peerId: PeerId): boolean {
    if (this.isBanned(peerId)) return true
    const peer = this.#peers.get(peerId)
    const age = peer === undefined ? 0 : this.#scheduler.monotonic() - peer.since
    if (peer !== undefined && age >= this.#limits.replaceMilliseconds) this.disconnect(peerId, 'restarted')
    return false
  }

  isBanned(peerId: PeerId): boolean {
    return (this.#bannedUntil.get(peerId) ?? Number.NEGATIVE_INFINITY) > this.#scheduler.monotonic()
  }

  setScore(peerId: PeerId, score: number): void {
    this.#scores.delete(peerId)
    if (score === 0) return
    this.#scores.set(peerId, score)
    if (this.#scores.size > MAX_SCORES) this.#scores.delete(this.#scores.keys().next().value!)
  }

  scoreOf(peerId: PeerId): number {
    return this.#scores.get(peerId) ?? 0
  }

  #connected(id: Libp2pPeerId): void {
    const peerId = id.toString()
    if (this.#peers.has(peerId)) return
    const identifyTimer = this.#scheduler.after(this.#limits.identifyMilliseconds, () =>
      this.ensureTold(peerId),
    )
    this.#peers.set(peerId, {
      id,
      agent: '',
      protocols: new Set(),
      traffic: new Traffic(this.#scheduler, this.#limits, (refused) => {
        this.ensureTold(peerId)
        return this.#sink.tell({ type: 'peerFlooding', peerId, refused })
      }),
      counting: new PeerCounting(),
      isTold: false,
      identifyTimer,
      since: this.#scheduler.monotonic(),
      reason: undefined,
    })
  }

  #disconnected(peerId: PeerId): void {
    const peer = this.#peers.get(peerId)
    if (peer === undefined) return
    this.#peers.delete(peerId)
    peer.identifyTimer.cancel()
    this.#onGone(peerId)
    if (peer.isTold)
      this.#sink.tellSurely({ type: 'peerDisconnected', peerId, reason: peer.reason ?? 'connection lost' })
  }

  #describe(peerId: PeerId, peer: Peer): TransportPeer {
    const connection = this.#node?.getConnections(peer.id)[0]
    return {
      peerId,
      direction: connection?.direction ?? 'inbound',
      address: connection?.remoteAddr.toString() ?? '',
      agent: peer.agent,
      score: this.scoreOf(peerId),
      traffic: peer.traffic.figures(),
    }
  }
}
