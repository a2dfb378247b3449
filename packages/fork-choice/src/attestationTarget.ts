import { isJustifiableAfter } from '@trine/state-transition'
import { failure, PRESET, type Result, type Slot, success } from '@trine/types'
import type { TargetError } from './errors.ts'
import type { BlockNode, ProtoArray } from './protoArray.ts'

/**
 * The block that a vote should have justified: from the head back towards the safe target, a few blocks at most, then
 * on to a block whose slot may become justified.
 *
 * Fails when the head's chain passes by the finalized block, where the specification fails an assertion.
 * Source: leanSpec `Store.get_attestation_target`.
 *
 * @param lookback how many blocks back towards the safe target at most
 */
export function findAttestationTarget(
  tree: ProtoArray,
  head: BlockNode,
  safeTargetSlot: Slot,
  finalizedSlot: Slot,
  lookback = PRESET.justificationLookbackSlots,
): Result<BlockNode, TargetError> {
  let target: BlockNode | undefined = head
  for (let step = 0; step < lookback; step++) {
    if (target && target.slot > safeTargetSlot) target = tree.parentOf(target)
  }
  while (target && target.slot >= finalizedSlot) {
    if (isJustifiableAfter(target.slot, finalizedSlot)) return success(target)
    target = tree.parentOf(target)
  }
  return failure({ code: 'NO_ATTESTATION_TARGET', finalizedSlot, headSlot: head.slot })
}
