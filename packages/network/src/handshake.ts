import type { Outbox, Scheduler } from '@trine/actors'
import type { EventSink, NetworkMessage, RequestId, SyncMessageFrom, Transport } from '@trine/messages'
import { decode, describeDecodeError, type Slot, type Status, statusType } from '@trine/types'
import type { ChainView } from './chainView.ts'
import type { NetworkLimits } from './limits.ts'
import type { Peer } from './peer.ts'
import type { Peers } from './peers.ts'
import { STATUS_LENGTH, STATUS_PROTOCOLS } from './protocols.ts'
import type { RequestIds } from './requestIds.ts'
import type { ScoreRules } from './scoreRules.ts'

type ResponseChunkMessage = Extract<NetworkMessage, { type: 'responseChunk' }>
type ResponseEndedMessage = Extract<NetworkMessage, { type: 'responseEnded' }>

/** How long the dialling side is waited for, and how long after a failure it is asked again: doubled each time. */
const PATIENCE = 5_000
const LONGEST_PATIENCE = 60_000

export type HandshakeParts = {
  readonly transport: Transport
  readonly events: EventSink
  readonly scheduler: Scheduler
  readonly limits: NetworkLimits
  readonly rules: ScoreRules
  readonly chainView: ChainView
  readonly peers: Peers
  readonly outbox: Outbox<SyncMessageFrom<'network'>>
  readonly ids: RequestIds
}

/** Asks peers for their status, and judges what they tell. */
export class Handshake {
  readonly #parts: HandshakeParts
  readonly #open = new Map<RequestId, { readonly peer: Peer; readonly began: number; chunks: number }>()

  constructor(parts: HandshakeParts) {
    this.#parts = parts
  }

  /** The dialling side asks first. */
  begin(peer: Peer): void {
    if (peer.direction === 'outbound') this.ask(peer)
    else peer.askStatusAt = this.#parts.scheduler.monotonic() + PATIENCE
  }

  /** Asks those whose status is overdue. */
  tick(): void {
    const now = this.#parts.scheduler.monotonic()
    for (const peer of this.#parts.peers.all()) if (peer.askStatusAt <= now) this.ask(peer)
  }

  ask(peer: Peer): void {
    if (peer.statusRequest !== undefined || peer.isLeaving) return
    const { transport, scheduler, limits, ids, chainView } = this.#parts
    const requestId = ids.next()
    peer.statusRequest = requestId
    peer.askStatusAt = Number.POSITIVE_INFINITY
    this.#open.set(requestId, { peer, began: scheduler.monotonic(), chunks: 0 })
    transport.request({
      requestId,
      peerId: peer.peerId,
      bodies: STATUS_PROTOCOLS.map((protocol) => ({ protocol, body: chainView.statusBytes })),
      maxChunks: 1,
      maxChunkLength: STATUS_LENGTH,
      deadlineMilliseconds: limits.statusTimeout,
    })
  }

  owns(requestId: RequestId): boolean {
    return this.#open.has(requestId)
  }

  onChunk({ requestId, chunk }: ResponseChunkMessage): void {
    const open = this.#open.get(requestId)
    if (open === undefined) return
    open.chunks += 1
    if (chunk.code !== 'success') return
    open.peer.latency = this.#parts.scheduler.monotonic() - open.began
    const { peerId } = open.peer
    const status = decode(statusType, chunk.payload)
    if (status.ok) this.learn(open.peer, status.value)
    else this.#parts.peers.offend(peerId, 'invalid', `status: ${describeDecodeError(status.error)}`)
  }

  onEnded({ requestId, outcome }: ResponseEndedMessage): void {
    const open = this.#open.get(requestId)
    if (open === undefined) return
    this.#open.delete(requestId)
    const { peer, began, chunks } = open
    const { events, scheduler, peers } = this.#parts
    const now = scheduler.monotonic()
    const [protocol] = STATUS_PROTOCOLS
    const { peerId } = peer
    const time = now - began
    events.emit({
      type: 'requestEnded',
      direction: 'asked',
      protocol: protocol!,
      peerId,
      outcome,
      chunks,
      time,
    })
    peer.statusRequest = undefined
    if (outcome === 'timeout') peers.offend(peerId, 'late', 'did not answer a status request in time')
    // Some clients frame their status otherwise, while their blocks and votes are right: not worth the connection.
    if (outcome === 'invalid') peers.offend(peerId, 'useless', 'broke the protocol of status requests')
    if (outcome === 'truncated')
      peers.offend(peerId, 'useless', 'ended the answer to a status request in a chunk')
    if (outcome !== 'complete') peer.requestsFailed += 1
    if (peer.status !== undefined || outcome === 'unsupported') return
    // Silence may mean that it could not read the request: the transport writes the next one otherwise.
    const isFirstSilence = outcome === 'timeout' && peer.statusFailures === 0
    const patience = Math.min(PATIENCE * 2 ** peer.statusFailures, LONGEST_PATIENCE)
    peer.askStatusAt = isFirstSilence ? now : now + patience
    peer.statusFailures += 1
  }

  /** A peer told of its chain, asked or asking: passed on to sync, unless it makes no sense or is of another chain. */
  learn(peer: Peer, status: Status): void {
    if (peer.isLeaving) return
    const { finalized, head } = status
    if (finalized.slot > head.slot) {
      const reason = `status: expected a finalized slot of at most the head's ${head.slot}, got ${finalized.slot}`
      return this.#parts.peers.offend(peer.peerId, 'invalid', reason)
    }
    peer.status = status
    peer.statusFailures = 0
    peer.askStatusAt = Number.POSITIVE_INFINITY
    if (this.#isOfOurChain(peer)) {
      this.#parts.outbox.tell({ type: 'peerStatus', peerId: peer.peerId, status })
    }
  }

  /** A block of this slot became final here: looks again at who told of one there. */
  review(slot: Slot): void {
    for (const peer of this.#parts.peers.all()) {
      if (peer.status?.finalized.slot === slot) this.#isOfOurChain(peer)
    }
  }

  #isOfOurChain(peer: Peer): boolean {
    if (peer.status === undefined || peer.isLeaving) return true
    const { chainView, peers, rules } = this.#parts
    const conflict = chainView.conflictWith(peer.status)
    if (conflict !== undefined) peers.ban(peer.peerId, rules.otherChainMilliseconds, 'otherChain', conflict)
    return conflict === undefined
  }

  /** The peer is gone, and with it the answer. */
  forget({ statusRequest }: Peer): void {
    if (statusRequest !== undefined) this.#open.delete(statusRequest)
  }
}
