import type { Ref, Reply, Scheduler } from '@trine/actors'
import type {
  ChainMessageFrom,
  GossipReference,
  MessageId,
  NetworkMessage,
  PeerId,
  Submission,
  Verdict,
} from '@trine/messages'
import type { NetworkLimits } from './limits.ts'
import type { Publishing } from './publishing.ts'

/** In the place of a peer: the chain bounds what waits for each of them, this one included. No peer is called so. */
const SUBMITTER: PeerId = 'submitted'

type Kind<Type extends NetworkMessage['type']> = Extract<NetworkMessage, { type: Type }>

type Open = { readonly publish: () => void; readonly reply: Reply<Submission>; readonly since: number }

export type SubmissionsParts = {
  readonly chain: Ref<ChainMessageFrom<'network'>>
  readonly scheduler: Scheduler
  readonly limits: NetworkLimits
  readonly publishing: Publishing
}

/**
 * Blocks and votes that were signed elsewhere. The chain judges each as if it had come by gossip, so that it is verified
 * and nothing is taken for the node's own; what it accepts is published, and whoever submitted it hears the verdict.
 */
export class Submissions {
  readonly #parts: SubmissionsParts
  /** What the chain has and did not judge yet, oldest first. */
  readonly #open = new Map<MessageId, Open>()
  #count = 0

  constructor(parts: SubmissionsParts) {
    this.#parts = parts
  }

  owns({ messageId }: GossipReference): boolean {
    return this.#open.has(messageId)
  }

  submitBlock({ block, reply }: Kind<'submitBlock'>): void {
    const { chain, publishing } = this.#parts
    this.#submit(
      (gossip) => chain.tell({ type: 'block', block, origin: { from: 'gossip', gossip } }),
      reply,
      () => publishing.publishBlock(block),
    )
  }

  submitAttestation({ signedAttestation, reply }: Kind<'submitAttestation'>): void {
    const { chain, publishing } = this.#parts
    this.#submit(
      (gossip) => chain.tell({ type: 'attestation', signedAttestation, gossip }),
      reply,
      () => publishing.publishAttestation(signedAttestation),
    )
  }

  onVerdict({ messageId }: GossipReference, verdict: Verdict, reason: string): void {
    const open = this.#open.get(messageId)
    if (open === undefined) return
    this.#open.delete(messageId)
    if (verdict === 'accept') open.publish()
    open.reply.answer({ verdict, reason })
  }

  /** Gives up what the chain dropped: the first of the map are the oldest. */
  tick(): void {
    const { scheduler, limits } = this.#parts
    const oldest = scheduler.monotonic() - limits.verdictTimeout
    for (const [messageId, { since }] of this.#open) {
      if (since > oldest) return
      this.onVerdict({ messageId, peerId: SUBMITTER }, 'ignore', 'NO_VERDICT')
    }
  }

  #submit(
    tellChain: (gossip: GossipReference) => boolean,
    reply: Reply<Submission>,
    publish: () => void,
  ): void {
    const { scheduler, limits } = this.#parts
    this.#count += 1
    const gossip = { messageId: `${SUBMITTER} ${this.#count}`, peerId: SUBMITTER }
    if (this.#open.size >= limits.maxAwaitingVerdict || !tellChain(gossip)) {
      reply.answer({ verdict: 'ignore', reason: 'NO_ROOM' })
      return
    }
    this.#open.set(gossip.messageId, { publish, reply, since: scheduler.monotonic() })
  }
}
