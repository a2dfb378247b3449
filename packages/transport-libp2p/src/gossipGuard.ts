import type { GossipSub } from '@libp2p/gossipsub'
import type { PeerId } from '@trine/messages'
import { INVALID_SNAPPY, toHex } from '@trine/types'
import { gossipMessageId } from './wire/messageId.ts'
import type { WireError } from './wire/wireError.ts'

/** A gossip message as gossipsub reads it from a peer, and as it sends it: the data are compressed. */
type RawMessage = { readonly topic: string; readonly data?: Uint8Array }
type Rpc = { readonly messages?: readonly RawMessage[] }
type Sender = { toString(): string }

/** The methods of gossipsub's class through which every message comes in and goes out. */
type GossipSubClass = {
  handleReceivedMessage(from: Sender, message: RawMessage): Promise<void>
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
  inner.sendRpc = (peerId, rpc) => {
    const isSent = send(peerId, rpc)
    if (isSent) sent(peerId, rpc)
    return isSent
  }
  inner.sendRpcInBatch = (peerIds, rpc) => {
    sendInBatch(peerIds, rpc)
    // Those that were not sent to are taken out of the set.
    for (const peerId of peerIds) sent(peerId, rpc)
  }
  return pubsub
}
