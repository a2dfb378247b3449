import type { Timer } from '@trine/actors'
import type {
  OutgoingRequest,
  PeerId,
  RequestId,
  ResponseChunk,
  ResponseCode,
  ResponseOutcome,
  ServedProtocol,
} from '@trine/messages'
import type { Connection } from './connection.ts'
import type { MemoryTransport } from './memoryTransport.ts'
import type { NetworkCore } from './network.ts'

/** Bytes around a request or a chunk. */
const ENVELOPE = 40

/** Bytes of an answer that may be under way or unread before `respond` says that the buffer is full. */
const SEND_BUFFER = 1024 * 1024

/** A request and its answer: what both sides know of the stream, and what is under way on it. */
type Exchange = {
  readonly request: OutgoingRequest
  readonly client: MemoryTransport
  readonly server: MemoryTransport
  readonly connection: Connection
  /** How often the connection had been cut when it began. */
  readonly cuts: number
  readonly deadline: Timer
  /** Number of the request at the server; undefined while it does not serve it. */
  inboundId: RequestId | undefined
  protocol: string
  /** When the last piece in each direction arrives: a stream keeps its order. */
  lastAtServer: number
  lastAtClient: number
  /** Chunks that are at the client and not yet told. */
  readonly arrived: ResponseChunk[]
  told: number
  /** The client's application wants the next chunk. */
  isWanted: boolean
  hasEnded: boolean
  isOver: boolean
  /** Bytes sent and not yet told. */
  unread: number
  serverWaits: boolean
}

/** The request/response streams of one endpoint, asked and served. */
export class Requests {
  readonly #core: NetworkCore
  readonly #endpoint: MemoryTransport
  readonly #protocols = new Map<string, ServedProtocol>()
  readonly #asked = new Map<RequestId, Exchange>()
  readonly #served = new Map<RequestId, Exchange>()
  #inboundIds = 0

  constructor(core: NetworkCore, endpoint: MemoryTransport) {
    this.#core = core
    this.#endpoint = endpoint
  }

  serve(protocols: readonly ServedProtocol[]): void {
    for (const protocol of protocols) this.#protocols.set(protocol.protocol, protocol)
  }

  request(request: OutgoingRequest): void {
    const { requestId, peerId, bodies, deadlineMilliseconds } = request
    if (this.#asked.has(requestId)) throw new Error(`request ${requestId} is still open`)
    const connection = this.#endpoint.connections.get(peerId)
    if (connection === undefined || !connection.isUp) {
      this.#endpoint.tellSurely({ type: 'responseEnded', requestId, peerId, outcome: 'disconnected' })
      return
    }
    const exchange: Exchange = {
      request,
      client: this.#endpoint,
      server: connection.other(this.#endpoint),
      connection,
      cuts: connection.cuts,
      deadline: this.#core.scheduler.after(deadlineMilliseconds, () => this.#finish(exchange, 'timeout')),
      inboundId: undefined,
      protocol: '',
      lastAtServer: 0,
      lastAtClient: 0,
      arrived: [],
      told: 0,
      isWanted: true,
      hasEnded: false,
      isOver: false,
      unread: 0,
      serverWaits: false,
    }
    this.#asked.set(requestId, exchange)
    const longest = Math.max(0, ...bodies.map(({ body }) => body.length))
    sendToServer(exchange, longest, (server) => server.#receive(exchange))
  }

  readOn(requestId: RequestId): void {
    const exchange = this.#asked.get(requestId)
    if (exchange === undefined) return
    exchange.isWanted = true
    this.#pump(exchange)
  }

  cancel(requestId: RequestId): void {
    const exchange = this.#asked.get(requestId)
    if (exchange !== undefined) this.#finish(exchange, 'cancelled')
  }

  respond(inboundId: RequestId, chunk: ResponseChunk): boolean {
    const exchange = this.#served.get(inboundId)
    if (exchange === undefined) return true
    exchange.unread += chunk.payload.length
    sendToClient(exchange, chunk.payload.length, (client) => client.#receiveChunk(exchange, chunk))
    exchange.serverWaits = exchange.unread > SEND_BUFFER
    return !exchange.serverWaits
  }

  endResponse(inboundId: RequestId): void {
    const exchange = this.#served.get(inboundId)
    if (exchange === undefined) return
    this.#served.delete(inboundId)
    sendToClient(exchange, 0, (client) => client.#receiveEnd(exchange))
  }

  /** A connection went down: what was open on it is over, on this side. */
  peerGone(peerId: PeerId): void {
    for (const exchange of this.#asked.values()) {
      if (exchange.request.peerId === peerId) this.#finish(exchange, 'disconnected')
    }
    for (const exchange of this.#served.values()) {
      if (exchange.client.localPeerId === peerId) this.#abort(exchange)
    }
  }

  /** The endpoint stops. */
  end(): void {
    for (const exchange of this.#asked.values()) {
      exchange.isOver = true
      exchange.deadline.cancel()
    }
    this.#asked.clear()
    this.#served.clear()
  }

  #receive(exchange: Exchange): void {
    if (exchange.isOver || !this.#endpoint.isRunning) return
    const body = exchange.request.bodies.find(({ protocol }) => this.#protocols.has(protocol))
    if (body === undefined) {
      sendToClient(exchange, 0, (client) => client.#finish(exchange, 'unsupported'))
      return
    }
    this.#inboundIds += 1
    const inboundId = this.#inboundIds
    exchange.inboundId = inboundId
    exchange.protocol = body.protocol
    this.#served.set(inboundId, exchange)
    const { maxRequestLength } = this.#protocols.get(body.protocol)!
    if (body.body.length > maxRequestLength) {
      this.#refuse(inboundId, 'invalidRequest', `expected at most ${maxRequestLength} bytes`)
      return
    }
    const peerId = exchange.client.localPeerId
    const isTaken = this.#endpoint.tell({ type: 'requestReceived', inboundId, peerId, ...body })
    if (!isTaken) this.#refuse(inboundId, 'resourceUnavailable', 'too busy')
  }

  #refuse(inboundId: RequestId, code: ResponseCode, text: string): void {
    this.respond(inboundId, { code, payload: new TextEncoder().encode(text) })
    this.endResponse(inboundId)
  }

  #receiveChunk(exchange: Exchange, chunk: ResponseChunk): void {
    if (exchange.isOver) return
    if (chunk.payload.length > exchange.request.maxChunkLength) {
      this.#finish(exchange, 'invalid')
      return
    }
    exchange.arrived.push(chunk)
    this.#pump(exchange)
  }

  #receiveEnd(exchange: Exchange): void {
    if (exchange.isOver) return
    exchange.hasEnded = true
    this.#pump(exchange)
  }

  /** Tells the next chunk if it is here and wanted, and the end once everything is told. */
  #pump(exchange: Exchange): void {
    const { request, arrived } = exchange
    const { requestId, peerId, maxChunks } = request
    if (exchange.isWanted && arrived.length > 0) {
      const chunk = arrived.shift()!
      exchange.isWanted = false
      exchange.told += 1
      this.#noteRead(exchange, chunk.payload.length)
      const { protocol } = exchange
      if (!this.#endpoint.tell({ type: 'responseChunk', requestId, peerId, protocol, chunk })) {
        this.#finish(exchange, 'cancelled')
        return
      }
    }
    if (exchange.told >= maxChunks || (exchange.hasEnded && arrived.length === 0)) {
      this.#finish(exchange, 'complete')
    }
  }

  #noteRead(exchange: Exchange, bytes: number): void {
    exchange.unread -= bytes
    if (!exchange.serverWaits || exchange.unread > SEND_BUFFER / 2) return
    exchange.serverWaits = false
    sendToServer(exchange, 0, (server) => server.#drained(exchange))
  }

  #drained({ inboundId }: Exchange): void {
    if (inboundId === undefined || !this.#served.has(inboundId)) return
    this.#endpoint.tellSurely({ type: 'responseDrained', inboundId })
  }

  #finish(exchange: Exchange, outcome: ResponseOutcome): void {
    if (exchange.isOver) return
    exchange.isOver = true
    exchange.deadline.cancel()
    const { requestId, peerId } = exchange.request
    this.#asked.delete(requestId)
    this.#endpoint.tellSurely({ type: 'responseEnded', requestId, peerId, outcome })
    if (exchange.connection.isUp) sendToServer(exchange, 0, (server) => server.#abort(exchange))
  }

  #abort(exchange: Exchange): void {
    const { inboundId } = exchange
    if (inboundId === undefined || !this.#served.delete(inboundId)) return
    this.#endpoint.tellSurely({ type: 'requestAborted', inboundId, peerId: exchange.client.localPeerId })
  }
}

function sendToServer(exchange: Exchange, bytes: number, deliver: (server: Requests) => void): void {
  const link = exchange.connection.linkFrom(exchange.client)
  const act = () => deliver(exchange.server.requests)
  exchange.lastAtServer = link.sendOnStream(bytes + ENVELOPE, exchange.lastAtServer, act)
}

/** After a cut, however short, nothing more of an answer comes: a piece of it may have been lost. */
function sendToClient(exchange: Exchange, bytes: number, deliver: (client: Requests) => void): void {
  const link = exchange.connection.linkFrom(exchange.server)
  const act = () => {
    if (exchange.connection.cuts === exchange.cuts) deliver(exchange.client.requests)
  }
  exchange.lastAtClient = link.sendOnStream(bytes + ENVELOPE, exchange.lastAtClient, act)
}
