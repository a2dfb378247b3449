import {
  bytesEqual,
  failure,
  type Result,
  type Slot,
  type State,
  success,
  toNumber,
  ZERO_ROOT,
} from '@trine/types'
import type { TransitionError } from './errors.ts'
import { stateRoot } from './roots.ts'

/**
 * A new state, advanced through empty slots to `targetSlot`, which must lie after the state's own.
 *
 * The first empty slot after a block completes the latest header with the root of the block's post-state; the slots
 * after it change nothing but the number (leanSpec `State.process_slots`).
 */
export function processSlots(pre: State, targetSlot: Slot): Result<State, TransitionError> {
  const slot = toNumber(pre.slot)
  if (targetSlot <= slot) {
    return failure({ code: 'SLOT_NOT_AFTER_STATE', expected: slot, actual: targetSlot })
  }
  const post = pre.clone(true)
  if (bytesEqual(post.latestBlockHeader.stateRoot, ZERO_ROOT))
    post.latestBlockHeader.stateRoot = stateRoot(pre)
  post.slot = targetSlot
  post.commit()
  return success(post)
}
