import { hash } from 'node:crypto'
import { type GossipSub, type GossipSubComponents, gossipsub } from '@libp2p/gossipsub'
import type { PeerId } from '@trine/messages'
import { encode } from 'it-length-prefixed'
import { guardGossip } from './gossipGuard.ts'
import type { TransportLimits } from './options.ts'
import type { Traffic } from './traffic.ts'
import { gossipMessageId } from './wire/messageId.ts'
import { compressBlock, declaredLength, decompressBlock, maxCompressedLength } from './wire/snappyBlock.ts'
import type { WireError } from './wire/wireError.ts'

/** Bytes of a message of gossip around its data. */
const ENVELOPE = 1024

/** Bytes for one peer that may wait to be sent; beyond them its stream is broken off, and it is met anew. */
const MAX_OUTBOUND_BUFFER = 64 * 1024 * 1024

/**
 * gossipsub sends through `encode.single` of it-length-prefixed, without a way to raise its limit of 4 MiB a message;
 * blocks of many validators are longer. The whole process shares the function: who names a limit keeps it.
 */
const MAX_SENT = 64 * 1024 * 1024
const encodeSingle = encode.single
encode.single = (chunk, options) => encodeSingle(chunk, { maxDataLength: MAX_SENT, ...options })

/**
 * gossipsub takes a peer out of the mesh as soon as its score is below 0. One that passed on a few broken messages is still
 * worth hearing: only the application charges for them, and parts with a peer at -50.
 */
const TOLERATED = 30

/** What gossip asks of its owner. */
export type GossipHooks = {
  /** Longest payload of a topic, bytes before compression; 0 for a topic that is not ours. */
  readonly maxLengthOf: (topic: string) => number
  /** What the application thinks of a peer: from 0 down. */
  readonly scoreOf: (peerId: PeerId) => number
  readonly trafficOf: (peerId: PeerId) => Traffic | undefined
  /** Gossip with a peer begins. */
  readonly onOpened: (peerId: PeerId) => void
  readonly onBroken: (peerId: PeerId, topic: string, error: WireError) => void
}

/** Gossip as devnet-1 speaks it: anonymous messages, raw snappy, the specification's ids and parameters. */
export function createGossipSub(
  limits: TransportLimits,
  hooks: GossipHooks,
): (components: GossipSubComponents) => GossipSub {
  const maxLength = maxCompressedLength(limits.maxGossipLength) + ENVELOPE
  /** Why data could not be decompressed, by the data. */
  const failures = new WeakMap<Uint8Array, WireError>()
  const create = gossipsub({
    globalSignaturePolicy: 'StrictNoSign',
    fallbackToFloodsub: false,
    floodPublish: false,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    asyncValidation: true,
    batchPublish: true,
    D: 8,
    Dlo: 6,
    Dhi: 12,
    Dlazy: 6,
    heartbeatInterval: 700,
    fanoutTTL: 60_000,
    mcacheLength: 6,
    mcacheGossip: 3,
    seenTTL: 24_000,
    maxInboundDataLength: maxLength,
    maxOutboundBufferSize: MAX_OUTBOUND_BUFFER,
    scoreParams: {
      // Nodes of a devnet share an address.
      IPColocationFactorWeight: 0,
      appSpecificScore: (peerId) => Math.min(0, hooks.scoreOf(peerId) + TOLERATED),
      appSpecificWeight: 1,
    },
    msgIdFn: ({ topic, data }) => gossipMessageId(topic, data),
    msgIdToStrFn: (id) => Buffer.from(id).toString('hex'),
    // Copies of a message that is known are told by their compressed bytes, without decompressing each.
    fastMsgIdFn: ({ topic, data }) =>
      hash('sha256', Buffer.concat([Buffer.from(`${topic}\n`), data ?? new Uint8Array(0)]), 'base64'),
    dataTransform: {
      inboundTransform: (topic, data) => {
        const payload = decompressBlock(data, hooks.maxLengthOf(topic))
        if (payload.ok) return payload.value
        failures.set(data, payload.error)
        throw new Error(payload.error.message)
      },
      outboundTransform: (_topic, data) => compressBlock(data),
    },
  })
  return (components) =>
    guardGossip(create(components), {
      admits: (peerId, topic, data) => {
        const maxPayload = hooks.maxLengthOf(topic)
        const length = Math.max(data.length, Math.min(declaredLength(data), maxPayload))
        return (hooks.trafficOf(peerId)?.admitGossip(length) ?? true) && maxPayload > 0
      },
      failureOf: (data) => failures.get(data),
      onOpened: hooks.onOpened,
      onBroken: hooks.onBroken,
      onSent: (peerId, sent) => {
        const traffic = hooks.trafficOf(peerId)
        for (const data of sent) traffic?.sent(declaredLength(data))
      },
    })
}
