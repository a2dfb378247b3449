/** What bounds memory and work per peer and altogether. Times in milliseconds. */
export type NetworkLimits = {
  readonly maxPeers: number
  /** Requests of ours that are open at a time. */
  readonly maxOpenRequests: number
  readonly maxOpenRequestsPerPeer: number
  /** Requests of others that are served at a time; one more is answered with `resourceUnavailable`. */
  readonly maxServed: number
  readonly maxServedPerPeer: number
  /** What a peer is served per interval: a request or a root looked up costs 1, and every 64 KiB sent 1 more. */
  readonly servedPerInterval: number
  /** A served peer that takes nothing for so long is given up. */
  readonly stalledAfter: number
  readonly statusTimeout: number
  /** How long the chain may take to answer `getBlock`. */
  readonly getBlockTimeout: number
  /** Gossip messages that wait for the chain's verdict, and how long. Without one they are ignored. */
  readonly maxAwaitingVerdict: number
  readonly verdictTimeout: number
  /** Publications kept to be tried again. */
  readonly maxUnsentPublications: number
  readonly publishTimeout: number
}

export const defaultLimits: NetworkLimits = {
  maxPeers: 512,
  maxOpenRequests: 128,
  maxOpenRequestsPerPeer: 8,
  maxServed: 256,
  maxServedPerPeer: 8,
  servedPerInterval: 256,
  stalledAfter: 30_000,
  statusTimeout: 5_000,
  getBlockTimeout: 10_000,
  maxAwaitingVerdict: 16_384,
  verdictTimeout: 32_000,
  maxUnsentPublications: 8_192,
  publishTimeout: 10_000,
}
