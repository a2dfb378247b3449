import type { GossipReference, PeerId, PublishOutcome, SubscribeOptions, Verdict } from '@trine/messages'
import type { Connection } from './connection.ts'
import type { GossipRecord } from './gossipRecord.ts'
import { Inbox } from './inbox.ts'
import type { Link } from './link.ts'
import type { MemoryTransport } from './memoryTransport.ts'
import type { NetworkCore } from './network.ts'

/** Below this score nothing is taken from a peer, as gossipsub's graylist threshold has it. */
const GRAYLIST = -80

/** Bytes of a gossip message around its payload. */
const ENVELOPE = 60

type Neighbour = { readonly endpoint: MemoryTransport; readonly number: number; readonly link: Link }

/** Gossip of one endpoint: floods to its mesh what it publishes and what its application accepts. */
export class Gossip {
  readonly #core: NetworkCore
  readonly #endpoint: MemoryTransport
  readonly #inbox: Inbox<GossipRecord>
  readonly #topics = new Map<string, SubscribeOptions>()
  #picks: ReadonlySet<Connection> = new Set()
  #mesh: readonly Neighbour[] | undefined
  #topology = -1

  constructor(core: NetworkCore, endpoint: MemoryTransport) {
    this.#core = core
    this.#endpoint = endpoint
    this.#inbox = new Inbox(core.scheduler, (record, from) => this.#arrive(record, from))
  }

  subscribe(topic: string, options: SubscribeOptions): void {
    this.#topics.set(topic, options)
  }

  unsubscribe(topic: string): void {
    this.#topics.delete(topic)
  }

  isSubscribed(topic: string): boolean {
    return this.#topics.has(topic)
  }

  publish(topic: string, payload: Uint8Array): PublishOutcome {
    const { records, scheduler, maxGossipLength, endpoints } = this.#core
    if (payload.length > maxGossipLength) return { ok: false, code: 'TOO_LONG' }
    const messageId = this.#core.messageId(topic, payload)
    if (records.get(messageId)?.seenBy.has(this.#endpoint.number)) return { ok: false, code: 'DUPLICATE' }
    if (!this.#neighbours().some(({ endpoint }) => endpoint.gossip.isSubscribed(topic))) {
      return { ok: false, code: 'NO_PEERS' }
    }
    const record = records.open(messageId, topic, payload, scheduler.monotonic(), endpoints)
    record.seenBy.add(this.#endpoint.number)
    record.judgedBy.add(this.#endpoint.number)
    return { ok: true, messageId, recipients: this.#spread(record) }
  }

  reportVerdict({ messageId, peerId }: GossipReference, verdict: Verdict): void {
    const record = this.#core.records.get(messageId)
    const { number } = this.#endpoint
    if (record === undefined || !record.seenBy.has(number) || record.judgedBy.has(number)) return
    record.judgedBy.add(number)
    if (verdict === 'accept' && this.#core.gossip.mode === 'mesh') this.#spread(record, peerId)
  }

  /** Sends to the mesh, except back to where it came from. */
  #spread(record: GossipRecord, source?: PeerId): number {
    const bytes = record.payload.length + ENVELOPE
    let recipients = 0
    for (const { endpoint, number, link } of this.#neighbours()) {
      // Who has it already, or will have it sooner, throws this copy away: its bytes count, it need not be delivered.
      if (record.seenBy.has(number)) {
        if (endpoint.localPeerId === source) continue
        recipients += 1
        link.occupy(bytes)
        continue
      }
      if (endpoint.localPeerId === source || !endpoint.gossip.isSubscribed(record.topic)) continue
      recipients += 1
      const sooner = record.expectedAt[number]!
      const arrival = link.sendGossip(bytes, sooner, endpoint.gossip.#inbox, record)
      if (arrival < sooner) record.expectedAt[number] = arrival
    }
    return recipients
  }

  /** A message of a peer is here. */
  #arrive(record: GossipRecord, peerId: PeerId): void {
    const endpoint = this.#endpoint
    if (record.seenBy.has(endpoint.number)) {
      this.#core.gossipDuplicates += 1
      return
    }
    const options = this.#topics.get(record.topic)
    if (options === undefined || !endpoint.isRunning || endpoint.scoreOf(peerId) < GRAYLIST) return
    record.seenBy.add(endpoint.number)
    const { topic, messageId, payload } = record
    if (payload.length > options.maxLength) return
    endpoint.tell({ type: options.deliverAs, topic, gossip: { messageId, peerId }, payload })
  }

  /** The connections this endpoint picked for its mesh; as many again come from those who picked it. */
  picks(): ReadonlySet<Connection> {
    this.#refresh()
    return this.#picks
  }

  #neighbours(): readonly Neighbour[] {
    this.#refresh()
    this.#mesh ??= [...this.#endpoint.connections.values()]
      .filter((connection) => {
        const other = connection.other(this.#endpoint)
        return this.#picks.has(connection) || other.gossip.picks().has(connection)
      })
      .map((connection) => {
        const endpoint = connection.other(this.#endpoint)
        return { endpoint, number: endpoint.number, link: connection.linkFrom(this.#endpoint) }
      })
    return this.#mesh
  }

  /** After a change of the topology the mesh is chosen anew. */
  #refresh(): void {
    if (this.#topology === this.#core.topology) return
    this.#topology = this.#core.topology
    this.#mesh = undefined
    this.#picks = pick(this.#endpoint, this.#core)
  }
}

/** The peers of an endpoint that it can gossip with; in a mesh half as many as its degree, by chance. */
function pick(endpoint: MemoryTransport, { gossip }: NetworkCore): ReadonlySet<Connection> {
  const usable = [...endpoint.connections.values()].filter((connection) => {
    const other = connection.other(endpoint)
    const [score, scoreThere] = [endpoint.scoreOf(other.localPeerId), other.scoreOf(endpoint.localPeerId)]
    return connection.isUp && score >= 0 && scoreThere >= 0
  })
  if (gossip.mode === 'direct' || usable.length <= gossip.degree) return new Set(usable)
  const byPriority = (left: Connection, right: Connection) =>
    left.meshPriorityOf(endpoint) - right.meshPriorityOf(endpoint)
  return new Set(usable.sort(byPriority).slice(0, Math.ceil(gossip.degree / 2)))
}
