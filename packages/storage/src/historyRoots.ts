import type { Slot, State } from '@trine/types'

const ROOT_LENGTH = 32

/**
 * Roots of the blocks of a chain that a post-state of it remembers, 32 bytes for each slot from 0 on, zeros where there
 * is no block.
 *
 * @param end the slot before which to stop
 */
export function historyRoots(state: State, end: Slot): Uint8Array {
  const hashes = state.historicalBlockHashes
  const length = Math.min(hashes.length, end)
  const roots = new Uint8Array(length * ROOT_LENGTH)
  for (let slot = 0; slot < length; slot++) roots.set(hashes.getReadonly(slot), slot * ROOT_LENGTH)
  return roots
}
