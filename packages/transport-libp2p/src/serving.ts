import type { Connection, Stream } from '@libp2p/interface'
import type { Scheduler } from '@trine/actors'
import type { PeerId, RequestId, ResponseChunk, ResponseCode, ServedProtocol } from '@trine/messages'
import { Deadline } from './deadline.ts'
import type { EventSink } from './eventSink.ts'
import type { Node } from './libp2pNode.ts'
import type { TransportLimits } from './options.ts'
import type { Peers } from './peers.ts'
import { createStreamReader } from './streamReader.ts'
import { type Counted, type Counting, encodeChunk, pullRequest } from './wire/chunks.ts'
import { maxFramedLength } from './wire/snappyFrames.ts'
import type { WireError } from './wire/wireError.ts'

/** Bytes beyond a request that a peer may send before its stream is broken off. */
const SLACK = 64 * 1024

/** A request of another that is open. */
type Served = {
  readonly inboundId: RequestId
  readonly peerId: PeerId
  readonly stream: Stream
  /** How the answer is written: as the request was. */
  counting: Counting
  /** Passes when nothing moves for too long; renewed by every step. */
  deadline: Deadline
  /** The application knows of it. */
  isTold: boolean
  /** The application waits for room. */
  isWaiting: boolean
  isOver: boolean
}

/** The requests of others. */
export class Serving {
  readonly #scheduler: Scheduler
  readonly #sink: EventSink
  readonly #limits: TransportLimits
  readonly #peers: Peers
  readonly #protocols = new Map<string, ServedProtocol>()
  readonly #served = new Map<RequestId, Served>()
  /** Streams that are not closed by both sides yet: also of answers that have ended. */
  readonly #streams = new Map<Stream, PeerId>()
  #inboundIds = 0
  #node: Node | undefined

  constructor(scheduler: Scheduler, sink: EventSink, limits: TransportLimits, peers: Peers) {
    this.#scheduler = scheduler
    this.#sink = sink
    this.#limits = limits
    this.#peers = peers
  }

  async start(node: Node): Promise<void> {
    this.#node = node
    for (const protocol of this.#protocols.values()) await this.#handle(node, protocol)
  }

  serve(protocols: readonly ServedProtocol[]): void {
    for (const protocol of protocols) {
      this.#protocols.set(protocol.protocol, protocol)
      if (this.#node !== undefined) void this.#handle(this.#node, protocol)
    }
  }

  respond(inboundId: RequestId, chunk: ResponseChunk): boolean {
    const served = this.#served.get(inboundId)
    if (served === undefined) return true
    this.#renew(served)
    this.#peers.trafficOf(served.peerId)?.sent(chunk.payload.length)
    try {
      served.isWaiting = !served.stream.send(encodeChunk(chunk, served.counting))
    } catch {
      // The stream has closed meanwhile; its event says so.
      return true
    }
    return !served.isWaiting
  }

  endResponse(inboundId: RequestId): void {
    const served = this.#served.get(inboundId)
    if (served === undefined) return
    this.#served.delete(inboundId)
    served.isOver = true
    this.#renew(served)
    // The deadline goes on: some peers never close their side.
    served.stream
      .close({ signal: served.deadline.signal })
      .catch((error: Error) => served.stream.abort(error))
  }

  peerGone(peerId: PeerId): void {
    for (const served of this.#served.values()) if (served.peerId === peerId) this.#abort(served, 'peer gone')
  }

  stop(): void {
    for (const served of this.#served.values()) this.#abort(served, 'stopped')
    this.#node = undefined
  }

  #handle(node: Node, { protocol, maxRequestLength }: ServedProtocol): Promise<void> {
    const options = { maxInboundStreams: this.#limits.maxRequestsPerPeer, force: true as const }
    const accept = (stream: Stream, connection: Connection) => {
      this.#accept(stream, connection.remotePeer.toString(), maxRequestLength)
    }
    return node.handle(protocol, accept, options)
  }

  #accept(stream: Stream, peerId: PeerId, maxRequestLength: number): void {
    const ofPeer = [...this.#streams.values()].filter((other) => other === peerId)
    const { maxRequests, maxRequestsPerPeer } = this.#limits
    if (ofPeer.length >= maxRequestsPerPeer || this.#streams.size >= maxRequests) {
      stream.abort(new Error('too many requests'))
      return
    }
    this.#peers.ensureTold(peerId)
    // A peer that the application does not take is gone by now, and its streams with it.
    if (stream.status !== 'open') return
    this.#inboundIds += 1
    const served: Served = {
      inboundId: this.#inboundIds,
      peerId,
      stream,
      counting: this.#peers.countingOf(peerId)?.current ?? 'data',
      deadline: new Deadline(this.#scheduler, this.#limits.requestMilliseconds),
      isTold: false,
      isWaiting: false,
      isOver: false,
    }
    this.#served.set(served.inboundId, served)
    this.#streams.set(stream, peerId)
    stream.addEventListener('close', () => {
      this.#streams.delete(stream)
      this.#abort(served, 'closed')
    })
    stream.addEventListener('drain', () => this.#drained(served))
    if (this.#peers.trafficOf(peerId)?.admitRequest() === false) {
      this.#refuse(served, 'resourceUnavailable', 'too many requests')
      return
    }
    const reader = createStreamReader(stream, maxFramedLength(maxRequestLength) + SLACK)
    reader.read(pullRequest(maxRequestLength), served.deadline.signal).then(
      (request) =>
        request.ok ? this.#tell(served, request.value) : this.#refuseUnread(served, request.error),
      (error: Error) => this.#abort(served, error.message),
    )
  }

  #tell(served: Served, { content: body, counting }: Counted<Uint8Array>): void {
    const { inboundId, peerId, stream, isOver } = served
    if (isOver) return
    this.#renew(served)
    this.#peers.trafficOf(peerId)?.received(body.length)
    this.#peers.countingOf(peerId)?.wrote(counting)
    served.counting = counting ?? served.counting
    served.isTold = true
    const { protocol } = stream
    if (this.#sink.tell({ type: 'requestReceived', inboundId, peerId, protocol, body })) return
    served.isTold = false
    this.#refuse(served, 'resourceUnavailable', 'too busy')
  }

  #refuseUnread(served: Served, error: WireError): void {
    if (error.code === 'TRUNCATED') this.#abort(served, error.message)
    else this.#refuse(served, 'invalidRequest', error.message)
  }

  #refuse({ inboundId }: Served, code: ResponseCode, text: string): void {
    this.respond(inboundId, { code, payload: new TextEncoder().encode(text) })
    this.endResponse(inboundId)
  }

  /** From now on the answer must move within the time allowed, or the stream is broken off. */
  #renew(served: Served): void {
    served.deadline.cancel()
    served.deadline = new Deadline(this.#scheduler, this.#limits.stallMilliseconds, () =>
      served.stream.abort(new Error('stalled')),
    )
  }

  #drained(served: Served): void {
    if (served.isOver || !served.isWaiting) return
    served.isWaiting = false
    this.#renew(served)
    this.#sink.tellSurely({ type: 'responseDrained', inboundId: served.inboundId })
  }

  #abort(served: Served, reason: string): void {
    if (served.isOver) {
      served.deadline.cancel()
      return
    }
    served.isOver = true
    served.deadline.cancel()
    this.#served.delete(served.inboundId)
    served.stream.abort(new Error(reason))
    const { inboundId, peerId, isTold } = served
    if (isTold) this.#sink.tellSurely({ type: 'requestAborted', inboundId, peerId })
  }
}
