import type { Random, Scheduler } from '@trine/actors'
import type { PeerId } from '@trine/messages'
import { drawLatency, type LinkConditions } from './conditions.ts'
import type { Inbox } from './inbox.ts'

/** A piece of a stream that is lost is sent again after so long, milliseconds. */
const RESEND_AFTER = 200

/** Most times a piece of a stream is sent again. */
const MOST_RESENDS = 20

/** How much longer than usual a reordered message takes, in latencies. */
const HELD_UP_FOR = 3

/** Something that bytes pass through one after the other at a limited speed. */
export class Pipe {
  bytesPerSecond: number
  #freeAt = 0

  constructor(bytesPerSecond: number) {
    this.bytesPerSecond = bytesPerSecond
  }

  /** When bytes that are there from `time` on have passed; all times in milliseconds. */
  pass(time: number, bytes: number): number {
    if (this.bytesPerSecond === Number.POSITIVE_INFINITY) return time
    this.#freeAt = Math.max(time, this.#freeAt) + (bytes * 1000) / this.bytesPerSecond
    return this.#freeAt
  }
}

/** What happened on all links together. */
export type LinkFigures = {
  sent: number
  bytes: number
  delivered: number
  lost: number
  duplicated: number
  reordered: number
  /** Sent into or caught in a partition. */
  cut: number
}

/** One direction of a link. It draws the same amount of random numbers for every message, whatever the conditions. */
export class Link {
  /** Who sends on it. */
  readonly from: PeerId
  conditions: LinkConditions
  isCut = false
  readonly #scheduler: Scheduler
  readonly #random: Random
  readonly #uplink: Pipe
  readonly #pipe: Pipe
  readonly #figures: LinkFigures
  #isLimited: boolean
  #lastArrival = 0

  constructor(
    from: PeerId,
    scheduler: Scheduler,
    random: Random,
    conditions: LinkConditions,
    uplink: Pipe,
    figures: LinkFigures,
  ) {
    this.from = from
    this.#scheduler = scheduler
    this.#random = random
    this.conditions = conditions
    this.#uplink = uplink
    this.#pipe = new Pipe(conditions.bytesPerSecond)
    this.#isLimited = this.#hasLimit()
    this.#figures = figures
  }

  setConditions(conditions: LinkConditions): void {
    this.conditions = conditions
    this.#pipe.bytesPerSecond = conditions.bytesPerSecond
    this.#isLimited = this.#hasLimit()
  }

  #hasLimit(): boolean {
    return Math.min(this.#uplink.bytesPerSecond, this.#pipe.bytesPerSecond) !== Number.POSITIVE_INFINITY
  }

  /** Whether what was under way comes through, and counts it. */
  lets(): boolean {
    this.#figures[this.isCut ? 'cut' : 'delivered'] += 1
    return !this.isCut
  }

  /** Lets bytes take their time on the way although nobody will look at them. */
  occupy(bytes: number): void {
    this.#depart(bytes)
  }

  /**
   * Sends a gossip message: it may be lost, come twice, or out of order. Whatever would not arrive before
   * `sooner` is not delivered. Returns the time of the first arrival; Infinity when there is none.
   */
  sendGossip<Item>(bytes: number, sooner: number, inbox: Inbox<Item>, item: Item): number {
    const { latency, loss, duplication, reordering } = this.conditions
    const random = this.#random
    const way = drawLatency(latency, random.float())
    const isLost = random.chance(loss)
    const comesTwice = random.chance(duplication)
    const isHeldUp = random.chance(reordering)
    const secondWay = drawLatency(latency, random.float())
    const departure = this.#depart(bytes)
    if (isLost) {
      this.#figures.lost += 1
      return Number.POSITIVE_INFINITY
    }
    const arrival = this.#arrive(departure, way, isHeldUp)
    if (comesTwice) this.#figures.duplicated += 1
    if (this.isCut) this.#figures.cut += 1
    if (this.isCut || arrival >= sooner) return Number.POSITIVE_INFINITY
    inbox.put(arrival, item, this)
    if (comesTwice) inbox.put(arrival + secondWay, item, this)
    return arrival
  }

  /**
   * Sends a piece of a stream, after those of the same stream before it: it always arrives, unless the link is cut.
   * Returns the arrival, to be handed in for the next piece.
   */
  sendOnStream(bytes: number, after: number, deliver: () => void): number {
    const { latency, loss } = this.conditions
    let way = drawLatency(latency, this.#random.float())
    for (let resends = 0; this.#random.chance(loss) && resends < MOST_RESENDS; resends++) {
      way += RESEND_AFTER + drawLatency(latency, this.#random.float())
      this.#figures.lost += 1
    }
    const arrival = Math.max(this.#depart(bytes) + way, after)
    this.#deliverAt(arrival, deliver)
    return arrival
  }

  #depart(bytes: number): number {
    this.#figures.sent += 1
    this.#figures.bytes += bytes
    const now = this.#scheduler.monotonic()
    return this.#isLimited ? this.#pipe.pass(this.#uplink.pass(now, bytes), bytes) : now
  }

  #arrive(departure: number, way: number, isHeldUp: boolean): number {
    if (isHeldUp) {
      this.#figures.reordered += 1
      return departure + way * HELD_UP_FOR
    }
    this.#lastArrival = Math.max(departure + way, this.#lastArrival)
    return this.#lastArrival
  }

  #deliverAt(arrival: number, deliver: () => void): void {
    if (this.isCut) {
      this.#figures.cut += 1
      return
    }
    this.#scheduler.after(arrival - this.#scheduler.monotonic(), () => {
      if (this.lets()) deliver()
    })
  }
}
