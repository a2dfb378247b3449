import type { Outbox, Ref, Scheduler } from '@trine/actors'
import type {
  EventSink,
  NetworkMessage,
  PeerId,
  RequestId,
  SyncMessage,
  SyncMessageFrom,
  Transport,
} from '@trine/messages'
import { describeDecodeError, type RootHex } from '@trine/types'
import { blockRootsBodies } from './blockRootsRequest.ts'
import type { NetworkLimits } from './limits.ts'
import type { PayloadCodec } from './payloadCodec.ts'
import type { Peer } from './peer.ts'
import type { Peers } from './peers.ts'
import { BLOCKS_BY_ROOT_PROTOCOLS } from './protocols.ts'
import type { RequestIds } from './requestIds.ts'

type RequestBlocks = Extract<NetworkMessage, { type: 'requestBlocks' }>
type ResponseChunkMessage = Extract<NetworkMessage, { type: 'responseChunk' }>
type ResponseEndedMessage = Extract<NetworkMessage, { type: 'responseEnded' }>
type BlocksOutcome = Extract<SyncMessage, { type: 'blocksEnded' }>['outcome']

/** A request of sync's to a peer, from the call to its end. */
type OpenRequest = {
  /** The number that the transport knows it by. */
  readonly transportId: RequestId
  readonly request: RequestBlocks
  readonly peer: Peer
  /** Roots that did not come yet. */
  readonly missing: Set<RootHex>
  readonly began: number
  received: number
  protocol: string
}

export type AskingParts = {
  readonly transport: Transport
  /** For blocks, which are refused at times; `outbox` for what must arrive. */
  readonly sync: Ref<SyncMessageFrom<'network'>>
  readonly outbox: Outbox<SyncMessageFrom<'network'>>
  readonly events: EventSink
  readonly scheduler: Scheduler
  readonly codec: PayloadCodec
  readonly limits: NetworkLimits
  readonly peers: Peers
  readonly ids: RequestIds
}

/** Asks peers for blocks by root on behalf of sync, and checks that what comes is what was asked for. */
export class Asking {
  readonly #parts: AskingParts
  readonly #open = new Map<RequestId, OpenRequest>()
  readonly #bySyncId = new Map<RequestId, OpenRequest>()

  constructor(parts: AskingParts) {
    this.#parts = parts
  }

  request(request: RequestBlocks): void {
    const { peers, limits, ids, scheduler } = this.#parts
    const peer = peers.get(request.peerId)
    if (peer === undefined || peer.isLeaving) return this.#tellEnd(request, 'disconnected', 0)
    if (this.#open.size >= limits.maxOpenRequests || peer.openRequests >= limits.maxOpenRequestsPerPeer) {
      return this.#tellEnd(request, 'refused', 0)
    }
    const open: OpenRequest = {
      transportId: ids.next(),
      request,
      peer,
      missing: new Set(request.roots),
      began: scheduler.monotonic(),
      received: 0,
      protocol: BLOCKS_BY_ROOT_PROTOCOLS[0]!,
    }
    this.#open.set(open.transportId, open)
    this.#bySyncId.set(request.requestId, open)
    peer.openRequests += 1
    this.#send(open)
  }

  #send({ transportId, request, peer, missing }: OpenRequest): void {
    this.#parts.transport.request({
      requestId: transportId,
      peerId: peer.peerId,
      bodies: blockRootsBodies([...missing], peer.leanDialect),
      maxChunks: missing.size,
      maxChunkLength: this.#parts.codec.maxBlockLength,
      deadlineMilliseconds: request.deadlineMilliseconds,
    })
  }

  cancel(syncRequestId: RequestId): void {
    const open = this.#bySyncId.get(syncRequestId)
    if (open !== undefined) this.#giveUp(open, 'cancelled')
  }

  onChunk({ requestId, protocol, chunk }: ResponseChunkMessage): void {
    const open = this.#open.get(requestId)
    if (open === undefined) return
    open.protocol = protocol
    if (chunk.code !== 'success') return this.#giveUp(open, 'declined')
    const { codec, sync, transport } = this.#parts
    const decoded = codec.decodeBlock(chunk.payload)
    if (!decoded.ok) return this.#onBadChunk(open, describeDecodeError(decoded.error))
    const block = decoded.value
    if (!open.missing.delete(block.root)) {
      return this.#onBadChunk(open, `expected one of the blocks asked for, each once, got ${block.root}`)
    }
    const { peerId } = open.peer
    if (!sync.tell({ type: 'blockReceived', requestId: open.request.requestId, peerId, block })) {
      return this.#giveUp(open, 'cancelled')
    }
    open.received += 1
    open.peer.hasSentBlocks = true
    if (open.missing.size === 0) this.#finish(open, 'complete')
    else transport.readOn(requestId)
  }

  #onBadChunk(open: OpenRequest, message: string): void {
    this.#parts.peers.offend(open.peer.peerId, 'invalid', `answer to blocks by root: ${message}`)
    this.#giveUp(open, 'invalid')
  }

  onEnded({ requestId, outcome }: ResponseEndedMessage): void {
    const open = this.#open.get(requestId)
    if (open === undefined) return
    const { peers } = this.#parts
    const { peerId } = open.peer
    if (outcome === 'invalid') peers.offend(peerId, 'invalid', 'broke the protocol of blocks by root')
    if (outcome === 'truncated')
      peers.offend(peerId, 'useless', 'ended the answer to blocks by root in a chunk')
    this.#finish(open, outcome)
  }

  /** The peer is gone. */
  forget(peerId: PeerId): void {
    for (const open of [...this.#open.values()]) {
      if (open.peer.peerId === peerId) this.#finish(open, 'disconnected')
    }
  }

  /** Ends a request that the transport still has open. */
  #giveUp(open: OpenRequest, outcome: BlocksOutcome): void {
    this.#finish(open, outcome)
    this.#parts.transport.cancelRequest(open.transportId)
  }

  #finish(open: OpenRequest, outcome: BlocksOutcome): void {
    const { transportId, request, peer, received, protocol, began } = open
    this.#open.delete(transportId)
    this.#bySyncId.delete(request.requestId)
    peer.openRequests -= 1
    if (outcome !== 'complete' && outcome !== 'cancelled') peer.requestsFailed += 1
    // Error, silence or an empty answer can mean that it did not understand the list: next time the other dialect.
    if (!peer.hasSentBlocks) peer.leanDialect = peer.leanDialect === 'bare' ? 'container' : 'bare'
    this.#tellEnd(request, outcome, received)
    const { events, scheduler } = this.#parts
    const time = scheduler.monotonic() - began
    const { peerId } = peer
    const asked = { type: 'requestEnded', direction: 'asked', protocol, peerId } as const
    const seen = outcome === 'declined' || outcome === 'refused' ? 'complete' : outcome
    events.emit({ ...asked, outcome: seen, chunks: received, time })
  }

  #tellEnd({ requestId, peerId }: RequestBlocks, outcome: BlocksOutcome, received: number): void {
    this.#parts.outbox.tell({ type: 'blocksEnded', requestId, peerId, outcome, received })
  }
}
