import type { Scheduler } from '@trine/actors'
import type { PeerTraffic } from '@trine/messages'
import { Allowance } from './allowance.ts'
import type { TransportLimits } from './options.ts'

/** A peer that sends more than it may is told of at most once in so many milliseconds. */
const TELL_EVERY = 1000

/** What a peer sent and was sent, and what it may still send. */
export class Traffic {
  readonly #scheduler: Pick<Scheduler, 'monotonic'>
  readonly #tell: (refused: number) => boolean
  readonly #messages: Allowance
  readonly #gossipBytes: Allowance
  readonly #requests: Allowance
  #bytesReceived = 0
  #bytesSent = 0
  #gossipRefused = 0
  #requestsRefused = 0
  #refusedAndTold = 0
  #toldAt = Number.NEGATIVE_INFINITY

  /** @param tell of so many more messages and requests refused; false when it was not taken */
  constructor(
    scheduler: Pick<Scheduler, 'monotonic'>,
    limits: TransportLimits,
    tell: (refused: number) => boolean,
  ) {
    this.#scheduler = scheduler
    this.#tell = tell
    const now = scheduler.monotonic()
    const { burstSeconds } = limits
    const allow = (perSecond: number) => new Allowance(perSecond, perSecond * burstSeconds, now)
    this.#messages = allow(limits.gossipMessagesPerSecond)
    this.#gossipBytes = allow(limits.gossipBytesPerSecond)
    this.#requests = allow(limits.requestsPerSecond)
  }

  /** Whether a gossip message of so many bytes may come in. */
  admitGossip(bytes: number): boolean {
    const now = this.#scheduler.monotonic()
    this.#bytesReceived += bytes
    if (this.#messages.take(1, now) && this.#gossipBytes.take(bytes, now)) return true
    this.#gossipRefused += 1
    this.#refused(now)
    return false
  }

  /** Whether another request may come in. */
  admitRequest(): boolean {
    const now = this.#scheduler.monotonic()
    if (this.#requests.take(1, now)) return true
    this.#requestsRefused += 1
    this.#refused(now)
    return false
  }

  received(bytes: number): void {
    this.#bytesReceived += bytes
  }

  sent(bytes: number): void {
    this.#bytesSent += bytes
  }

  figures(): PeerTraffic {
    return {
      bytesReceived: this.#bytesReceived,
      bytesSent: this.#bytesSent,
      gossipRefused: this.#gossipRefused,
      requestsRefused: this.#requestsRefused,
    }
  }

  #refused(now: number): void {
    if (now - this.#toldAt < TELL_EVERY) return
    const refused = this.#gossipRefused + this.#requestsRefused
    if (!this.#tell(refused - this.#refusedAndTold)) return
    this.#refusedAndTold = refused
    this.#toldAt = now
  }
}
