import { type Block, type BlockHeader, blockBodyType, blockHeaderType, type State } from '@trine/types'

/** The header of a block: its body is hashed here, once, for everything that follows. */
export function blockHeader(block: Block): BlockHeader {
  const { slot, proposerIndex, parentRoot, stateRoot, body } = block
  return { slot, proposerIndex, parentRoot, stateRoot, bodyRoot: blockBodyType.hashTreeRoot(body) }
}

/** Hash tree root of a header, which is the root of its block. */
export function blockHeaderRoot(header: BlockHeader): Uint8Array {
  return blockHeaderType.hashTreeRoot(header)
}

/** Hash tree root of a block. */
export function blockRoot(block: Block): Uint8Array {
  return blockHeaderRoot(blockHeader(block))
}

/** Hash tree root of a state; only what changed since the state it came from is hashed. */
export function stateRoot(state: State): Uint8Array {
  return state.hashTreeRoot()
}
