import type { PeerId, RequestId } from '@trine/messages'
import type { Status } from '@trine/types'
import type { RootsDialect } from './blockRootsRequest.ts'

/** What is kept of a connected peer: of the same size whatever it does. */
export type Peer = {
  readonly peerId: PeerId
  readonly direction: 'inbound' | 'outbound'
  readonly address: string
  readonly agent: string
  /** Milliseconds since the Unix epoch. */
  readonly connectedSince: number
  /** 0 at best. */
  score: number
  /** We have told the transport to part with it; `peerDisconnected` is still to come. */
  isLeaving: boolean
  status: Status | undefined
  /** Milliseconds that it took to answer the last status request; undefined before. */
  latency: number | undefined
  /** The open status request to it. */
  statusRequest: RequestId | undefined
  /** By the monotonic clock: when to ask for a status that is missing; Infinity when it answers none. */
  askStatusAt: number
  statusFailures: number
  /** Open requests of ours to it for blocks. */
  openRequests: number
  /** How it is sent lists of roots under the protocol names that stand for both dialects. */
  leanDialect: RootsDialect
  /** It sent blocks, so it understands the dialect. */
  hasSentBlocks: boolean
  /** Requests of its that are being served. */
  served: number
  /** What it may still be served in this interval. */
  allowance: number
  gossipReceived: number
  gossipRejected: number
  requestsServed: number
  requestsFailed: number
}

export function newPeer(
  id: Pick<Peer, 'peerId' | 'direction' | 'address' | 'agent' | 'connectedSince' | 'score' | 'allowance'>,
): Peer {
  return {
    ...id,
    isLeaving: false,
    status: undefined,
    latency: undefined,
    statusRequest: undefined,
    askStatusAt: Number.POSITIVE_INFINITY,
    statusFailures: 0,
    openRequests: 0,
    leanDialect: 'container',
    hasSentBlocks: false,
    served: 0,
    gossipReceived: 0,
    gossipRejected: 0,
    requestsServed: 0,
    requestsFailed: 0,
  }
}
