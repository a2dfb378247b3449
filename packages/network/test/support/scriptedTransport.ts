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

/** A transport that takes everything down and does what a test says. */
export class ScriptedTransport implements Transport {
  readonly localPeerId = 'self'
  readonly verdicts: { readonly gossip: GossipReference; readonly verdict: Verdict }[] = []
  readonly requests: OutgoingRequest[] = []
  readonly readOns: RequestId[] = []
  readonly cancelled: RequestId[] = []
  readonly responses: { readonly inboundId: RequestId; readonly chunk: ResponseChunk }[] = []
  readonly endedResponses: RequestId[] = []
  readonly scores: { readonly peerId: PeerId; readonly score: number }[] = []
  readonly disconnected: { readonly peerId: PeerId; readonly reason: string }[] = []
  readonly banned: { readonly peerId: PeerId; readonly milliseconds: number }[] = []
  readonly published: { readonly topic: string; readonly payload: Uint8Array }[] = []
  readonly topics = new Map<string, SubscribeOptions>()
  readonly served: ServedProtocol[] = []
  connectedPeers: TransportPeer[] = []
  /** What `publish` answers. */
  publishOutcome: PublishOutcome = { ok: true, messageId: '00', recipients: 3 }
  /** Chunks that fit into a stream's buffer; then `respond` says that it is full. */
  room = Number.POSITIVE_INFINITY

  start(_events: Ref<TransportEvent>): Promise<void> {
    return Promise.resolve()
  }
  stop(): Promise<void> {
    return Promise.resolve()
  }
  subscribe(topic: string, options: SubscribeOptions): void {
    this.topics.set(topic, options)
  }
  unsubscribe(topic: string): void {
    this.topics.delete(topic)
  }
  publish(topic: string, payload: Uint8Array, reply: Reply<PublishOutcome>): void {
    this.published.push({ topic, payload })
    reply.answer(this.publishOutcome)
  }
  reportVerdict(gossip: GossipReference, verdict: Verdict): void {
    this.verdicts.push({ gossip, verdict })
  }
  serve(protocols: readonly ServedProtocol[]): void {
    this.served.push(...protocols)
  }
  request(request: OutgoingRequest): void {
    this.requests.push(request)
  }
  readOn(requestId: RequestId): void {
    this.readOns.push(requestId)
  }
  cancelRequest(requestId: RequestId): void {
    this.cancelled.push(requestId)
  }
  respond(inboundId: RequestId, chunk: ResponseChunk): boolean {
    this.responses.push({ inboundId, chunk })
    this.room -= 1
    return this.room > 0
  }
  endResponse(inboundId: RequestId): void {
    this.endedResponses.push(inboundId)
  }
  setScore(peerId: PeerId, score: number): void {
    this.scores.push({ peerId, score })
  }
  disconnect(peerId: PeerId, reason: string): void {
    this.disconnected.push({ peerId, reason })
  }
  ban(peerId: PeerId, milliseconds: number): void {
    this.banned.push({ peerId, milliseconds })
  }
  peers(): readonly TransportPeer[] {
    return this.connectedPeers
  }
}
