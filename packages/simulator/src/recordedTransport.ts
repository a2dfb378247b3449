import type { Ref, Scheduler } from '@trine/actors'
import type { GossipKind, PeerId, Transport, TransportEvent, Verdict } from '@trine/messages'

/** A gossip message of a recording. */
export type RecordedMessage = {
  readonly kind: GossipKind
  readonly topic: string
  readonly messageId: string
  readonly payload: Uint8Array
  readonly millisecondsSinceGenesis: number
}

/** The one peer that everything comes from. It answers nothing. */
const PEER: PeerId = 'recording'

/** A transport that plays a recording at its own pace, and takes down what the node thinks of it. */
export class RecordedTransport implements Transport {
  readonly localPeerId = 'follower'
  readonly verdicts: { readonly messageId: string; readonly verdict: Verdict }[] = []
  readonly #scheduler: Scheduler
  readonly #genesisTime: number
  readonly #messages: readonly RecordedMessage[]
  readonly #topics = new Set<string>()

  constructor(scheduler: Scheduler, genesisTime: number, messages: readonly RecordedMessage[]) {
    this.#scheduler = scheduler
    this.#genesisTime = genesisTime
    this.#messages = messages
  }

  async start(events: Ref<TransportEvent>): Promise<void> {
    events.tell({ type: 'peerConnected', peerId: PEER, direction: 'inbound', address: 'recorded', agent: '' })
    for (const { kind, topic, messageId, payload, millisecondsSinceGenesis } of this.#messages) {
      const delay = this.#genesisTime + millisecondsSinceGenesis - this.#scheduler.now()
      this.#scheduler.after(delay, () => {
        if (!this.#topics.has(topic)) return
        events.tell({ type: kind, topic, gossip: { messageId, peerId: PEER }, payload })
      })
    }
  }

  async stop(): Promise<void> {}

  subscribe(topic: string): void {
    this.#topics.add(topic)
  }

  unsubscribe(topic: string): void {
    this.#topics.delete(topic)
  }

  publish(_topic: string, _payload: Uint8Array, reply: Parameters<Transport['publish']>[2]): void {
    reply.answer({ ok: false, code: 'NO_PEERS' })
  }

  reportVerdict({ messageId }: { readonly messageId: string }, verdict: Verdict): void {
    this.verdicts.push({ messageId, verdict })
  }

  respond(): boolean {
    return true
  }

  peers(): [] {
    return []
  }

  serve(): void {}
  request(): void {}
  readOn(): void {}
  cancelRequest(): void {}
  endResponse(): void {}
  setScore(): void {}
  disconnect(): void {}
  ban(): void {}
}
