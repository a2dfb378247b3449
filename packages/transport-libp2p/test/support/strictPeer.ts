import { identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import { type ByteStream, byteStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import type { StaticPeer } from '../../src/index.ts'
import type { Counting } from '../../src/wire/chunks.ts'
import { concat, decodeFrames, encodeFrames } from '../../src/wire/snappyFrames.ts'
import { encodeVarint } from '../../src/wire/varint.ts'
import type { Endpoint, Kind } from './network.ts'
import { IDENTIFY, startRawNode } from './rawNode.ts'

const MAX_LENGTH = 1_000_000
const INVALID_REQUEST = 1
const FRAME_HEADER = 4

/** What becomes of a stream with a request that cannot be read: zeam says nothing, others drop or reset it. */
export type OnUnread = 'silence' | 'end' | 'reset' | 'error'

export type StrictPeerOptions = {
  readonly counting: Counting
  /** How it writes, if not as it reads. */
  readonly writes?: Counting
  readonly onUnread?: OnUnread
  /** Answers what it could read with an error. */
  readonly refuses?: boolean
  /** The payloads with which it answers. */
  readonly answers: ReadonlyMap<string, readonly Uint8Array[]>
}

/** Reads lengths in one counting only, as zeam, qlean, lantern and ream do, and mostly writes them so. */
export class StrictPeer {
  readonly #node: Libp2p
  readonly #options: StrictPeerOptions
  /** The bodies of requests that it could read. */
  readonly read: Uint8Array[] = []
  /** Requests and answers that it could not read. */
  unread = 0

  private constructor(node: Libp2p, options: StrictPeerOptions) {
    this.#node = node
    this.#options = options
  }

  static async start(kind: Kind, options: StrictPeerOptions): Promise<StrictPeer> {
    const node = await startRawNode({ identify: identify(IDENTIFY) }, [
      kind === 'quic' ? '/ip4/127.0.0.1/udp/0/quic-v1' : '/ip4/127.0.0.1/tcp/0',
    ])
    const peer = new StrictPeer(node, options)
    for (const [protocol, payloads] of options.answers) {
      await node.handle(protocol, (stream) => peer.#answer(stream, payloads))
    }
    return peer
  }

  get asStaticPeer(): StaticPeer {
    const addresses = this.#node.getMultiaddrs().map((address) => `${address}`.replace(/\/p2p\/.*/, ''))
    return { peerId: this.peerId, addresses }
  }

  get peerId(): string {
    return this.#node.peerId.toString()
  }

  async dial({ transport }: Endpoint): Promise<void> {
    await this.#node.dial(multiaddr(transport.addresses()[0]!))
  }

  /** Asks over the connection that there is; the payloads of the answer. */
  async ask({ transport }: Endpoint, protocol: string, body: Uint8Array): Promise<Uint8Array[]> {
    const connection = this.#node
      .getConnections()
      .find(({ remotePeer }) => remotePeer.toString() === transport.localPeerId)
    const stream = await connection!.newStream(protocol)
    const bytes = byteStream(stream)
    stream.send(this.#frame(body))
    await stream.close()
    const payloads: Uint8Array[] = []
    while ((await take(bytes, 1)) !== undefined) {
      const payload = await this.#readFramed(bytes)
      if (payload === undefined) {
        this.unread += 1
        return payloads
      }
      payloads.push(payload)
    }
    return payloads
  }

  async #answer(stream: Stream, payloads: readonly Uint8Array[]): Promise<void> {
    const body = await this.#readFramed(byteStream(stream))
    if (body === undefined) return this.#onUnread(stream)
    this.read.push(body)
    const chunks = payloads.map((payload) => this.#chunk(0, payload))
    for (const chunk of this.#options.refuses ? [this.#error('none of that')] : chunks) stream.send(chunk)
    await stream.close()
  }

  async #onUnread(stream: Stream): Promise<void> {
    this.unread += 1
    const { onUnread = 'end' } = this.#options
    if (onUnread === 'silence') return
    if (onUnread === 'reset') return stream.abort(new Error('unread'))
    if (onUnread === 'error') stream.send(this.#error('unread'))
    await stream.close()
  }

  #error(text: string): Uint8Array {
    return this.#chunk(INVALID_REQUEST, new TextEncoder().encode(text))
  }

  #chunk(code: number, payload: Uint8Array): Uint8Array {
    return concat([Uint8Array.of(code), this.#frame(payload)])
  }

  #frame(data: Uint8Array): Uint8Array {
    const frames = encodeFrames(data)
    const { counting, writes = counting } = this.#options
    const counted = writes === 'data' ? data : frames
    return concat([encodeVarint(counted.length), frames])
  }

  async #readFramed(bytes: ByteStream<Stream>): Promise<Uint8Array | undefined> {
    const length = await takeVarint(bytes)
    if (length === undefined) return undefined
    if (this.#options.counting === 'data') return takeData(bytes, length)
    const frames = await take(bytes, length)
    const data = frames && decodeFrames(frames, MAX_LENGTH)
    return data?.ok ? data.value : undefined
  }
}

/** Frames until they have become so many bytes. */
async function takeData(bytes: ByteStream<Stream>, length: number): Promise<Uint8Array | undefined> {
  const frames: Uint8Array[] = []
  for (;;) {
    const header = await take(bytes, FRAME_HEADER)
    const body = header && (await take(bytes, header[1]! | (header[2]! << 8) | (header[3]! << 16)))
    if (body === undefined) return undefined
    frames.push(header!, body)
    const data = decodeFrames(concat(frames), MAX_LENGTH)
    if (!data.ok || data.value.length > length) return undefined
    if (data.value.length === length) return data.value
  }
}

async function takeVarint(bytes: ByteStream<Stream>): Promise<number | undefined> {
  let value = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = (await take(bytes, 1))?.[0]
    if (byte === undefined) return undefined
    value += (byte & 127) * factor
    if (byte < 128) return value
  }
}

/** `undefined` when the stream ends or breaks before. */
async function take(bytes: ByteStream<Stream>, length: number): Promise<Uint8Array | undefined> {
  try {
    return (await bytes.read({ bytes: length })).subarray()
  } catch {
    return undefined
  }
}
