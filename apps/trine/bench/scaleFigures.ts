import type { EventSink, NodeEvent } from '@trine/messages'
import { INTERVALS_PER_SLOT, MILLISECONDS_PER_INTERVAL } from './scaleProtocol.ts'

/** How the votes of a slot came in. Times are milliseconds since the slot began. */
type SlotRecord = {
  /** Accepted, of those that came by gossip. */
  votes: number
  lastReceivedAt: number
  lastVoteAt: number
  blockAt: number | undefined
}

export type EventFigures = {
  /** Of each tick, in milliseconds. */
  readonly lateness: readonly number[]
  readonly skippedIntervals: number
  /** Of each block: from arrival to the end of the import, and the state transition and fork choice alone. */
  readonly importTimes: readonly number[]
  readonly processingTimes: readonly number[]
  /** Of each slot. */
  readonly records: readonly (Readonly<SlotRecord> & { readonly slot: number })[]
  /** Slots from the finalized block to the current slot, at each slot's begin. */
  readonly finalityDelays: readonly number[]
  readonly signaturesVerified: number
  /** Verdicts of gossip other than accept: how many, by kind, verdict and reason. */
  readonly refusals: Readonly<Record<string, number>>
}

/** Collects what a node's events tell of slots 1 to `slots`. */
export class EventCollector implements EventSink {
  readonly #slots: number
  readonly #now: () => number
  readonly #lateness: number[] = []
  readonly #importTimes: number[] = []
  readonly #processingTimes: number[] = []
  readonly #records = new Map<number, SlotRecord>()
  readonly #finalityDelays: number[] = []
  readonly #refusals: Record<string, number> = {}
  #skippedIntervals = 0
  #finalizedSlot = 0
  #signaturesVerified = 0

  /** @param now milliseconds since genesis */
  constructor(slots: number, now: () => number) {
    this.#slots = slots
    this.#now = now
  }

  emit(event: NodeEvent): void {
    if (event.type === 'intervalBegan') this.#tick(event.slot, event.interval, event.lateness)
    else if (event.type === 'intervalsSkipped') this.#skippedIntervals += event.count
    else if (event.type === 'gossipReceived') {
      if (event.kind !== 'gossipAttestation' || event.slot === undefined) return
      this.#recordOf(event.slot).lastReceivedAt = this.#since(event.slot)
    } else if (event.type === 'attestation' && event.origin === 'gossip') this.#vote(event.slot)
    else if (event.type === 'block') {
      this.#importTimes.push(event.importTime)
      this.#processingTimes.push(event.processingTime)
      this.#recordOf(event.block.slot).blockAt = this.#since(event.block.slot)
    } else if (event.type === 'finalized') this.#finalizedSlot = event.checkpoint.slot
    else if (event.type === 'signaturesVerified') this.#signaturesVerified += event.valid
    else if (event.type === 'gossipJudged' && event.verdict !== 'accept') {
      const key = `${event.kind} ${event.verdict}: ${event.reason.slice(0, 80)}`
      this.#refusals[key] = (this.#refusals[key] ?? 0) + 1
    }
  }

  figures(): EventFigures {
    return {
      lateness: this.#lateness,
      skippedIntervals: this.#skippedIntervals,
      importTimes: this.#importTimes,
      processingTimes: this.#processingTimes,
      records: [...this.#records].map(([slot, record]) => ({ slot, ...record })),
      finalityDelays: this.#finalityDelays,
      signaturesVerified: this.#signaturesVerified,
      refusals: this.#refusals,
    }
  }

  #tick(slot: number, interval: number, lateness: number): void {
    if (slot < 1 || slot > this.#slots) return
    this.#lateness.push(lateness)
    if (interval === 0) this.#finalityDelays.push(slot - this.#finalizedSlot)
  }

  #vote(slot: number): void {
    const record = this.#recordOf(slot)
    record.lastVoteAt = this.#since(slot)
    record.votes += 1
  }

  #recordOf(slot: number): SlotRecord {
    let record = this.#records.get(slot)
    if (record === undefined) {
      record = { votes: 0, lastReceivedAt: 0, lastVoteAt: 0, blockAt: undefined }
      this.#records.set(slot, record)
    }
    return record
  }

  #since(slot: number): number {
    return this.#now() - slot * INTERVALS_PER_SLOT * MILLISECONDS_PER_INTERVAL
  }
}
