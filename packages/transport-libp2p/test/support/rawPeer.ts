import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { encodeRequest } from '../../src/wire/chunks.ts'
import { IDENTIFY, startRawNode } from './rawNode.ts'

const STATUS = '/leanconsensus/req/status/1/ssz_snappy'
const BLOCKS_BY_ROOT = '/leanconsensus/req/blocks_by_root/1/ssz_snappy'

/** A libp2p peer without any of our code, which does what it should not. */
export class RawPeer {
  readonly #node: Libp2p<{ pubsub: GossipSub }>
  readonly #address: string
  /** The node ended the connection once; it may have been dialled again. */
  wasThrownOut = false

  private constructor(node: Libp2p<{ pubsub: GossipSub }>, address: string) {
    this.#node = node
    this.#address = address
  }

  /** Connects to a node by QUIC; the address ends in its peer id. */
  static async connect(address: string): Promise<RawPeer> {
    const node = await startRawNode({
      identify: identify(IDENTIFY),
      pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign', allowPublishToZeroTopicPeers: true }),
    })
    const peer = new RawPeer(node, address)
    node.addEventListener('peer:disconnect', () => {
      peer.wasThrownOut = true
    })
    await node.dial(multiaddr(address))
    return peer
  }

  get peerId(): string {
    return this.#node.peerId.toString()
  }

  get isConnected(): boolean {
    return this.#node.getConnections().length > 0
  }

  /** Publishes bytes that are nothing to a topic, so many at once, until it is thrown out or told to end. */
  async floodGossip(topics: readonly string[], signal: AbortSignal): Promise<void> {
    const { pubsub } = this.#node.services
    for (const topic of topics) pubsub.subscribe(topic)
    while (this.isConnected && !signal.aborted) {
      const garbage = () => crypto.getRandomValues(new Uint8Array(4096))
      await Promise.allSettled(
        topics.flatMap((topic) => [1, 2, 3, 4].map(() => pubsub.publish(topic, garbage()))),
      )
      await breathe()
    }
  }

  /** Opens streams and never writes; opens others, asks, and never reads. */
  async openStreamsAndWait(count: number): Promise<void> {
    const open = async (isSilent: boolean) => {
      const stream = await this.#dial(isSilent ? BLOCKS_BY_ROOT : STATUS)
      stream.pause()
      if (!isSilent) stream.send(encodeRequest(new Uint8Array(80)))
    }
    await Promise.allSettled(Array.from({ length: count }, (_, index) => open(index % 2 === 0)))
  }

  /** Asks as fast as it can, many at a time, for blocks that nobody has, until it is thrown out or told to end. */
  async floodRequests(signal: AbortSignal): Promise<number> {
    let asked = 0
    const ask = async () => {
      const stream = await this.#dial(BLOCKS_BY_ROOT)
      stream.send(encodeRequest(crypto.getRandomValues(new Uint8Array(32 * 1024))))
      asked += 1
      await stream.close()
    }
    while (this.isConnected && !signal.aborted) {
      await Promise.allSettled(Array.from({ length: 16 }, ask))
      await breathe()
    }
    return asked
  }

  async end(): Promise<void> {
    await this.#node.stop()
  }

  #dial(protocol: string): Promise<Stream> {
    return this.#node.dialProtocol(multiaddr(this.#address), protocol, { signal: AbortSignal.timeout(5000) })
  }
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}
