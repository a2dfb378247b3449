import { ask, type Scheduler } from '@trine/actors'
import type { EventSource } from '@trine/api'
import type { DurableKeyLedger } from '@trine/key-ledger'
import type { SlotTiming } from '@trine/messages'
import type { LeanNode } from '@trine/node'
import type { Slot } from '@trine/types'
import type { PooledKey } from './ports.ts'

/** Whole slots in which nothing is signed, after the one that the node starts in. */
const LISTENED_SLOTS = 2
const ASK_MILLISECONDS = 5000
const REASON = 'listening whether these keys, new to this ledger, are in use elsewhere'

/**
 * Keys that were never used by their ledger, in a network that has begun: another node may have them too, with a ledger
 * of its own. Then duties pause before the first tick, and whoever is heard voting with them stops them for good.
 *
 * @returns whether duties pause
 */
export function pauseToListen(
  node: LeanNode,
  keys: readonly PooledKey[],
  ledger: DurableKeyLedger,
  slot: Slot,
): boolean {
  const isNew = keys.some(({ publicKey }) => ledger.highestReserved(publicKey) === undefined)
  if (!isNew || slot < 1) return false
  const reply = { answer: () => true, refuse: () => true, isOpen: true }
  return node.refs.validator.tell({ type: 'pauseDuties', reason: REASON, by: 'keyWatch', reply })
}

/** Lets duties go on when enough was listened to. */
export function resumeAfterListening(
  node: LeanNode,
  timing: SlotTiming,
  events: EventSource,
  scheduler: Scheduler,
): () => void {
  let first: Slot | undefined
  const stop = events.subscribe((event) => {
    if (event.type !== 'intervalBegan') return
    first ??= event.slot
    const isLast = event.interval === timing.intervalsPerSlot - 1
    // With the last interval, so that the next slot's proposal is not missed.
    if (event.slot < first + LISTENED_SLOTS || (event.slot === first + LISTENED_SLOTS && !isLast)) return
    void resume().then((isHeard) => isHeard && stop())
  })
  const resume = async () => {
    const question = { type: 'resumeDuties', by: 'keyWatch' } as const
    const options = { scheduler, timeoutMilliseconds: ASK_MILLISECONDS }
    return (await ask(node.refs.validator, question, options)).ok
  }
  return stop
}
