import { ask, type Ref, type Scheduler } from '@trine/actors'
import type { EventSource } from '@trine/api'
import type { DurableKeyLedger } from '@trine/key-ledger'
import type { SlotTiming, ValidatorMessage } from '@trine/messages'
import type { Slot } from '@trine/types'
import type { PooledKey } from './ports.ts'

/** Whole slots in which nothing is signed, after the one in which others can first be heard. */
const LISTENED_SLOTS = 2
/** A node that hears nobody for so long begins all the same: the whole network may have stopped. */
const MOST_DEAF_SLOTS = 8
const ASK_MILLISECONDS = 5000
/** Keys that rested for longer than this may have been moved, and be in use on another machine: a minute. */
const MOST_REST_SLOTS = 16
const REASON = 'listening whether these keys, new here or rested, are in use elsewhere'

/** Whose duties wait: a node's, or those of validators outside of one. */
type Listening = { readonly refs: { readonly validator: Ref<ValidatorMessage> } }

/**
 * Keys that their ledger does not know, or has not used for a while, in a network that has begun: another node may have
 * them too, with a ledger of its own. Then duties pause before the first tick, and whoever is heard voting with them
 * stops them for good.
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
    return last === undefined || slot - last > MOST_REST_SLOTS
  })
  if (!isDoubtful || slot < 1) return false
  const reply = { answer: () => true, refuse: () => true, isOpen: true }
  return node.refs.validator.tell({ type: 'pauseDuties', reason: REASON, by: 'keyWatch', reply })
}

/**
 * Lets duties go on when enough was listened to.
 *
 * @param hears whether others can be heard now: slots in which they cannot do not count, up to a limit
 */
export function resumeAfterListening(
  node: Listening,
  timing: SlotTiming,
  events: EventSource,
  scheduler: Scheduler,
  hears: () => boolean,
): () => void {
  let started: Slot | undefined
  let first: Slot | undefined
  const stop = events.subscribe((event) => {
    if (event.type !== 'intervalBegan') return
    const { slot, interval } = event
    started ??= slot
    if (slot >= started + MOST_DEAF_SLOTS || hears()) first ??= slot
    if (first === undefined) return
    const isLast = interval === timing.intervalsPerSlot - 1
    // With the last interval, so that the next slot's proposal is not missed.
    if (slot < first + LISTENED_SLOTS || (slot === first + LISTENED_SLOTS && !isLast)) return
    void resume().then((isHeard) => isHeard && stop())
  })
  const resume = async () => {
    const question = { type: 'resumeDuties', by: 'keyWatch' } as const
    const options = { scheduler, timeoutMilliseconds: ASK_MILLISECONDS }
    return (await ask(node.refs.validator, question, options)).ok
  }
  return stop
}
