import type { Ref, Scheduler } from '@trine/actors'
import type {
  ChainMessageFrom,
  EventSink,
  GossipKind,
  GossipReference,
  MessageId,
  NetworkMessage,
  PeerId,
  Transport,
  Verdict,
} from '@trine/messages'
import { describeDecodeError, type Uint64 } from '@trine/types'
import type { NetworkLimits } from './limits.ts'
import type { PayloadCodec } from './payloadCodec.ts'
import type { Peers } from './peers.ts'
import { topicOf } from './protocols.ts'

export type GossipMessage = Extract<NetworkMessage, { type: GossipKind }>

type GossipBroken = Extract<NetworkMessage, { type: 'gossipBroken' }>

type Awaiting = { readonly kind: GossipKind; readonly gossip: GossipReference; readonly since: number }

export type GossipParts = {
  readonly transport: Transport
  readonly chain: Ref<ChainMessageFrom<'network'>>
  readonly events: EventSink
  readonly scheduler: Scheduler
  readonly codec: PayloadCodec
  readonly limits: NetworkLimits
  readonly peers: Peers
  readonly networkName: string
}

/** Decodes what was gossiped, hands it to the chain, and tells the transport one verdict for each message. */
export class Gossip {
  readonly #parts: GossipParts
  /** What the chain has and did not judge yet, oldest first. */
  readonly #awaiting = new Map<MessageId, Awaiting>()

  constructor(parts: GossipParts) {
    this.#parts = parts
  }

  subscribe(): void {
    const { transport, codec, networkName } = this.#parts
    const { maxBlockLength, maxAttestationLength } = codec
    transport.subscribe(topicOf('block', networkName), {
      deliverAs: 'gossipBlock',
      maxLength: maxBlockLength,
    })
    transport.subscribe(topicOf('attestation', networkName), {
      deliverAs: 'gossipAttestation',
      maxLength: maxAttestationLength,
    })
  }

  onBlock({ gossip, payload }: GossipMessage): void {
    if (this.#isBeingJudged('gossipBlock', gossip, payload)) return
    const decoded = this.#parts.codec.decodeBlock(payload)
    const slot = decoded.ok ? decoded.value.signedBlock.message.block.slot : undefined
    this.#note('gossipBlock', gossip, payload, slot)
    if (!decoded.ok) return this.#judge('gossipBlock', gossip, 'reject', describeDecodeError(decoded.error))
    const origin = { from: 'gossip', gossip } as const
    const isTaken = this.#parts.chain.tell({ type: 'block', block: decoded.value, origin })
    this.#await('gossipBlock', gossip, isTaken)
  }

  onAttestation({ gossip, payload }: GossipMessage): void {
    if (this.#isBeingJudged('gossipAttestation', gossip, payload)) return
    const decoded = this.#parts.codec.decodeAttestation(payload)
    const slot = decoded.ok ? decoded.value.message.data.slot : undefined
    this.#note('gossipAttestation', gossip, payload, slot)
    if (!decoded.ok) {
      return this.#judge('gossipAttestation', gossip, 'reject', describeDecodeError(decoded.error))
    }
    const isTaken = this.#parts.chain.tell({ type: 'attestation', signedAttestation: decoded.value, gossip })
    this.#await('gossipAttestation', gossip, isTaken)
  }

  /** What the transport could not decompress. It has judged that itself. */
  onBroken({ kind, peerId, reason }: GossipBroken): void {
    this.#tellVerdict(kind, peerId, 'reject', reason)
  }

  /** The chain's verdict; one that comes twice, or too late, is none. */
  onVerdict({ messageId }: GossipReference, verdict: Verdict, reason: string): void {
    const awaiting = this.#awaiting.get(messageId)
    if (awaiting === undefined) return
    this.#awaiting.delete(messageId)
    this.#judge(awaiting.kind, awaiting.gossip, verdict, reason)
  }

  /** Gives up what the chain dropped: the first of the map are the oldest. */
  tick(): void {
    const { scheduler, limits } = this.#parts
    const oldest = scheduler.monotonic() - limits.verdictTimeout
    for (const { since, gossip } of this.#awaiting.values()) {
      if (since > oldest) return
      this.onVerdict(gossip, 'ignore', 'no verdict in time')
    }
  }

  #isBeingJudged(kind: GossipKind, gossip: GossipReference, payload: Uint8Array): boolean {
    if (!this.#awaiting.has(gossip.messageId)) return false
    this.#note(kind, gossip, payload, undefined)
    this.#judge(kind, gossip, 'ignore', 'the same message is being judged')
    return true
  }

  /** Takes the message down. */
  #note(
    kind: GossipKind,
    { peerId }: GossipReference,
    { length }: Uint8Array,
    slot: Uint64 | undefined,
  ): void {
    const { events, peers } = this.#parts
    const peer = peers.get(peerId)
    if (peer !== undefined) peer.gossipReceived += 1
    // Slots beyond 2^53 are bigints.
    const known = typeof slot === 'number' ? slot : undefined
    events.emit({ type: 'gossipReceived', kind, peerId, bytes: length, slot: known })
  }

  #await(kind: GossipKind, gossip: GossipReference, isTaken: boolean): void {
    if (!isTaken) return this.#judge(kind, gossip, 'ignore', 'the chain has no room')
    const { scheduler, limits } = this.#parts
    this.#awaiting.set(gossip.messageId, { kind, gossip, since: scheduler.monotonic() })
    if (this.#awaiting.size <= limits.maxAwaitingVerdict) return
    const [oldest] = this.#awaiting.values()
    this.onVerdict(oldest!.gossip, 'ignore', 'too many messages wait for a verdict')
  }

  #judge(kind: GossipKind, gossip: GossipReference, verdict: Verdict, reason: string): void {
    this.#parts.transport.reportVerdict(gossip, verdict)
    this.#tellVerdict(kind, gossip.peerId, verdict, reason)
  }

  #tellVerdict(kind: GossipKind, peerId: PeerId, verdict: Verdict, reason: string): void {
    const { events, peers } = this.#parts
    events.emit({ type: 'gossipJudged', kind, peerId, verdict, reason })
    if (verdict !== 'reject') return
    const peer = peers.get(peerId)
    if (peer !== undefined) peer.gossipRejected += 1
    peers.offend(peerId, 'rejectedGossip', `${kind}: ${reason}`)
  }
}
