import type { AskResult, JobId } from '@trine/actors'
import type { EventSink, GossipKind, PublishOutcome, RootedBlock, Tick, Transport } from '@trine/messages'
import type { SignedAttestation, Slot } from '@trine/types'
import type { NetworkLimits } from './limits.ts'
import type { NetworkContext } from './parts.ts'
import type { PayloadCodec } from './payloadCodec.ts'
import { topicOf } from './protocols.ts'

type Publication = {
  readonly kind: GossipKind
  readonly topic: string
  readonly payload: Uint8Array
  /** The slot it was published in: in the next one nobody needs it any more. */
  readonly slot: Slot
}

export type PublishingParts = {
  readonly context: NetworkContext
  readonly transport: Transport
  readonly events: EventSink
  readonly limits: NetworkLimits
  readonly codec: PayloadCodec
  readonly networkName: string
}

/** Hands publications to the transport; while nobody is there to send to, again at every tick of the slot. */
export class Publishing {
  readonly #parts: PublishingParts
  readonly #open = new Map<JobId, Publication>()
  #unsent: Publication[] = []
  #slot: Slot = 0

  constructor(parts: PublishingParts) {
    this.#parts = parts
  }

  publishBlock(block: RootedBlock): void {
    const { codec, networkName } = this.#parts
    const payload = codec.encodeBlock(block)
    this.#send({ kind: 'gossipBlock', topic: topicOf('block', networkName), payload, slot: this.#slot })
  }

  publishAttestation(signedAttestation: SignedAttestation): void {
    const { codec, networkName } = this.#parts
    const payload = codec.encodeAttestation(signedAttestation)
    const topic = topicOf('attestation', networkName)
    this.#send({ kind: 'gossipAttestation', topic, payload, slot: this.#slot })
  }

  #send(publication: Publication): void {
    const { context, transport, limits } = this.#parts
    const expectation = context.expect<PublishOutcome, 'published'>(
      { as: 'published', timeoutMilliseconds: limits.publishTimeout },
      (jobId, outcome) => ({ type: 'published', jobId, outcome }),
    )
    if (expectation === undefined) return this.#keep(publication)
    this.#open.set(expectation.id, publication)
    transport.publish(publication.topic, publication.payload, expectation.reply)
  }

  onPublished(jobId: JobId, outcome: AskResult<PublishOutcome>): void {
    const publication = this.#open.get(jobId)
    if (publication === undefined) return
    this.#open.delete(jobId)
    if (outcome.ok && !outcome.value.ok && outcome.value.code === 'NO_PEERS') return this.#keep(publication)
    this.#report(publication, outcome.ok && outcome.value.ok ? outcome.value.recipients : 0)
  }

  /** Tries again what found nobody, and gives up what is of an earlier slot. */
  tick({ slot }: Tick): void {
    this.#slot = slot
    const unsent = this.#unsent
    this.#unsent = []
    for (const publication of unsent) {
      if (publication.slot === slot) this.#send(publication)
      else this.#report(publication, 0)
    }
  }

  #keep(publication: Publication): void {
    this.#unsent.push(publication)
    if (this.#unsent.length > this.#parts.limits.maxUnsentPublications) this.#report(this.#unsent.shift()!, 0)
  }

  #report({ kind, payload }: Publication, recipients: number): void {
    this.#parts.events.emit({ type: 'gossipPublished', kind, bytes: payload.length, recipients })
  }
}
