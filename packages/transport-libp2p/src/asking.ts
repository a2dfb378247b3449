import type { Connection, Stream } from '@libp2p/interface'
import type { Scheduler } from '@trine/actors'
import type { OutgoingRequest, PeerId, RequestId, ResponseOutcome } from '@trine/messages'
import { Deadline } from './deadline.ts'
import type { EventSink } from './eventSink.ts'
import type { Peers } from './peers.ts'
import { createStreamReader } from './streamReader.ts'
import { encodeRequest, pullChunk } from './wire/chunks.ts'
import { maxFramedLength } from './wire/snappyFrames.ts'
import type { WireError } from './wire/wireError.ts'

/** Bytes of later chunks that may wait while the application has not asked for them. */
const READ_AHEAD = 4 * 1024 * 1024

/**
 * The streams of a QUIC connection that is lost end as if in order, and the connection a moment later. So long is
 * waited before the end of a stream means that the peer has nothing more.
 */
const LOSS_MILLISECONDS = 25

/** A request of ours that is open. */
type Asked = {
  readonly request: OutgoingRequest
  readonly deadline: Deadline
  stream: Stream | undefined
  /** Resolves when the application asks for the next chunk, or when the request is over. */
  wanted: PromiseWithResolvers<void>
  isOver: boolean
}

/** Our requests to others. */
export class Asking {
  readonly #scheduler: Scheduler
  readonly #sink: EventSink
  readonly #peers: Peers
  readonly #asked = new Map<RequestId, Asked>()

  constructor(scheduler: Scheduler, sink: EventSink, peers: Peers) {
    this.#scheduler = scheduler
    this.#sink = sink
    this.#peers = peers
  }

  request(request: OutgoingRequest): void {
    const { requestId, peerId, deadlineMilliseconds } = request
    if (this.#asked.has(requestId)) throw new Error(`request ${requestId} is still open`)
    const connection = this.#peers.connectionTo(peerId)
    if (connection === undefined) {
      this.#sink.tellSurely({ type: 'responseEnded', requestId, peerId, outcome: 'disconnected' })
      return
    }
    const deadline = new Deadline(this.#scheduler, deadlineMilliseconds, () => this.#end(asked, 'timeout'))
    const asked: Asked = {
      request,
      deadline,
      stream: undefined,
      wanted: Promise.withResolvers(),
      isOver: false,
    }
    this.#asked.set(requestId, asked)
    this.#run(asked, connection).then(
      (outcome) => this.#end(asked, outcome),
      (error: unknown) => this.#end(asked, outcomeOfFailure(error, connection)),
    )
  }

  readOn(requestId: RequestId): void {
    this.#asked.get(requestId)?.wanted.resolve()
  }

  cancel(requestId: RequestId): void {
    const asked = this.#asked.get(requestId)
    if (asked !== undefined) this.#end(asked, 'cancelled')
  }

  peerGone(peerId: PeerId): void {
    for (const asked of this.#asked.values()) {
      if (asked.request.peerId === peerId) this.#end(asked, 'disconnected')
    }
  }

  stop(): void {
    for (const asked of this.#asked.values()) this.#end(asked, 'cancelled')
  }

  async #run(asked: Asked, connection: Connection): Promise<ResponseOutcome> {
    const { bodies, maxChunks, maxChunkLength, requestId, peerId } = asked.request
    const { signal } = asked.deadline
    const stream = await connection.newStream(this.#protocolsFor(asked.request), { signal })
    asked.stream = stream
    if (asked.isOver) {
      stream.abort(new Error('given up'))
      return 'cancelled'
    }
    const reader = createStreamReader(stream, maxFramedLength(maxChunkLength) + READ_AHEAD)
    const { protocol, body } = bodies.find(({ protocol }) => protocol === stream.protocol)!
    stream.send(encodeRequest(body))
    this.#peers.trafficOf(peerId)?.sent(body.length)
    // Half-closed: some peers read to the end before they answer. Others answer before, so this is not waited for.
    stream.close({ signal }).catch(() => {})
    for (let told = 0; told < maxChunks; told++) {
      if (told > 0) await asked.wanted.promise
      const chunk = await reader.read(pullChunk(maxChunkLength), signal)
      if (!chunk.ok) return outcomeOfWireError(chunk.error)
      if (chunk.value === undefined) return this.#endOf(connection)
      this.#peers.trafficOf(peerId)?.received(chunk.value.payload.length)
      if (asked.isOver) return 'cancelled'
      asked.wanted = Promise.withResolvers()
      if (!this.#sink.tell({ type: 'responseChunk', requestId, peerId, protocol, chunk: chunk.value })) {
        return 'cancelled'
      }
    }
    return 'complete'
  }

  async #endOf(connection: Connection): Promise<ResponseOutcome> {
    await new Promise<void>((resolve) => this.#scheduler.after(LOSS_MILLISECONDS, resolve))
    return connection.status === 'open' ? 'complete' : 'disconnected'
  }

  /** The first that the peer says it speaks; all, to be tried one by one, when it says nothing of any. */
  #protocolsFor({ peerId, bodies }: OutgoingRequest): string[] {
    const protocols = bodies.map(({ protocol }) => protocol)
    const spoken = this.#peers.protocolsOf(peerId)
    const known = protocols.find((protocol) => spoken.has(protocol))
    return known === undefined ? protocols : [known]
  }

  #end(asked: Asked, outcome: ResponseOutcome): void {
    if (asked.isOver) return
    asked.isOver = true
    const { requestId, peerId } = asked.request
    this.#asked.delete(requestId)
    asked.deadline.abort(outcome)
    asked.wanted.resolve()
    // Nothing more is read; a stream that the peer has ended is closed already.
    asked.stream?.abort(new Error(outcome))
    this.#sink.tellSurely({ type: 'responseEnded', requestId, peerId, outcome })
  }
}

function outcomeOfWireError({ code }: WireError): ResponseOutcome {
  return code === 'TRUNCATED' ? 'truncated' : 'invalid'
}

/** Why a stream could not be opened, or broke. */
function outcomeOfFailure(error: unknown, connection: Connection): ResponseOutcome {
  if (error instanceof Error && error.name === 'UnsupportedProtocolError') return 'unsupported'
  return connection.status === 'open' ? 'truncated' : 'disconnected'
}
