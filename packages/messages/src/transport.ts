import type { Ref, Reply } from '@trine/actors'
import type { GossipReference, MessageId, PeerId, Verdict } from './common.ts'

/**
 * The port between the NetworkService and a network, real or simulated. It moves bytes: payloads are plain SSZ, and
 * everything around them (snappy, length prefixes, message ids, dialling, redialling of static peers) is the
 * transport's. Calls return at once; what happens later arrives as `TransportEvent` messages.
 *
 * Payloads are shared, not copied: neither side may change a Uint8Array that it handed over or was given.
 */
export interface Transport {
  readonly localPeerId: PeerId
  /**
   * Begins to listen and to dial; from now on events are told to `events`. Called by who puts the node together; what
   * was subscribed and served before holds from the start.
   */
  start(events: Ref<TransportEvent>): Promise<void>
  /** Ends all streams and connections; no event after it resolved. */
  stop(): Promise<void>

  subscribe(topic: string, options: SubscribeOptions): void
  unsubscribe(topic: string): void
  /** Sends to the mesh of a topic. The answer comes when it was handed to the peers, not when it arrived. */
  publish(topic: string, payload: Uint8Array, reply: Reply<PublishOutcome>): void
  /** Ends the validation of a gossip message; without this call it is never forwarded. */
  reportVerdict(gossip: GossipReference, verdict: Verdict): void

  /** Offers protocols to others. A request longer than `maxRequestLength` is answered with an error by the transport. */
  serve(protocols: readonly ServedProtocol[]): void
  /** Opens a stream, sends the body and reads the first chunk. Ends with exactly one `responseEnded`. */
  request(request: OutgoingRequest): void
  /** Lets the next chunk of an open request come. One chunk per call: this is the backpressure. */
  readOn(requestId: RequestId): void
  /** Gives an open request up; `responseEnded` with `cancelled` follows. Ignored when it has ended. */
  cancelRequest(requestId: RequestId): void
  /** Sends a chunk; false when the stream's buffer is full: then wait for `responseDrained`. Ignored when it is closed. */
  respond(inboundId: RequestId, chunk: ResponseChunk): boolean
  /** Ends the answer to a request; everything sent before still arrives. */
  endResponse(inboundId: RequestId): void

  /** What the application thinks of a peer: 0 at first, negative is bad. Feeds the mesh's own scoring. */
  setScore(peerId: PeerId, score: number): void
  disconnect(peerId: PeerId, reason: string): void
  /** Disconnects and refuses the peer for so long. */
  ban(peerId: PeerId, milliseconds: number): void
  peers(): readonly TransportPeer[]
}

/** Number of a request: chosen by the asking side for its own, by the transport for those that come in. */
export type RequestId = number

/** The message a topic's payloads are delivered as; each has its own lane. */
export type GossipKind = 'gossipBlock' | 'gossipAttestation'

export type SubscribeOptions = {
  readonly deliverAs: GossipKind
  /** Longest payload in bytes, before compression; longer ones are refused before memory is taken for them. */
  readonly maxLength: number
}

export type PublishOutcome =
  | { readonly ok: true; readonly messageId: MessageId; readonly recipients: number }
  /** NO_PEERS: nobody to send to, try again later. DUPLICATE: seen before. TOO_LONG: over the transport's limit. */
  | { readonly ok: false; readonly code: 'NO_PEERS' | 'DUPLICATE' | 'TOO_LONG' | 'STOPPED' }

export type ServedProtocol = { readonly protocol: string; readonly maxRequestLength: number }

export type OutgoingRequest = {
  readonly requestId: RequestId
  readonly peerId: PeerId
  /** Protocol names with the body in each one's dialect; the first that the peer speaks is used. */
  readonly bodies: readonly { readonly protocol: string; readonly body: Uint8Array }[]
  /** After so many the answer is `complete`, whether or not the peer ends its stream: some never do. */
  readonly maxChunks: number
  readonly maxChunkLength: number
  /** From the call to the end of the answer. */
  readonly deadlineMilliseconds: number
}

export type ResponseCode = 'success' | 'invalidRequest' | 'serverError' | 'resourceUnavailable'

/** One chunk of an answer: a payload, or for an error a text of at most 256 bytes in UTF-8. */
export type ResponseChunk = { readonly code: ResponseCode; readonly payload: Uint8Array }

/** How a request ended. `invalid`: the answer broke the protocol. `truncated`: the stream ended inside a chunk. */
export type ResponseOutcome =
  | 'complete'
  | 'timeout'
  | 'unsupported'
  | 'disconnected'
  | 'truncated'
  | 'invalid'
  | 'cancelled'

export type TransportPeer = {
  readonly peerId: PeerId
  readonly direction: 'inbound' | 'outbound'
  readonly address: string
  /** What the peer calls itself, e.g. `ream/0.1`; empty while unknown. */
  readonly agent: string
  readonly score: number
  /** Since it connected; undefined where the transport does not count. */
  readonly traffic?: PeerTraffic
}

/** Payloads before compression, copies of gossip included; what holds the network together is not counted. */
export type PeerTraffic = {
  readonly bytesReceived: number
  readonly bytesSent: number
  /** Gossip messages and requests that were over its rate, refused unread. */
  readonly gossipRefused: number
  readonly requestsRefused: number
}

export type GossipEvent<Kind extends GossipKind> = {
  readonly type: Kind
  readonly topic: string
  readonly gossip: GossipReference
  readonly payload: Uint8Array
}

/** Everything a transport tells. `true` from `tell` means taken; what a refusal means is said at each kind. */
export type TransportEvent =
  /** First arrival of a gossip message. Refused: the transport itself takes it as `ignore`. */
  | GossipEvent<'gossipBlock'>
  | GossipEvent<'gossipAttestation'>
  /** A gossip message of a topic of ours did not decompress, or is too long. Refused: forgotten. */
  | {
      readonly type: 'gossipBroken'
      readonly kind: GossipKind
      readonly peerId: PeerId
      readonly reason: string
    }
  /** A peer sends more than it may; told at most once a second. Refused: told with the next. */
  | {
      readonly type: 'peerFlooding'
      readonly peerId: PeerId
      /** Messages and requests refused unread since it was last told. */
      readonly refused: number
    }
  /** A peer can be spoken to. Never twice without `peerDisconnected` between. Refused: the peer is disconnected. */
  | {
      readonly type: 'peerConnected'
      readonly peerId: PeerId
      readonly direction: 'inbound' | 'outbound'
      readonly address: string
      readonly agent: string
    }
  /** Refused: told again later. */
  | { readonly type: 'peerDisconnected'; readonly peerId: PeerId; readonly reason: string }
  /** A peer that we dial could not be reached; it is dialled again. Refused: nothing is lost. */
  | {
      readonly type: 'dialFailed'
      readonly peerId: PeerId
      readonly cause: 'timeout' | 'error'
      readonly message: string
    }
  /** Refused: the transport answers `resourceUnavailable` and ends the stream. */
  | {
      readonly type: 'requestReceived'
      readonly inboundId: RequestId
      readonly peerId: PeerId
      readonly protocol: string
      readonly body: Uint8Array
    }
  /** Nobody reads the answer to this request any more: stream closed, peer gone, or too slow. */
  | { readonly type: 'requestAborted'; readonly inboundId: RequestId; readonly peerId: PeerId }
  /** There is room again for `respond`. */
  | { readonly type: 'responseDrained'; readonly inboundId: RequestId }
  /** Refused: the request is cancelled. */
  | {
      readonly type: 'responseChunk'
      readonly requestId: RequestId
      readonly peerId: PeerId
      readonly protocol: string
      readonly chunk: ResponseChunk
    }
  /** Refused: told again later. */
  | {
      readonly type: 'responseEnded'
      readonly requestId: RequestId
      readonly peerId: PeerId
      readonly outcome: ResponseOutcome
    }
