import type { AskResult, JobId, Ref } from '@trine/actors'
import type {
  ChainMessageFrom,
  EventSink,
  NetworkMessage,
  PeerId,
  RequestId,
  ResponseCode,
  ResponseOutcome,
  RootedBlock,
  Transport,
} from '@trine/messages'
import { decode, describeDecodeError, type RootHex, statusType } from '@trine/types'
import { decodeBlockRoots } from './blockRootsRequest.ts'
import type { ChainView } from './chainView.ts'
import type { Handshake } from './handshake.ts'
import type { NetworkLimits } from './limits.ts'
import type { NetworkContext } from './parts.ts'
import type { PayloadCodec } from './payloadCodec.ts'
import type { Peer } from './peer.ts'
import type { Peers } from './peers.ts'
import { isStatusProtocol } from './protocols.ts'

type RequestReceived = Extract<NetworkMessage, { type: 'requestReceived' }>

/** Bytes of an answer that cost a peer one unit of its allowance. */
const BYTES_PER_UNIT = 65_536

/** A blocks-by-root request being served: one `getBlock`, or one chunk on its way, at a time. */
type Session = {
  readonly inboundId: RequestId
  readonly protocol: string
  readonly peer: Peer
  readonly roots: readonly RootHex[]
  readonly began: number
  nextRoot: number
  chunks: number
  waitsFor: 'chain' | 'drain' | 'allowance'
  /** When it began to wait. */
  waitsSince: number
  job: JobId | undefined
}

export type ServingParts = {
  readonly context: NetworkContext
  readonly transport: Transport
  readonly chain: Ref<ChainMessageFrom<'network'>>
  readonly events: EventSink
  readonly codec: PayloadCodec
  readonly limits: NetworkLimits
  readonly chainView: ChainView
  readonly peers: Peers
  readonly handshake: Handshake
}

/** Answers the requests of others. */
export class Serving {
  readonly #parts: ServingParts
  readonly #sessions = new Map<RequestId, Session>()
  readonly #jobs = new Map<JobId, Session>()

  constructor(parts: ServingParts) {
    this.#parts = parts
  }

  onRequest(request: RequestReceived): void {
    const { inboundId, peerId } = request
    const { peers, limits } = this.#parts
    const peer = peers.get(peerId)
    if (peer === undefined || peer.isLeaving) {
      return this.#refuse(inboundId, 'resourceUnavailable', 'not connected')
    }
    const isStatus = isStatusProtocol(request.protocol)
    const hasRoom = this.#sessions.size < limits.maxServed && peer.served < limits.maxServedPerPeer
    if (isStatus ? peer.allowance <= 0 : !hasRoom) {
      this.#ended(request, peer, 'invalid', 0, 0)
      peers.offend(peerId, 'late', 'asks more than it is served')
      return this.#refuse(inboundId, 'resourceUnavailable', 'too many requests')
    }
    peers.spend(peer, 1)
    if (isStatus) this.#serveStatus(request, peer)
    else this.#serveBlocks(request, peer)
  }

  #serveStatus(request: RequestReceived, peer: Peer): void {
    const status = decode(statusType, request.body)
    if (!status.ok) return this.#refuseInvalid(request, peer, describeDecodeError(status.error))
    const { transport, chainView, handshake } = this.#parts
    transport.respond(request.inboundId, { code: 'success', payload: chainView.statusBytes })
    transport.endResponse(request.inboundId)
    peer.requestsServed += 1
    this.#ended(request, peer, 'complete', 1, 0)
    handshake.learn(peer, status.value)
  }

  #serveBlocks(request: RequestReceived, peer: Peer): void {
    const roots = decodeBlockRoots(request.body)
    if (!roots.ok) return this.#refuseInvalid(request, peer, roots.error)
    const { inboundId, protocol } = request
    const now = this.#now()
    const session: Session = {
      inboundId,
      protocol,
      peer,
      roots: roots.value,
      began: now,
      nextRoot: 0,
      chunks: 0,
      waitsFor: 'allowance',
      waitsSince: now,
      job: undefined,
    }
    this.#sessions.set(inboundId, session)
    peer.served += 1
    this.#goOn(session)
  }

  #goOn(session: Session): void {
    const { peer, roots } = session
    const root = roots[session.nextRoot]
    if (root === undefined) return this.#finish(session, 'complete')
    session.waitsSince = this.#now()
    session.waitsFor = 'allowance'
    if (peer.allowance <= 0) return
    const { context, chain, limits } = this.#parts
    const job = context.request<ChainMessageFrom<'network'>, 'getBlock', 'blockFetched'>(
      chain,
      { type: 'getBlock', id: { by: 'root', root } },
      { as: 'blockFetched', timeoutMilliseconds: limits.getBlockTimeout },
      (jobId, outcome) => ({ type: 'blockFetched', jobId, outcome }),
    )
    // With no place for the answer it stays as if its allowance were used up, until the next tick.
    if (job === undefined) return
    this.#parts.peers.spend(peer, 1)
    session.nextRoot += 1
    session.waitsFor = 'chain'
    session.job = job
    this.#jobs.set(job, session)
  }

  onBlockFetched(jobId: JobId, outcome: AskResult<RootedBlock | undefined>): void {
    const session = this.#jobs.get(jobId)
    if (session === undefined) return
    this.#jobs.delete(jobId)
    session.job = undefined
    const { transport, codec } = this.#parts
    if (!outcome.ok) {
      transport.respond(session.inboundId, errorChunk('serverError', 'busy, try again later'))
      return this.#finish(session, 'timeout')
    }
    // What we do not have is left out, as the protocol says.
    if (outcome.value === undefined) return this.#goOn(session)
    const payload = codec.encodeBlock(outcome.value)
    session.chunks += 1
    this.#parts.peers.spend(session.peer, Math.floor(payload.length / BYTES_PER_UNIT))
    if (transport.respond(session.inboundId, { code: 'success', payload })) return this.#goOn(session)
    session.waitsFor = 'drain'
    session.waitsSince = this.#now()
  }

  onDrained(inboundId: RequestId): void {
    const session = this.#sessions.get(inboundId)
    if (session?.waitsFor === 'drain') this.#goOn(session)
  }

  onAborted(inboundId: RequestId): void {
    const session = this.#sessions.get(inboundId)
    if (session !== undefined) this.#close(session, 'cancelled')
  }

  /** Goes on with those whose allowance is there again; gives up those that take nothing. */
  tick(): void {
    const { limits, peers } = this.#parts
    const now = this.#now()
    for (const session of [...this.#sessions.values()]) {
      if (session.waitsFor === 'allowance') this.#goOn(session)
      else if (session.waitsFor === 'drain' && now - session.waitsSince >= limits.stalledAfter) {
        this.#finish(session, 'timeout')
        peers.offend(session.peer.peerId, 'late', 'asked for blocks and does not read them')
      }
    }
  }

  /** The peer is gone, and its streams with it. */
  forget(peerId: PeerId): void {
    for (const session of [...this.#sessions.values()]) {
      if (session.peer.peerId === peerId) this.#close(session, 'disconnected')
    }
  }

  #finish(session: Session, outcome: ResponseOutcome): void {
    this.#parts.transport.endResponse(session.inboundId)
    if (outcome === 'complete') session.peer.requestsServed += 1
    this.#close(session, outcome)
  }

  #close(session: Session, outcome: ResponseOutcome): void {
    const { inboundId, job, peer, chunks, began } = session
    this.#sessions.delete(inboundId)
    peer.served -= 1
    if (job !== undefined) {
      this.#jobs.delete(job)
      this.#parts.context.forget(job)
    }
    this.#ended(session, peer, outcome, chunks, this.#now() - began)
  }

  #refuseInvalid(request: RequestReceived, peer: Peer, message: string): void {
    this.#ended(request, peer, 'invalid', 0, 0)
    this.#parts.peers.offend(peer.peerId, 'invalid', `${request.protocol}: ${message}`)
    this.#refuse(request.inboundId, 'invalidRequest', message)
  }

  #refuse(inboundId: RequestId, code: Exclude<ResponseCode, 'success'>, message: string): void {
    this.#parts.transport.respond(inboundId, errorChunk(code, message))
    this.#parts.transport.endResponse(inboundId)
  }

  #ended(
    { protocol }: { readonly protocol: string },
    { peerId }: Peer,
    outcome: ResponseOutcome,
    chunks: number,
    time: number,
  ): void {
    const { events } = this.#parts
    events.emit({ type: 'requestEnded', direction: 'served', protocol, peerId, outcome, chunks, time })
  }

  #now(): number {
    return this.#parts.context.scheduler.monotonic()
  }
}

/** The protocol's limit of an error text. */
const LONGEST_ERROR_TEXT = 256

function errorChunk(code: Exclude<ResponseCode, 'success'>, message: string) {
  return { code, payload: new TextEncoder().encode(message).subarray(0, LONGEST_ERROR_TEXT) }
}
