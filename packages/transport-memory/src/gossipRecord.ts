import type { MessageId } from '@trine/messages'

/** Whether each endpoint, by its number, is in a set. */
export class EndpointSet {
  #words: Uint32Array

  constructor(endpoints: number) {
    this.#words = new Uint32Array(Math.max(1, Math.ceil(endpoints / 32)))
  }

  has(endpoint: number): boolean {
    return ((this.#words[endpoint >>> 5] ?? 0) & (1 << (endpoint & 31))) !== 0
  }

  add(endpoint: number): void {
    const word = endpoint >>> 5
    if (word >= this.#words.length) {
      const words = new Uint32Array(word + 1)
      words.set(this.#words)
      this.#words = words
    }
    this.#words[word]! |= 1 << (endpoint & 31)
  }

  delete(endpoint: number): void {
    const word = endpoint >>> 5
    if (word < this.#words.length) this.#words[word]! &= ~(1 << (endpoint & 31))
  }
}

/** One gossip message of the whole network: what would be a seen-cache in every node is a set of nodes here. */
export type GossipRecord = {
  readonly messageId: MessageId
  readonly topic: string
  readonly payload: Uint8Array
  readonly publishedAt: number
  readonly seenBy: EndpointSet
  /** When, as far as is known, it first arrives at each endpoint that has not seen it. */
  readonly expectedAt: Float64Array
  /** Who has given a verdict, so that a second one does nothing. */
  readonly judgedBy: EndpointSet
}

/** The messages that nodes still remember. */
export class GossipRecords {
  readonly #records = new Map<MessageId, GossipRecord>()
  readonly #millisecondsKept: number

  constructor(millisecondsKept: number) {
    this.#millisecondsKept = millisecondsKept
  }

  get(messageId: MessageId): GossipRecord | undefined {
    return this.#records.get(messageId)
  }

  /** Finds or makes the record of a message, and forgets those that are too old. */
  open(
    messageId: MessageId,
    topic: string,
    payload: Uint8Array,
    now: number,
    endpoints: number,
  ): GossipRecord {
    this.#forgetOld(now)
    const known = this.#records.get(messageId)
    if (known !== undefined) return known
    const record: GossipRecord = {
      messageId,
      topic,
      payload,
      publishedAt: now,
      seenBy: new EndpointSet(endpoints),
      expectedAt: new Float64Array(endpoints).fill(Number.POSITIVE_INFINITY),
      judgedBy: new EndpointSet(endpoints),
    }
    this.#records.set(messageId, record)
    return record
  }

  /** Lets an endpoint that starts afresh remember nothing. */
  forgetEndpoint(endpoint: number): void {
    for (const record of this.#records.values()) {
      record.seenBy.delete(endpoint)
      record.expectedAt[endpoint] = Number.POSITIVE_INFINITY
      record.judgedBy.delete(endpoint)
    }
  }

  /** A Map keeps the order of insertion, so the oldest come first. */
  #forgetOld(now: number): void {
    for (const [messageId, record] of this.#records) {
      if (now - record.publishedAt < this.#millisecondsKept) return
      this.#records.delete(messageId)
    }
  }
}
