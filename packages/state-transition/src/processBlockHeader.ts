import {
  type Block,
  blockHeaderType,
  bytesEqual,
  failure,
  PRESET,
  type Result,
  rootType,
  type State,
  success,
  toHex,
  toNumber,
  ZERO_ROOT,
} from '@trine/types'
import type { TransitionError, TransitionErrorCode } from './errors.ts'
import { blockHeader } from './roots.ts'
import { isProposer, proposerOf } from './slots.ts'

/**
 * Checks a block's header against a state that stands at the block's slot, and writes it into a new state: history and
 * justified bits up to the block, checkpoints' roots at the first block, the header itself with its state root open.
 *
 * @param bodyRoot hash tree root of the body, where the caller has it already
 * Source: leanSpec `State.process_block_header`.
 */
export function processBlockHeader(
  pre: State,
  block: Block,
  bodyRoot: Uint8Array = blockHeader(block).bodyRoot,
): Result<State, TransitionError> {
  const parentHeader = pre.latestBlockHeader
  const parentRoot = parentHeader.hashTreeRoot()
  const error = checkHeader(pre, block, parentRoot)
  if (error) return failure(error)

  const post = pre.clone(true)
  const isFirstBlock = parentHeader.slot === 0
  if (isFirstBlock) {
    post.latestJustified.root = parentRoot
    post.latestFinalized.root = parentRoot
  }
  const emptySlots = toNumber(block.slot) - toNumber(parentHeader.slot) - 1
  post.historicalBlockHashes.push(rootType.toViewDU(parentRoot))
  for (let count = 0; count < emptySlots; count++) {
    post.historicalBlockHashes.push(rootType.toViewDU(ZERO_ROOT))
  }
  post.justifiedSlots.push(isFirstBlock)
  post.justifiedSlots.pushZeros(emptySlots)
  const { slot, proposerIndex } = block
  post.latestBlockHeader = blockHeaderType.toViewDU({
    slot,
    proposerIndex,
    parentRoot: block.parentRoot,
    stateRoot: ZERO_ROOT,
    bodyRoot,
  })
  post.commit()
  return success(post)
}

function checkHeader(pre: State, block: Block, parentRoot: Uint8Array): TransitionError | undefined {
  const mismatch = (
    code: TransitionErrorCode,
    expected: TransitionError['expected'],
    actual: typeof expected,
  ) => ({
    code,
    expected,
    actual,
  })
  if (block.slot !== pre.slot) return mismatch('BLOCK_SLOT_MISMATCH', pre.slot, block.slot)
  const parentSlot = pre.latestBlockHeader.slot
  if (block.slot <= parentSlot) return mismatch('BLOCK_NOT_AFTER_PARENT', parentSlot, block.slot)
  const slot = toNumber(block.slot)
  const validatorCount = pre.validators.length
  if (!isProposer(block.proposerIndex, slot, validatorCount)) {
    return mismatch('WRONG_PROPOSER', proposerOf(slot, validatorCount), block.proposerIndex)
  }
  if (!bytesEqual(block.parentRoot, parentRoot)) {
    return mismatch('PARENT_ROOT_MISMATCH', toHex(parentRoot), toHex(block.parentRoot))
  }
  const historyLength = pre.historicalBlockHashes.length + slot - toNumber(parentSlot)
  if (historyLength > PRESET.historicalRootsLimit) {
    return mismatch('HISTORY_LIMIT_EXCEEDED', PRESET.historicalRootsLimit, historyLength)
  }
  return undefined
}
