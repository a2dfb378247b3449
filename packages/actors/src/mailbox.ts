import type { LaneFigures } from './figures.ts'
import type { LaneOptions, LaneTable } from './lanes.ts'
import { type Message, replyOf } from './message.ts'

const INITIAL_PLACES = 8

/** One lane: a ring of messages and, beside it, of the times at which they came in. Grows up to its capacity. */
export class Lane<M extends Message> {
  readonly name: string
  readonly options: LaneOptions
  /** Position by rank in the mailbox. */
  readonly index: number
  /** Places promised to results that are still to come. */
  reserved = 0
  size = 0
  deepest = 0
  accepted = 0
  handled = 0
  refused = 0
  dropped = 0
  waitTotal = 0
  waitMax = 0
  busyTotal = 0
  busyMax = 0
  #messages: (M | undefined)[] = []
  #times = new Float64Array(0)
  #head = 0

  constructor(name: string, options: LaneOptions, index: number) {
    this.name = name
    this.options = options
    this.index = index
  }

  hasRoom(): boolean {
    return this.size + this.reserved < this.options.capacity
  }

  push(message: M, now: number): void {
    if (this.size === this.#messages.length) this.#grow()
    const place = (this.#head + this.size) & (this.#messages.length - 1)
    this.#messages[place] = message
    this.#times[place] = now
    this.size += 1
    this.accepted += 1
    if (this.size > this.deepest) this.deepest = this.size
  }

  /** Takes the oldest message of a lane that is not empty and notes how long it waited. */
  take(now: number): M {
    const waited = now - this.#times[this.#head]!
    this.waitTotal += waited
    if (waited > this.waitMax) this.waitMax = waited
    return this.#remove()
  }

  dropOldest(): M {
    this.dropped += 1
    return this.#remove()
  }

  noteBusy(milliseconds: number): void {
    this.handled += 1
    this.busyTotal += milliseconds
    if (milliseconds > this.busyMax) this.busyMax = milliseconds
  }

  figures(): LaneFigures {
    const { name: lane, size: depth, deepest, accepted, handled, refused, dropped } = this
    const { waitTotal, waitMax, busyTotal, busyMax } = this
    const { rank, capacity } = this.options
    const counts = { depth, deepest, accepted, handled, refused, dropped }
    return { lane, rank, capacity, ...counts, waitTotal, waitMax, busyTotal, busyMax }
  }

  #remove(): M {
    const message = this.#messages[this.#head] as M
    this.#messages[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#messages.length - 1)
    this.size -= 1
    return message
  }

  #grow(): void {
    const old = this.#messages
    const length = Math.max(INITIAL_PLACES, old.length * 2)
    const messages = new Array<M | undefined>(length).fill(undefined)
    const times = new Float64Array(length)
    for (let index = 0; index < this.size; index++) {
      const from = (this.#head + index) & (old.length - 1)
      messages[index] = old[from]
      times[index] = this.#times[from]!
    }
    this.#messages = messages
    this.#times = times
    this.#head = 0
  }
}

/** The lanes of one actor. A set of bits says which have something, so that taking costs the same for any number. */
export class Mailbox<M extends Message> {
  readonly lanes: readonly Lane<M>[]
  readonly #places: ReadonlyMap<string, number>
  readonly #owner: string
  /** Bit i is set while the lane of index i has messages. */
  #filled = 0
  isClosed = false

  constructor(owner: string, table: LaneTable<M>) {
    this.#owner = owner
    const plan = planOf(owner, table)
    this.lanes = plan.lanes.map(([name, options], index) => new Lane(name, options, index))
    this.#places = plan.places
  }

  get isEmpty(): boolean {
    return this.#filled === 0
  }

  /** Takes a message in; false when its lane refuses it or the mailbox is closed. */
  offer(message: M, now: number): boolean {
    const lane = this.laneOf(message.type)
    if (this.isClosed) {
      lane.refused += 1
      return false
    }
    if (!lane.hasRoom()) {
      if (lane.options.whenFull === 'refuse') {
        lane.refused += 1
        return false
      }
      const oldest = lane.dropOldest()
      replyOf(oldest)?.refuse(
        'dropped',
        `${this.#owner}: a newer message took the place in lane ${lane.name}`,
      )
    }
    lane.push(message, now)
    this.#filled |= 1 << lane.index
    return true
  }

  /** Keeps a place for a result that will come, also when closed; undefined when there is none left. */
  reserve(kind: M['type']): Lane<M> | undefined {
    const lane = this.laneOf(kind)
    if (lane.options.whenFull !== 'refuse') {
      throw new Error(
        `${this.#owner}: lane ${lane.name} drops messages, so it cannot keep a place for ${kind}`,
      )
    }
    if (!lane.hasRoom()) return undefined
    lane.reserved += 1
    return lane
  }

  /** Puts a result in the place kept for it, also when the mailbox is closed by now. */
  fulfil(lane: Lane<M>, message: M, now: number): void {
    lane.reserved -= 1
    lane.push(message, now)
    this.#filled |= 1 << lane.index
  }

  /** The lane of the best rank that has messages; undefined when all are empty. */
  nextLane(): Lane<M> | undefined {
    if (this.#filled === 0) return undefined
    return this.lanes[31 - Math.clz32(this.#filled & -this.#filled)]
  }

  overfullLane(): Lane<M> | undefined {
    for (const lane of this.lanes) if (lane.size > lane.options.capacity) return lane
    return undefined
  }

  take(lane: Lane<M>, now: number): M {
    const message = lane.take(now)
    if (lane.size === 0) this.#filled &= ~(1 << lane.index)
    return message
  }

  /** Empties the mailbox; what was inside stays unhandled, and questions are told so. */
  discardAll(): void {
    for (let lane = this.nextLane(); lane !== undefined; lane = this.nextLane()) {
      const message = lane.dropOldest()
      if (lane.size === 0) this.#filled &= ~(1 << lane.index)
      replyOf(message)?.refuse('stopped', `${this.#owner} stopped before it came to this question`)
    }
  }

  laneOf(kind: string): Lane<M> {
    const place = this.#places.get(kind)
    if (place === undefined) throw new Error(`${this.#owner}: no lane for a message of type ${kind}`)
    return this.lanes[place]!
  }
}

type Plan = {
  /** By rank. */
  readonly lanes: readonly (readonly [string, LaneOptions])[]
  /** Of the lane of each kind of message. */
  readonly places: ReadonlyMap<string, number>
}

/** Worked out once for all actors of a kind, of which a simulation has hundreds: what they share stays in the cache. */
const plans = new WeakMap<object, Plan>()

function planOf<M extends Message>(owner: string, table: LaneTable<M>): Plan {
  const known = plans.get(table)
  if (known !== undefined) return known
  const lanes = Object.entries<LaneOptions>(table.lanes).sort(([, left], [, right]) => left.rank - right.rank)
  const places = new Map<string, number>()
  for (const [kind, name] of Object.entries<string>(table.laneOf)) {
    const place = lanes.findIndex(([candidate]) => candidate === name)
    if (place === -1)
      throw new RangeError(`${owner}: message ${kind} names a lane ${name} that does not exist`)
    places.set(kind, place)
  }
  const plan = { lanes, places }
  plans.set(table, plan)
  return plan
}
