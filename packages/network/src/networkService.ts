import { type Behaviour, type MessageOf, Outbox, type Start, type Supervise } from '@trine/actors'
import type { NetworkMessage, PeerId, SyncMessageFrom, Tick, TransportPeer } from '@trine/messages'
import { Asking } from './asking.ts'
import { ChainView } from './chainView.ts'
import { Gossip } from './gossip.ts'
import { Handshake } from './handshake.ts'
import { defaultLimits } from './limits.ts'
import type { NetworkContext, NetworkParts } from './parts.ts'
import { Peers } from './peers.ts'
import {
  BLOCKS_BY_ROOT_PROTOCOLS,
  LEAN_BLOCKS_BY_ROOT_PROTOCOLS,
  MAX_ROOTS_LENGTH,
  STATUS_LENGTH,
  STATUS_PROTOCOLS,
} from './protocols.ts'
import { Publishing } from './publishing.ts'
import { RequestIds } from './requestIds.ts'
import { defaultScoreRules } from './scoreRules.ts'
import { Serving } from './serving.ts'
import { Submissions } from './submissions.ts'

/**
 * The NetworkService: receives and forwards. Gossip is decoded and handed to the chain, requests are passed to whoever
 * owns the answer, peers are counted and scored. Messages, lanes and senders: @trine/messages.
 */
export function createNetwork(parts: NetworkParts): Start<NetworkMessage> {
  const ids = new RequestIds()
  return (context) => new NetworkService(context, parts, ids)
}

/** What outsiders send can never be what stops or resets the service. */
export const superviseNetwork: Supervise<NetworkMessage> = ({ phase }) =>
  phase === 'receive' ? 'resume' : 'restart'

/** Messages kept for a sync that takes none. */
const OUTBOX_CAPACITY = 8192

/** Kinds about peers and about requests, and kinds about requests alone: `receive` in three steps. */
type PeerMessage = Exclude<
  NetworkMessage,
  {
    type:
      | 'tick'
      | 'chainStatus'
      | 'gossipBlock'
      | 'gossipAttestation'
      | 'gossipBroken'
      | 'verdict'
      | 'publishBlock'
      | 'publishAttestation'
      | 'published'
      | 'submitBlock'
      | 'submitAttestation'
  }
>
type RequestMessage = Exclude<
  PeerMessage,
  {
    type:
      | 'peerConnected'
      | 'peerDisconnected'
      | 'dialFailed'
      | 'peerFlooding'
      | 'refreshStatus'
      | 'reportPeer'
      | 'getNetwork'
      | 'banPeer'
      | 'dropPeer'
  }
>

class NetworkService implements Behaviour<NetworkMessage> {
  readonly #parts: NetworkParts
  readonly #chainView: ChainView
  readonly #outbox: Outbox<SyncMessageFrom<'network'>>
  readonly #peers: Peers
  readonly #handshake: Handshake
  readonly #gossip: Gossip
  readonly #publishing: Publishing
  readonly #submissions: Submissions
  readonly #serving: Serving
  readonly #asking: Asking

  constructor(context: NetworkContext, parts: NetworkParts, ids: RequestIds) {
    const { scheduler } = context
    const limits = { ...defaultLimits, ...parts.limits }
    const rules = { ...defaultScoreRules, ...parts.scoreRules }
    this.#parts = parts
    const chainView = new ChainView(parts.genesisRoot, parts.heads)
    const outbox = new Outbox(parts.sync, OUTBOX_CAPACITY)
    const peers = new Peers({ ...parts, scheduler, limits, rules })
    const shared = { ...parts, context, scheduler, limits, rules, chainView, outbox, peers, ids }
    this.#chainView = chainView
    this.#outbox = outbox
    this.#peers = peers
    this.#handshake = new Handshake(shared)
    this.#gossip = new Gossip(shared)
    this.#publishing = new Publishing(shared)
    this.#submissions = new Submissions({ ...shared, publishing: this.#publishing })
    this.#serving = new Serving({ ...shared, handshake: this.#handshake })
    this.#asking = new Asking(shared)
    this.#begin()
  }

  #begin(): void {
    const { transport } = this.#parts
    const protocol = (maxRequestLength: number) => (name: string) => ({ protocol: name, maxRequestLength })
    transport.serve([
      ...STATUS_PROTOCOLS.map(protocol(STATUS_LENGTH)),
      ...BLOCKS_BY_ROOT_PROTOCOLS.map(protocol(MAX_ROOTS_LENGTH)),
      ...LEAN_BLOCKS_BY_ROOT_PROTOCOLS.map(protocol(MAX_ROOTS_LENGTH)),
    ])
    this.#gossip.subscribe()
    // After a restart of this service the transport still has its peers.
    for (const peer of transport.peers()) this.#connect(peer)
  }

  receive(message: NetworkMessage): void {
    switch (message.type) {
      case 'tick':
        return this.#onTick(message)
      case 'chainStatus':
        if (this.#chainView.update(message)) this.#handshake.review(message.finalized.slot)
        return
      case 'gossipBlock':
        return this.#gossip.onBlock(message)
      case 'gossipAttestation':
        return this.#gossip.onAttestation(message)
      case 'gossipBroken':
        return this.#gossip.onBroken(message)
      case 'verdict':
        return this.#submissions.owns(message.gossip)
          ? this.#submissions.onVerdict(message.gossip, message.verdict, message.reason)
          : this.#gossip.onVerdict(message.gossip, message.verdict, message.reason)
      case 'submitBlock':
        return this.#submissions.submitBlock(message)
      case 'submitAttestation':
        return this.#submissions.submitAttestation(message)
      case 'publishBlock':
        return this.#publishing.publishBlock(message.block)
      case 'publishAttestation':
        return this.#publishing.publishAttestation(message.signedAttestation)
      case 'published':
        return this.#publishing.onPublished(message.jobId, message.outcome)
      default:
        return this.#receiveOfPeers(message)
    }
  }

  #receiveOfPeers(message: PeerMessage): void {
    switch (message.type) {
      case 'peerConnected':
        return this.#connect(message)
      case 'peerDisconnected':
        return this.#disconnect(message)
      case 'dialFailed':
        return this.#parts.events.emit(message)
      case 'peerFlooding':
        return this.#peers.offend(
          message.peerId,
          'flooding',
          `refused ${message.refused} messages over its rate`,
        )
      case 'refreshStatus':
        return this.#refreshStatus(message.peerId)
      case 'reportPeer':
        return this.#peers.offend(message.peerId, message.offence, message.reason)
      case 'getNetwork':
        message.reply.answer(this.#peers.view())
        return
      case 'banPeer':
        return this.#banByOrder(message)
      case 'dropPeer':
        message.reply.answer(this.#peers.drop(message.peerId, 'dropped by the operator'))
        return
      default:
        return this.#receiveOfRequests(message)
    }
  }

  #receiveOfRequests(message: RequestMessage): void {
    switch (message.type) {
      case 'requestReceived':
        return this.#serving.onRequest(message)
      case 'requestAborted':
        return this.#serving.onAborted(message.inboundId)
      case 'responseDrained':
        return this.#serving.onDrained(message.inboundId)
      case 'blockFetched':
        return this.#serving.onBlockFetched(message.jobId, message.outcome)
      case 'requestBlocks':
        return this.#asking.request(message)
      case 'cancelBlocks':
        return this.#asking.cancel(message.requestId)
      case 'responseChunk':
        return this.#handshake.owns(message.requestId)
          ? this.#handshake.onChunk(message)
          : this.#asking.onChunk(message)
      case 'responseEnded':
        return this.#handshake.owns(message.requestId)
          ? this.#handshake.onEnded(message)
          : this.#asking.onEnded(message)
    }
  }

  #onTick(tick: Tick): void {
    this.#outbox.flush()
    this.#peers.tick(tick.interval === 0 || tick.skipped > 0)
    this.#publishing.tick(tick)
    this.#gossip.tick()
    this.#submissions.tick()
    this.#handshake.tick()
    this.#serving.tick()
  }

  #connect(found: Omit<TransportPeer, 'score'>): void {
    const peer = this.#peers.connect(found)
    if (peer !== undefined) this.#handshake.begin(peer)
  }

  #disconnect({ peerId, reason }: { readonly peerId: PeerId; readonly reason: string }): void {
    const peer = this.#peers.disconnect(peerId, reason)
    if (peer === undefined) return
    this.#handshake.forget(peer)
    this.#serving.forget(peerId)
    this.#asking.forget(peerId)
    if (peer.status !== undefined) this.#outbox.tell({ type: 'peerGone', peerId })
  }

  #banByOrder({ peerId, milliseconds, reply }: MessageOf<NetworkMessage, 'banPeer'>): void {
    reply.answer(this.#peers.ban(peerId, milliseconds, 'operator', 'banned by the operator'))
  }

  #refreshStatus(peerId: PeerId): void {
    const peer = this.#peers.get(peerId)
    if (peer !== undefined) this.#handshake.ask(peer)
  }
}
