import type { BlockReference, NodeEvent, PeerId, SlotTiming, SyncState } from '@trine/messages'
import type { Slot } from '@trine/types'
import { durationOfSlots, type Line, shortRoot } from './line.ts'

export type SlotReportOptions = {
  readonly timing: SlotTiming
  /** Slots that the history of a state has room for: the network ends there. */
  readonly historyLimit: Slot
  /** Slots without finality that are worth a warning; the next comes after twice as many. */
  readonly slotsToWarn: number
  readonly expectsPeers: boolean
  /** False for validators outside of a node: nothing is said of chain, peers and finality. True unless given. */
  readonly followsChain?: boolean | undefined
  /** Last slot that each key of this node can sign. */
  readonly keyEnds: () => readonly Slot[]
}

/** Ends that are nearer than so many seconds are told of, and how often. */
const NEAR_SECONDS = 2 * 86_400
const REMINDER_SECONDS = 3600
/** Slots without a peer that are worth a warning, and how often. */
const LONELY_SLOTS = 2
const LONELY_REMINDER = 15

/** Follows where the node stands, and sums it up once a slot, with warnings for what goes wrong slowly. */
export class SlotReport {
  readonly #options: SlotReportOptions
  readonly #peers = new Set<PeerId>()
  #head: BlockReference | undefined
  #justified: Slot = 0
  #finalized: Slot = 0
  #sync: SyncState = 'idle'
  #done = 0
  #duties = 0
  #reported: Slot = -1
  #lonely = 0
  #nextFinalityWarning: number
  readonly #reportedEnds = new Set<string>()

  constructor(options: SlotReportOptions) {
    this.#options = options
    this.#nextFinalityWarning = options.slotsToWarn
  }

  /** The lines that are due with an event: none, but for the last interval of a slot. */
  note(event: NodeEvent): readonly Line[] {
    switch (event.type) {
      case 'chainStarted':
        this.#head = event.head
        this.#justified = event.justified.slot
        this.#finalized = event.finalized.slot
        break
      case 'head':
        this.#head = event.head
        break
      case 'justified':
        this.#justified = event.checkpoint.slot
        break
      case 'finalized':
        this.#finalized = event.checkpoint.slot
        this.#nextFinalityWarning = this.#options.slotsToWarn
        break
      case 'syncState':
        this.#sync = event.state
        break
      case 'peerConnected':
        this.#peers.add(event.peerId)
        break
      case 'peerDisconnected':
        this.#peers.delete(event.peerId)
        break
      case 'duty':
        this.#duties += 1
        if (event.result.outcome === 'published') this.#done += 1
        break
      case 'intervalBegan':
        return this.#begin(event.slot, event.interval)
    }
    return []
  }

  /** A slot is summed up in its last interval; one whose last interval was left out is not. */
  #begin(slot: Slot, interval: number): readonly Line[] {
    if (interval !== this.#options.timing.intervalsPerSlot - 1 || slot <= this.#reported) return []
    this.#reported = slot
    const lines = [this.#status(slot), ...this.#finality(slot), ...this.#loneliness(), ...this.#ends(slot)]
    this.#done = 0
    this.#duties = 0
    return lines
  }

  #status(slot: Slot): Line {
    const about = { component: 'node', level: 'info', message: 'slot' } as const
    const duties = `${this.#done}/${this.#duties}`
    if (this.#options.followsChain === false) return { ...about, fields: { slot, duties } }
    return {
      ...about,
      fields: {
        slot,
        head: this.#head?.slot,
        root: this.#head && shortRoot(this.#head.root),
        justified: this.#justified,
        finalized: this.#finalized,
        peers: this.#peers.size,
        duties,
        sync: this.#sync,
      },
    }
  }

  #finality(slot: Slot): readonly Line[] {
    const slots = slot - this.#finalized
    // Before the chain has told where it stands, nothing is known of finality; while it catches up it comes by itself.
    if (slots < this.#nextFinalityWarning || this.#head === undefined || this.#sync === 'syncing') return []
    while (this.#nextFinalityWarning <= slots) this.#nextFinalityWarning *= 2
    const advice =
      'two thirds of the validators must vote for the same: is the node in sync, has it peers, are enough validators online?'
    const fields = { slots, finalized: this.#finalized, justified: this.#justified }
    return [{ component: 'chain', level: 'warn', message: 'no finality', fields, advice }]
  }

  #loneliness(): readonly Line[] {
    if (!this.#options.expectsPeers || this.#peers.size > 0) {
      this.#lonely = 0
      return []
    }
    this.#lonely += 1
    if (this.#lonely % LONELY_REMINDER !== LONELY_SLOTS) return []
    const advice = 'look at the static peers, at the UDP port and at the firewall: `trine doctor` tries each'
    return [
      { component: 'network', level: 'warn', message: 'no peers', fields: { slots: this.#lonely }, advice },
    ]
  }

  #ends(slot: Slot): readonly Line[] {
    const { timing, historyLimit, keyEnds } = this.#options
    const secondsPerSlot = (timing.millisecondsPerInterval * timing.intervalsPerSlot) / 1000
    const [near, reminder] = [NEAR_SECONDS, REMINDER_SECONDS].map((span) => Math.ceil(span / secondsPerSlot))
    const line = (
      component: 'validator' | 'chain',
      message: string,
      left: number,
      advice: string,
    ): Line[] => {
      if (left > near! || (slot % reminder! !== 0 && this.#reportedEnds.has(message))) return []
      this.#reportedEnds.add(message)
      const fields = { slots: Math.max(0, left), left: durationOfSlots(Math.max(0, left), secondsPerSlot) }
      return [{ component, level: left > 0 ? 'warn' : 'error', message, fields, advice }]
    }
    const first = keyEnds().reduce((least, end) => Math.min(least, end), Number.POSITIVE_INFINITY)
    return [
      ...line(
        'validator',
        'a key runs out',
        first - slot,
        'its validator cannot sign after that: plan for its end',
      ),
      ...line(
        'chain',
        'the network ends',
        historyLimit - slot,
        'the history of the state is full then: start anew',
      ),
    ]
  }
}
