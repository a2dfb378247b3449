import type { AskResult, JobId, Reply } from '@trine/actors'
import { defineLanes } from '@trine/actors'
import type { RootHex, SignedAttestation, Status } from '@trine/types'
import type { ChainStatus, GossipReference, PeerId, RootedBlock, Tick, Verdict } from './common.ts'
import type { From, SendersOf } from './senders.ts'
import type { PublishOutcome, RequestId, TransportEvent, TransportPeer } from './transport.ts'

/** What the NetworkService is told. Meaning, lanes and senders of each: the package's README. */
export type NetworkMessage =
  | Tick
  | TransportEvent
  | ChainStatus
  | {
      readonly type: 'verdict'
      readonly gossip: GossipReference
      readonly verdict: Verdict
      readonly reason: string
    }
  | { readonly type: 'publishBlock'; readonly block: RootedBlock }
  | { readonly type: 'submitBlock'; readonly block: RootedBlock; readonly reply: Reply<Submission> }
  | {
      readonly type: 'submitAttestation'
      readonly signedAttestation: SignedAttestation
      readonly reply: Reply<Submission>
    }
  | { readonly type: 'publishAttestation'; readonly signedAttestation: SignedAttestation }
  | {
      readonly type: 'requestBlocks'
      readonly requestId: RequestId
      readonly peerId: PeerId
      readonly roots: readonly RootHex[]
      readonly deadlineMilliseconds: number
    }
  | { readonly type: 'cancelBlocks'; readonly requestId: RequestId }
  | { readonly type: 'refreshStatus'; readonly peerId: PeerId }
  | {
      readonly type: 'reportPeer'
      readonly peerId: PeerId
      readonly offence: Offence
      readonly reason: string
    }
  | { readonly type: 'published'; readonly jobId: JobId; readonly outcome: AskResult<PublishOutcome> }
  | {
      readonly type: 'blockFetched'
      readonly jobId: JobId
      readonly outcome: AskResult<RootedBlock | undefined>
    }
  | { readonly type: 'getNetwork'; readonly reply: Reply<NetworkView> }
  | {
      readonly type: 'banPeer'
      readonly peerId: PeerId
      readonly milliseconds: number
      readonly reply: Reply<boolean>
    }
  | { readonly type: 'dropPeer'; readonly peerId: PeerId; readonly reply: Reply<boolean> }

/** What became of a block or vote that was signed elsewhere: published when it is accepted. */
export type Submission = { readonly verdict: Verdict; readonly reason: string }

/** What a peer did, by weight: `late` and `useless` cost little, `invalid` much, `malicious` ends it. */
export type Offence = 'late' | 'useless' | 'invalid' | 'malicious'

export type PeerView = TransportPeer & {
  /** What it last told of its chain; undefined before the first status. */
  readonly status: Status | undefined
  /** Milliseconds from our last status request that it answered to the answer; undefined when it answered none. */
  readonly latency: number | undefined
  readonly connectedSince: number
  readonly gossipReceived: number
  readonly gossipRejected: number
  readonly requestsServed: number
  readonly requestsFailed: number
}

export type NetworkView = {
  readonly localPeerId: PeerId
  readonly peers: readonly PeerView[]
  readonly bannedPeers: readonly { readonly peerId: PeerId; readonly until: number }[]
}

export const networkLanes = defineLanes<NetworkMessage>()({
  lanes: {
    time: { rank: 0, capacity: 16, whenFull: 'refuse' },
    results: { rank: 1, capacity: 8192, whenFull: 'refuse' },
    publish: { rank: 2, capacity: 8192, whenFull: 'refuse' },
    verdicts: { rank: 3, capacity: 16384, whenFull: 'refuse' },
    peers: { rank: 4, capacity: 4096, whenFull: 'refuse' },
    submissions: { rank: 5, capacity: 8192, whenFull: 'refuse' },
    queries: { rank: 6, capacity: 64, whenFull: 'refuse' },
    requests: { rank: 7, capacity: 1024, whenFull: 'refuse' },
    blocks: { rank: 8, capacity: 256, whenFull: 'refuse' },
    attestations: { rank: 9, capacity: 8192, whenFull: 'dropOldest' },
  },
  laneOf: {
    tick: 'time',
    published: 'results',
    blockFetched: 'results',
    publishBlock: 'publish',
    publishAttestation: 'publish',
    verdict: 'verdicts',
    chainStatus: 'verdicts',
    peerConnected: 'peers',
    peerDisconnected: 'peers',
    peerFlooding: 'peers',
    dialFailed: 'peers',
    reportPeer: 'peers',
    refreshStatus: 'peers',
    submitBlock: 'submissions',
    submitAttestation: 'submissions',
    getNetwork: 'queries',
    banPeer: 'queries',
    dropPeer: 'queries',
    requestBlocks: 'requests',
    cancelBlocks: 'requests',
    requestReceived: 'requests',
    requestAborted: 'requests',
    responseDrained: 'requests',
    responseChunk: 'requests',
    responseEnded: 'requests',
    gossipBlock: 'blocks',
    gossipAttestation: 'attestations',
    gossipBroken: 'attestations',
  },
})

export const networkSenders = {
  tick: ['clock'],
  published: ['network'],
  blockFetched: ['network'],
  publishBlock: ['validator'],
  publishAttestation: ['validator'],
  verdict: ['chain'],
  chainStatus: ['chain'],
  peerConnected: ['transport'],
  peerDisconnected: ['transport'],
  peerFlooding: ['transport'],
  dialFailed: ['transport'],
  reportPeer: ['sync'],
  refreshStatus: ['sync'],
  submitBlock: ['api'],
  submitAttestation: ['api'],
  getNetwork: ['api'],
  banPeer: ['api'],
  dropPeer: ['api'],
  requestBlocks: ['sync'],
  cancelBlocks: ['sync'],
  requestReceived: ['transport'],
  requestAborted: ['transport'],
  responseDrained: ['transport'],
  responseChunk: ['transport'],
  responseEnded: ['transport'],
  gossipBlock: ['transport'],
  gossipAttestation: ['transport'],
  gossipBroken: ['transport'],
} as const satisfies SendersOf<NetworkMessage>

/** What one sender may tell the network. */
export type NetworkMessageFrom<S extends string> = From<NetworkMessage, typeof networkSenders, S>
