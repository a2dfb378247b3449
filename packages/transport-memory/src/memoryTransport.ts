import type { Ref, Reply } from '@trine/actors'
import type {
  GossipReference,
  OutgoingRequest,
  PeerId,
  PublishOutcome,
  RequestId,
  ResponseChunk,
  ServedProtocol,
  SubscribeOptions,
  Transport,
  TransportEvent,
  TransportPeer,
  Verdict,
} from '@trine/messages'
import type { Connection } from './connection.ts'
import { Gossip } from './gossip.ts'
import { Pipe } from './link.ts'
import type { NetworkCore, TransportOptions } from './network.ts'
import { Requests } from './requests.ts'

/** An event that was refused and must not be lost is told again after so long, milliseconds. */
const TELL_AGAIN_AFTER = 100

/** One endpoint of a simulated network. */
export class MemoryTransport implements Transport {
  readonly localPeerId: PeerId
  /** Number of the endpoint in the network. */
  readonly number: number
  readonly uplink: Pipe
  readonly agent: string
  /** By peer id: everyone this endpoint is to be connected with, connected now or not. */
  readonly connections = new Map<PeerId, Connection>()
  readonly gossip: Gossip
  readonly requests: Requests
  isRunning = false
  readonly #core: NetworkCore
  readonly #bannedUntil = new Map<PeerId, number>()
  readonly #scores = new Map<PeerId, number>()
  #events: Ref<TransportEvent> | undefined

  constructor(core: NetworkCore, peerId: PeerId, number: number, options: TransportOptions) {
    this.#core = core
    this.localPeerId = peerId
    this.number = number
    this.agent = options.agent ?? 'memory'
    this.uplink = new Pipe(options.uplinkBytesPerSecond ?? Number.POSITIVE_INFINITY)
    this.gossip = new Gossip(core, this)
    this.requests = new Requests(core, this)
  }

  start(events: Ref<TransportEvent>): Promise<void> {
    if (this.#events !== undefined) throw new Error(`${this.localPeerId}: started twice`)
    this.#events = events
    this.isRunning = true
    for (const connection of this.connections.values()) connection.dial(0)
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.#end()
    for (const connection of this.connections.values()) connection.close('stopped')
    return Promise.resolve()
  }

  /** Ends without telling anybody. */
  crash(): void {
    this.#end()
  }

  subscribe(topic: string, options: SubscribeOptions): void {
    this.gossip.subscribe(topic, options)
  }

  unsubscribe(topic: string): void {
    this.gossip.unsubscribe(topic)
  }

  publish(topic: string, payload: Uint8Array, reply: Reply<PublishOutcome>): void {
    reply.answer(this.isRunning ? this.gossip.publish(topic, payload) : { ok: false, code: 'STOPPED' })
  }

  reportVerdict(gossip: GossipReference, verdict: Verdict): void {
    if (this.isRunning) this.gossip.reportVerdict(gossip, verdict)
  }

  serve(protocols: readonly ServedProtocol[]): void {
    this.requests.serve(protocols)
  }

  request(request: OutgoingRequest): void {
    if (this.isRunning) this.requests.request(request)
  }

  readOn(requestId: RequestId): void {
    this.requests.readOn(requestId)
  }

  cancelRequest(requestId: RequestId): void {
    this.requests.cancel(requestId)
  }

  respond(inboundId: RequestId, chunk: ResponseChunk): boolean {
    return this.requests.respond(inboundId, chunk)
  }

  endResponse(inboundId: RequestId): void {
    this.requests.endResponse(inboundId)
  }

  setScore(peerId: PeerId, score: number): void {
    // A peer of bad score is no neighbour in the mesh.
    if (score < 0 !== this.scoreOf(peerId) < 0) this.#core.noteTopologyChange()
    this.#scores.set(peerId, score)
  }

  disconnect(peerId: PeerId, reason: string): void {
    this.connections.get(peerId)?.close(reason)
  }

  ban(peerId: PeerId, milliseconds: number): void {
    this.#bannedUntil.set(peerId, this.#core.scheduler.monotonic() + milliseconds)
    this.disconnect(peerId, 'banned')
    this.#core.scheduler.after(milliseconds, () => this.connections.get(peerId)?.dial(0))
  }

  peers(): readonly TransportPeer[] {
    return [...this.connections].flatMap(([peerId, connection]) =>
      connection.isUp ? [this.#describe(peerId, connection)] : [],
    )
  }

  scoreOf(peerId: PeerId): number {
    return this.#scores.get(peerId) ?? 0
  }

  bans(peerId: PeerId): boolean {
    const until = this.#bannedUntil.get(peerId)
    return until !== undefined && this.#core.scheduler.monotonic() < until
  }

  /** Called by a connection that came up; false when the node is too busy for it. */
  connected(connection: Connection, direction: 'inbound' | 'outbound'): boolean {
    const { localPeerId: peerId, agent } = connection.other(this)
    return this.tell({ type: 'peerConnected', peerId, direction, address: `memory/${peerId}`, agent })
  }

  /** Called by a connection that went down. */
  disconnected(peerId: PeerId, reason: string): void {
    this.requests.peerGone(peerId)
    this.tellSurely({ type: 'peerDisconnected', peerId, reason })
  }

  tell(event: TransportEvent): boolean {
    return this.isRunning && this.#events!.tell(event)
  }

  /** Tells an event that must not be lost, again and again until it is taken. */
  tellSurely(event: TransportEvent): void {
    if (!this.isRunning || this.#events!.tell(event)) return
    this.#core.scheduler.after(TELL_AGAIN_AFTER, () => this.tellSurely(event))
  }

  #end(): void {
    this.isRunning = false
    this.requests.end()
    this.#core.noteTopologyChange()
  }

  #describe(peerId: PeerId, connection: Connection): TransportPeer {
    return {
      peerId,
      direction: connection.dialler === this ? 'outbound' : 'inbound',
      address: `memory/${peerId}`,
      agent: connection.other(this).agent,
      score: this.scoreOf(peerId),
    }
  }
}
