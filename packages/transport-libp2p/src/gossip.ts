import type { GossipSub } from '@libp2p/gossipsub'
import type { Reply } from '@trine/actors'
import type { GossipReference, PeerId, PublishOutcome, SubscribeOptions, Verdict } from '@trine/messages'
import { toHex } from '@trine/types'
import type { EventSink } from './eventSink.ts'
import { gossipMessageId } from './wire/messageId.ts'
import type { WireError } from './wire/wireError.ts'

/** The parts of gossipsub's class that its published interface leaves out. */
type GossipSubClass = GossipSub & {
  readonly seenCache: { has(messageId: string): boolean }
  getMeshPeers(topic: string): readonly PeerId[]
  readonly streamsOutbound: ReadonlyMap<string, unknown>
  selectPeersToPublish(topic: string): { readonly tosend: ReadonlySet<string> }
  reportMessageValidationResult(messageId: string, propagationSource: string, verdict: Verdict): void
}

/** Topics, publications and verdicts of one transport, over gossipsub. */
export class Gossip {
  readonly #sink: EventSink
  readonly #maxGossipLength: number
  readonly #topics = new Map<string, SubscribeOptions>()
  #pubsub: GossipSubClass | undefined

  constructor(sink: EventSink, maxGossipLength: number) {
    this.#sink = sink
    this.#maxGossipLength = maxGossipLength
  }

  /** Begins with a gossipsub that has started; what was subscribed before is subscribed now. */
  start(pubsub: GossipSub): void {
    this.#pubsub = pubsub as GossipSubClass
    for (const topic of this.#topics.keys()) pubsub.subscribe(topic)
    pubsub.addEventListener('gossipsub:message', ({ detail: { msgId, propagationSource, msg } }) => {
      this.#deliver(msg.topic, { messageId: msgId, peerId: propagationSource.toString() }, msg.data)
    })
  }

  stop(): void {
    this.#pubsub = undefined
  }

  maxLengthOf(topic: string): number {
    return Math.min(this.#topics.get(topic)?.maxLength ?? 0, this.#maxGossipLength)
  }

  subscribe(topic: string, options: SubscribeOptions): void {
    this.#topics.set(topic, options)
    this.#pubsub?.subscribe(topic)
  }

  unsubscribe(topic: string): void {
    if (this.#topics.delete(topic)) this.#pubsub?.unsubscribe(topic)
  }

  publish(topic: string, payload: Uint8Array, reply: Reply<PublishOutcome>): void {
    const pubsub = this.#pubsub
    const code = pubsub === undefined ? 'STOPPED' : this.#obstacle(pubsub, topic, payload)
    if (code !== undefined) {
      reply.answer({ ok: false, code })
      return
    }
    const messageId = messageIdOf(topic, payload)
    pubsub!.publish(topic, payload).then(
      ({ recipients }) => reply.answer({ ok: true, messageId, recipients: recipients.length }),
      () => reply.answer({ ok: false, code: 'STOPPED' }),
    )
  }

  /** A peer sent what cannot be decompressed. */
  onBroken(peerId: PeerId, topic: string, { code, message }: WireError): void {
    const options = this.#topics.get(topic)
    if (options === undefined) return
    this.#sink.tell({ type: 'gossipBroken', kind: options.deliverAs, peerId, reason: `${code}: ${message}` })
  }

  reportVerdict({ messageId, peerId }: GossipReference, verdict: Verdict): void {
    this.#pubsub?.reportMessageValidationResult(messageId, peerId, verdict)
  }

  meshPeers(): readonly PeerId[] {
    return [...new Set([...this.#topics.keys()].flatMap((topic) => this.#pubsub?.getMeshPeers(topic) ?? []))]
  }

  /** Whether gossip can be sent to a peer. */
  isOpen(peerId: PeerId): boolean {
    return this.#pubsub?.streamsOutbound.has(peerId) ?? false
  }

  /** Why a message cannot be published. Looked at first, for what gossipsub once tried to send it never sends again. */
  #obstacle(
    pubsub: GossipSubClass,
    topic: string,
    payload: Uint8Array,
  ): 'TOO_LONG' | 'DUPLICATE' | 'NO_PEERS' | undefined {
    if (payload.length > this.#maxGossipLength) return 'TOO_LONG'
    if (pubsub.seenCache.has(messageIdOf(topic, payload))) return 'DUPLICATE'
    const { tosend } = pubsub.selectPeersToPublish(topic)
    return [...tosend].some((peer) => pubsub.streamsOutbound.has(peer)) ? undefined : 'NO_PEERS'
  }

  #deliver(topic: string, gossip: GossipReference, payload: Uint8Array): void {
    const options = this.#topics.get(topic)
    if (options === undefined) return
    const isTaken = this.#sink.tell({ type: options.deliverAs, topic, gossip, payload })
    if (!isTaken) this.reportVerdict(gossip, 'ignore')
  }
}

function messageIdOf(topic: string, payload: Uint8Array): string {
  return toHex(gossipMessageId(topic, payload)).slice(2)
}
