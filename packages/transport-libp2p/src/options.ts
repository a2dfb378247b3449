import type { Random, Scheduler } from '@trine/actors'
import type { PeerId } from '@trine/messages'

/** A peer that we dial, and dial again for ever. */
export type StaticPeer = {
  readonly peerId: PeerId
  /** Multiaddresses without the peer id, the preferred first: `/ip4/127.0.0.1/udp/9000/quic-v1`. */
  readonly addresses: readonly string[]
}

export type Libp2pTransportOptions = {
  readonly scheduler: Scheduler
  /** For the jitter of redialling. */
  readonly random: Random
  /** secp256k1, 32 bytes: the node key. */
  readonly secretKey: Uint8Array
  /** Multiaddresses to listen on: `/ip4/0.0.0.0/udp/9000/quic-v1`, `/ip4/0.0.0.0/tcp/9000`. */
  readonly listen: readonly string[]
  readonly staticPeers: readonly StaticPeer[]
  /** What we call ourselves: `trine/0.1.0`. */
  readonly agent: string
  readonly limits?: Partial<TransportLimits>
}

/** What a transport takes of the machine, and how long it waits. */
export type TransportLimits = {
  readonly maxConnections: number
  /** Longest payload of a gossip message, bytes before compression: the largest legal block is 13.4 MB. */
  readonly maxGossipLength: number
  /** Requests that one peer may have open with us, and all peers together. */
  readonly maxRequestsPerPeer: number
  readonly maxRequests: number
  /**
   * What one peer may send, and after a rest so many seconds' worth at once. A peer that forwards the votes of 4096
   * validators and the largest block of every slot sends 1024 messages and 6.8 MB a second, most of it in a burst.
   */
  readonly gossipMessagesPerSecond: number
  /** Before compression. */
  readonly gossipBytesPerSecond: number
  readonly requestsPerSecond: number
  readonly burstSeconds: number
  /** For the whole of a request to come in. */
  readonly requestMilliseconds: number
  /** Without progress in sending an answer. */
  readonly stallMilliseconds: number
  readonly dialMilliseconds: number
  /** A peer that does not say who it is is told of without its name after so long. */
  readonly identifyMilliseconds: number
  /** A connection of at least this age gives way to a new one that its peer opens: the peer has restarted. */
  readonly replaceMilliseconds: number
  /** Between looks whether gossip broke off with a peer; the second look in a row that finds so parts with it. */
  readonly gossipLookMilliseconds: number
  /** Static peers are redialled after so long, then twice as long, up to the longest; each time half to all of it. */
  readonly firstRedialMilliseconds: number
  readonly longestRedialMilliseconds: number
}

export const defaultTransportLimits: TransportLimits = {
  maxConnections: 200,
  maxGossipLength: 16 * 1024 * 1024,
  maxRequestsPerPeer: 32,
  maxRequests: 512,
  gossipMessagesPerSecond: 2048,
  gossipBytesPerSecond: 16 * 1024 * 1024,
  requestsPerSecond: 512,
  burstSeconds: 8,
  requestMilliseconds: 10_000,
  stallMilliseconds: 20_000,
  dialMilliseconds: 10_000,
  identifyMilliseconds: 2000,
  replaceMilliseconds: 3000,
  gossipLookMilliseconds: 1500,
  firstRedialMilliseconds: 500,
  longestRedialMilliseconds: 15_000,
}
