import { ask, type Ref, type Scheduler } from '@trine/actors'
import type { EventSource } from '@trine/api'
import type { DurableKeyLedger } from '@trine/key-ledger'
import type { SlotTiming, SyncState, ValidatorMessage } from '@trine/messages'
import type { Slot } from '@trine/types'
import type { PooledKey } from './ports.ts'

/** Whole slots in which others must have been heard. */
const LISTENED_SLOTS = 2
/** Slots more for who could sign but hears nobody: the whole network may have stopped. */
const MOST_DEAF_SLOTS = 8
const ASK_MILLISECONDS = 5000
/** Keys that rested for longer than this may have been moved, and be in use on another machine: a minute. */
const MOST_REST_SLOTS = 16
const REASON = 'listening whether these keys, new here or rested, are in use elsewhere'

/** Whose duties wait: a node's, or those of validators outside of one. */
type Listening = { readonly refs: { readonly validator: Ref<ValidatorMessage> } }

/** How well a process hears. */
export type Ears = {
  /** Whether votes of others can be heard now. */
  readonly hears: () => boolean
  /** Whether duties could be done now: while they cannot, nothing is lost by listening on. */
  readonly isReady: () => boolean
}

/**
 * Keys that their ledger does not know, knows only by hearsay, or has not used for a while, in a network that has begun:
 * another node may have them too, with a ledger of its own. Then duties pause before the first tick, and whoever is heard
 * voting with them stops them for good.
 *
 * @returns whether duties pause
 */
export function pauseToListen(
  node: Listening,
  keys: readonly PooledKey[],
  ledger: DurableKeyLedger,
  slot: Slot,
): boolean {
  const isDoubtful = keys.some(({ publicKey }) => {
    const last = ledger.highestReserved(publicKey)
    if (slot >= 1 && (last === undefined || ledger.isTold(publicKey))) return true
    // A clock far behind the ledger is wrong: how long the key rested shows only when it is set right.
    return last !== undefined && Math.abs(slot - last) > MOST_REST_SLOTS
  })
  if (!isDoubtful) return false
  const reply = { answer: () => true, refuse: () => true, isOpen: true }
  return node.refs.validator.tell({ type: 'pauseDuties', reason: REASON, by: 'keyWatch', reply })
}

/** How well a node hears. One that nobody is to be dialled for is no exception: others dial it. */
export function earsOf(
  transport: { peers(): readonly unknown[] },
  status: { readonly syncState: SyncState },
): Ears {
  return {
    hears: () => transport.peers().length > 0 && status.syncState === 'synced',
    isReady: () => status.syncState !== 'syncing',
  }
}

/** Lets duties go on when enough was listened to. */
export function resumeAfterListening(
  node: Listening,
  timing: SlotTiming,
  events: EventSource,
  scheduler: Scheduler,
  ears: Ears,
): () => void {
  const listened = new Listened(timing.intervalsPerSlot)
  const stop = events.subscribe((event) => {
    if (event.type !== 'intervalBegan' || !listened.note(event.slot, event.interval, ears)) return
    void resume().then((isHeard) => isHeard && stop())
  })
  const resume = async () => {
    const question = { type: 'resumeDuties', by: 'keyWatch' } as const
    const options = { scheduler, timeoutMilliseconds: ASK_MILLISECONDS }
    return (await ask(node.refs.validator, question, options)).ok
  }
  return stop
}

/** Counts the slots in which it was listened. A moment in which somebody is heard is none: who signs may be silent in it. */
class Listened {
  readonly #intervalsPerSlot: number
  #slot: Slot | undefined
  /** Of the slot so far. */
  readonly #intervals: ('heard' | 'deaf' | 'notReady')[] = []
  #heard = 0
  #deaf = 0

  constructor(intervalsPerSlot: number) {
    this.#intervalsPerSlot = intervalsPerSlot
  }

  /** @returns whether enough was listened to */
  note(slot: Slot, interval: number, { hears, isReady }: Ears): boolean {
    if (slot !== this.#slot) this.#endSlot()
    // What was heard before a leap of the clock says nothing of the time since.
    if (this.#slot !== undefined && slot - this.#slot > MOST_REST_SLOTS) this.#heard = this.#deaf = 0
    this.#slot = slot
    this.#intervals.push(isReady() ? (hears() ? 'heard' : 'deaf') : 'notReady')
    // With the last interval, so that the next slot's proposal is not missed.
    if (interval === this.#intervalsPerSlot - 1) this.#endSlot()
    return this.#heard >= LISTENED_SLOTS || this.#heard + this.#deaf >= LISTENED_SLOTS + MOST_DEAF_SLOTS
  }

  #endSlot(): void {
    const intervals = this.#intervals.splice(0)
    if (intervals.length === 0 || intervals.includes('notReady')) return
    const isWhole = intervals.length === this.#intervalsPerSlot && !intervals.includes('deaf')
    if (isWhole) this.#heard += 1
    else this.#deaf += 1
  }
}
