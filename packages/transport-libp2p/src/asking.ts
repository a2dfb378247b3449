import type { Connection, Stream } from '@libp2p/interface'
import type { Scheduler } from '@trine/actors'
import type { OutgoingRequest, PeerId, RequestId, ResponseChunk, ResponseOutcome } from '@trine/messages'
import type { Result } from '@trine/types'
import { Deadline } from './deadline.ts'
import type { EventSink } from './eventSink.ts'
import type { Peers } from './peers.ts'
import { createStreamReader, type StreamReader } from './streamReader.ts'
import { type Counted, type Counting, encodeRequest, pullChunk } from './wire/chunks.ts'
import { truncated } from './wire/pull.ts'
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
  /** How it was written, while nothing of the answer was read. */
  unanswered: Counting | undefined
  /** Resolves when the application asks for the next chunk, or when the request is over. */
  wanted: PromiseWithResolvers<void>
  isOver: boolean
}

/** A stream that a request was written to, and what came of it first. */
type Try = {
  readonly protocol: string
  readonly counting: Counting
  readonly reader: StreamReader
  readonly first: ChunkResult
  /** Perhaps the peer could not read the request: it broke off, ended without a chunk, or says so. */
  readonly mayBeUnread: boolean
}

type ChunkResult = Result<Counted<ResponseChunk> | undefined, WireError>

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
      unanswered: undefined,
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

  /** Asks, and once more where the peer may count otherwise than it was asked. */
  async #run(asked: Asked, connection: Connection): Promise<ResponseOutcome> {
    let tried = await this.#try(asked, connection)
    if (await this.#mayCountOtherwise(asked, connection, tried)) {
      asked.stream?.abort(new Error('not understood'))
      tried = await this.#try(asked, connection)
    }
    return this.#tellAnswer(asked, connection, tried)
  }

  /** Writes the request as its peer is thought to count, and waits for what comes first. */
  async #try(asked: Asked, connection: Connection): Promise<Try> {
    const { bodies, maxChunkLength, peerId } = asked.request
    const { signal } = asked.deadline
    const stream = await connection.newStream(this.#protocolsFor(asked.request), { signal })
    asked.stream = stream
    if (asked.isOver) {
      stream.abort(new Error('given up'))
      throw new Error('given up')
    }
    const reader = createStreamReader(stream, maxFramedLength(maxChunkLength) + READ_AHEAD)
    const { protocol, body } = bodies.find(({ protocol }) => protocol === stream.protocol)!
    const counting = this.#peers.countingOf(peerId)?.current ?? 'data'
    asked.unanswered = counting
    stream.send(encodeRequest(body, counting))
    this.#peers.trafficOf(peerId)?.sent(body.length)
    // Half-closed: some peers read to the end before they answer. Others answer before, so this is not waited for.
    stream.close({ signal }).catch(() => {})
    const tried = { protocol, counting, reader }
    try {
      const first = await this.#readChunk(asked, reader)
      const mayBeUnread =
        first.ok && (first.value === undefined || first.value.content.code === 'invalidRequest')
      return { ...tried, first, mayBeUnread }
    } catch (error) {
      if (asked.isOver || outcomeOfFailure(error, connection) !== 'truncated') throw error
      return { ...tried, first: truncated('answer', 1), mayBeUnread: true }
    }
  }

  /** Whether to ask again in the other counting: also when the peer showed meanwhile that it is its. */
  async #mayCountOtherwise(asked: Asked, connection: Connection, tried: Try): Promise<boolean> {
    const known = this.#peers.countingOf(asked.request.peerId)
    if (!tried.mayBeUnread || known === undefined) return false
    const isSilent = !tried.first.ok || tried.first.value === undefined
    known.failed(tried.counting, isSilent)
    if (known.current === tried.counting) return false
    return (await this.#endOf(connection)) === 'complete' && !asked.isOver
  }

  async #readChunk(asked: Asked, reader: StreamReader): Promise<ChunkResult> {
    const { maxChunkLength, peerId } = asked.request
    const chunk = await reader.read(pullChunk(maxChunkLength), asked.deadline.signal)
    if (!chunk.ok || chunk.value === undefined) return chunk
    const { content, counting } = chunk.value
    const known = this.#peers.countingOf(peerId)
    if (content.code !== 'success') known?.wrote(counting)
    else if (asked.unanswered !== undefined) known?.answered(asked.unanswered)
    asked.unanswered = undefined
    this.#peers.trafficOf(peerId)?.received(content.payload.length)
    return chunk
  }

  async #tellAnswer(
    asked: Asked,
    connection: Connection,
    { protocol, reader, first }: Try,
  ): Promise<ResponseOutcome> {
    const { maxChunks, requestId, peerId } = asked.request
    let read = first
    for (let told = 1; ; told++) {
      if (!read.ok) return outcomeOfWireError(read.error)
      if (read.value === undefined) return this.#endOf(connection)
      if (asked.isOver) return 'cancelled'
      asked.wanted = Promise.withResolvers()
      const { content: chunk } = read.value
      if (!this.#sink.tell({ type: 'responseChunk', requestId, peerId, protocol, chunk })) return 'cancelled'
      if (told === maxChunks) return 'complete'
      await asked.wanted.promise
      read = await this.#readChunk(asked, reader)
    }
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
    if (asked.unanswered !== undefined && outcome !== 'cancelled') {
      this.#peers.countingOf(peerId)?.failed(asked.unanswered, true)
    }
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
