import {
  type Block,
  bytesEqual,
  failure,
  PRESET,
  type Result,
  type State,
  success,
  toHex,
} from '@trine/types'
import type { TransitionError } from './errors.ts'
import { processAttestations } from './processAttestations.ts'
import { processBlockHeader } from './processBlockHeader.ts'
import { processSlots } from './processSlots.ts'
import { blockHeader, stateRoot } from './roots.ts'

/** Told when a part of a transition is done, so that others can take the time. */
export type OnPhase = (done: 'slots' | 'header' | 'attestations') => void

/**
 * Header and attestations of a block, applied to a state at the block's slot (leanSpec `State.process_block`).
 *
 * @param bodyRoot hash tree root of the body, where the caller has it already
 */
export function processBlock(
  pre: State,
  block: Block,
  bodyRoot: Uint8Array = blockHeader(block).bodyRoot,
  onPhase?: OnPhase,
): Result<State, TransitionError> {
  const withHeader = processBlockHeader(pre, block, bodyRoot)
  if (!withHeader.ok) return withHeader
  onPhase?.('header')
  const processed = processAttestations(withHeader.value, block.body.attestations)
  if (processed.ok) onPhase?.('attestations')
  return processed
}

/**
 * The state after a block: empty slots, header, attestations, and the comparison with the root the block claims.
 *
 * The pre-state is not changed; the two share whatever did not change. Signatures are checked elsewhere
 * (`signatureChecks`).
 *
 * @param bodyRoot hash tree root of the body, where the caller has it already
 * Source: leanSpec `State.state_transition`.
 */
export function stateTransition(
  pre: State,
  block: Block,
  bodyRoot: Uint8Array = blockHeader(block).bodyRoot,
  onPhase?: OnPhase,
): Result<State, TransitionError> {
  const { historicalRootsLimit } = PRESET
  // Before anything is done slot by slot: a block of the far future may cost nothing.
  if (typeof block.slot === 'bigint' || block.slot > historicalRootsLimit) {
    return failure({ code: 'HISTORY_LIMIT_EXCEEDED', expected: historicalRootsLimit, actual: block.slot })
  }
  const advanced = processSlots(pre, block.slot)
  if (!advanced.ok) return advanced
  onPhase?.('slots')
  const processed = processBlock(advanced.value, block, bodyRoot, onPhase)
  if (!processed.ok) return processed
  const root = stateRoot(processed.value)
  if (!bytesEqual(root, block.stateRoot)) {
    const [expected, actual] = [toHex(root), toHex(block.stateRoot)]
    return failure({ code: 'STATE_ROOT_MISMATCH', expected, actual })
  }
  // A fresh view: the caches of the one that did the work would keep far more alive than the state itself.
  return success(processed.value.clone(true))
}
