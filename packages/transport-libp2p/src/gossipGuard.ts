import type { GossipSub } from '@libp2p/gossipsub'
import type { PeerId } from '@trine/messages'
import { INVALID_SNAPPY, toHex } from '@trine/types'
import { gossipMessageId } from './wire/messageId.ts'
import type { WireError } from './wire/wireError.ts'

/** A gossip message as gossipsub reads it from a peer, and as it sends it: the data are compressed. */
type RawMessage = { readonly topic: string; readonly data?: Uint8Array }
type Rpc = { readonly subscriptions?: readonly unknown[]; readonly messages?: readonly RawMessage[] }
type Sender = { toString(): string }

/**
 * Bytes of messages that go out as one. What a peer asks for gossipsub sends at once, and a reader ends its gossip with us
 * over what is longer than the longest message there can be.
 */
const MAX_TOGETHER = 4 * 1024 * 1024

/** The parts of gossipsub's class through which every message comes in and goes out. */
type GossipSubClass = {
  handleReceivedMessage(from: Sender, message: RawMessage): Promise<void>
  createOutboundStream(peerId: Sender, connection: unknown): Promise<void>
  readonly streamsOutbound: ReadonlyMap<PeerId, unknown>
  sendRpc(peerId: PeerId, rpc: Rpc): boolean
  sendRpcInBatch(peerIds: ReadonlySet<PeerId>, rpc: Rpc): void
  /** Ids of messages that are not asked for when a peer says it has them. */
  readonly seenCache: { put(messageId: string): void }
}

export type GuardHooks = {
  /** Asked before anything is done with a message. */
  readonly admits: (peerId: PeerId, topic: string, data: Uint8Array) => boolean
  /** Why these very data could not be decompressed. */
  readonly failureOf: (data: Uint8Array) => WireError | undefined
  /** Gossip can be sent to a peer from now on. */
  readonly onOpened: (peerId: PeerId) => void
  readonly onBroken: (peerId: PeerId, topic: string, error: WireError) => void
  /** Messages were handed to a peer's stream. */
  readonly onSent: (peerId: PeerId, data: readonly Uint8Array[]) => void
}

/**
 * Stands around gossipsub, which limits no peer's rate, and tells nobody which peer sent what does not decompress: its
 * `dataTransform` is not told of the peer, and its validators come later.
 */
export function guardGossip(pubsub: GossipSub, hooks: GuardHooks): GossipSub {
  const inner = pubsub as unknown as GossipSubClass
  const handle = inner.handleReceivedMessage.bind(pubsub)
  const open = inner.createOutboundStream.bind(pubsub)
  const send = inner.sendRpc.bind(pubsub)
  const sendInBatch = inner.sendRpcInBatch.bind(pubsub)
  const sent = (peerId: PeerId, { messages = [] }: Rpc) => {
    if (messages.length > 0)
      hooks.onSent(
        peerId,
        messages.map(({ data = new Uint8Array(0) }) => data),
      )
  }
  inner.handleReceivedMessage = async (from, message) => {
    const { topic, data = new Uint8Array(0) } = message
    if (!hooks.admits(from.toString(), topic, data)) return
    await handle(from, message)
    const error = hooks.failureOf(data)
    if (error === undefined) return
    inner.seenCache.put(toHex(gossipMessageId(topic, data, INVALID_SNAPPY)).slice(2))
    hooks.onBroken(from.toString(), topic, error)
  }
  inner.createOutboundStream = async (peerId, connection) => {
    await open(peerId, connection)
    if (inner.streamsOutbound.has(peerId.toString())) hooks.onOpened(peerId.toString())
  }
  inner.sendRpc = (peerId, rpc) => {
    const areSent = partsOf(rpc).map((part) => {
      const isSent = send(peerId, part)
      if (isSent) sent(peerId, part)
      return isSent
    })
    return areSent.every(Boolean)
  }
  inner.sendRpcInBatch = (peerIds, rpc) => {
    sendInBatch(peerIds, rpc)
    // Those that were not sent to are taken out of the set.
    for (const peerId of peerIds) sent(peerId, rpc)
  }
  return pubsub
}

/** One for each message when they are long together; what is no message goes with the first. */
function partsOf(rpc: Rpc): Rpc[] {
  const { messages = [] } = rpc
  const length = messages.reduce((sum, { data }) => sum + (data?.length ?? 0), 0)
  if (length <= MAX_TOGETHER) return [rpc]
  return messages.map((message, index) => ({
    ...(index === 0 ? rpc : { subscriptions: [] }),
    messages: [message],
  }))
}
