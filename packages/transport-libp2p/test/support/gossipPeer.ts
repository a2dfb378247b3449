import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { type Endpoint, TOPIC } from './network.ts'
import { IDENTIFY, startRawNode } from './rawNode.ts'

type Control = { readonly iwant: readonly { readonly messageIDs: readonly Uint8Array[] }[] }
type Rpc = { readonly messages: readonly unknown[]; readonly control?: Control }

/** The parts of gossipsub's class that its published interface leaves out. */
type GossipSubClass = GossipSub & {
  readonly streamsInbound: ReadonlyMap<string, { readonly rawStream: Stream }>
  sendRpc(peerId: string, rpc: Rpc & { readonly subscriptions: [] }): boolean
  handleReceivedRpc(from: unknown, rpc: Rpc): Promise<void>
}

export type GossipPeer = {
  readonly node: Libp2p
  /** New messages of `TOPIC` that it got. */
  received(): number
  /** How many messages came at once, whether or not it had them. */
  readonly receivedAtOnce: number[]
  /** The stream that the endpoint's gossip comes in by. */
  stream(): Stream
  /** Asks the endpoint for messages. */
  want(messageIds: readonly Uint8Array[]): boolean
}

/** A libp2p peer without any of our code that is subscribed to `TOPIC`; it dials an endpoint again when it is parted with. */
export async function connectGossipPeer(
  { transport }: Endpoint,
  maxInboundDataLength = 40_000_000,
): Promise<GossipPeer> {
  const node = await startRawNode({
    identify: identify(IDENTIFY),
    pubsub: gossipsub({
      globalSignaturePolicy: 'StrictNoSign',
      allowPublishToZeroTopicPeers: true,
      maxInboundDataLength,
    }),
  })
  const pubsub = node.services.pubsub as GossipSubClass
  let received = 0
  const receivedAtOnce: number[] = []
  const handle = pubsub.handleReceivedRpc.bind(pubsub)
  pubsub.handleReceivedRpc = (from, rpc) => {
    if (rpc.messages.length > 0) receivedAtOnce.push(rpc.messages.length)
    return handle(from, rpc)
  }
  pubsub.subscribe(TOPIC)
  pubsub.addEventListener('message', () => {
    received += 1
  })
  const address = multiaddr(transport.addresses()[0]!)
  node.addEventListener('peer:disconnect', () => {
    if (node.status === 'started') node.dial(address).catch(() => undefined)
  })
  await node.dial(address)
  return {
    node,
    received: () => received,
    receivedAtOnce,
    stream: () => pubsub.streamsInbound.get(transport.localPeerId)!.rawStream,
    want: (messageIDs) => {
      const control = { graft: [], prune: [], ihave: [], iwant: [{ messageIDs }], idontwant: [] }
      return pubsub.sendRpc(transport.localPeerId, { subscriptions: [], messages: [], control })
    },
  }
}
