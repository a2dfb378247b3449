import { type Block, type BlockHeader, blockBodyType, blockHeaderType, type State } from '@trine/types'

/**
 * A root in 32 bytes of its own. Those that the library makes of values stand in 64 KiB slabs of a pool, and a root that
 * is kept would keep its whole slab.
 */
function ownBytes(root: Uint8Array): Uint8Array {
  return Uint8Array.from(root)
}

/** The header of a block: its body is hashed here, once, for everything that follows. */
export function blockHeader(block: Block): BlockHeader {
  const { slot, proposerIndex, parentRoot, stateRoot, body } = block
  const bodyRoot = ownBytes(blockBodyType.hashTreeRoot(body))
  return { slot, proposerIndex, parentRoot, stateRoot, bodyRoot }
}

/** Hash tree root of a header, which is the root of its block. */
export function blockHeaderRoot(header: BlockHeader): Uint8Array {
  return ownBytes(blockHeaderType.hashTreeRoot(header))
}

/** Hash tree root of a block. */
export function blockRoot(block: Block): Uint8Array {
  return blockHeaderRoot(blockHeader(block))
}

/** Hash tree root of a state; only what changed since the state it came from is hashed. */
export function stateRoot(state: State): Uint8Array {
  return state.hashTreeRoot()
}
