import type { BlockReference, BlockStore, RootedBlock } from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import { type State, toHex, ZERO_ROOT_HEX } from '@trine/types'
import type { StoreIdentity } from '../../src/level/index.ts'
import { asked } from './asked.ts'

export const identity: StoreIdentity = {
  genesisRoot: `0x${'42'.repeat(32)}`,
  protocol: 'devnet-1',
  signatureEncoding: 'ssz3112',
}

/** The chain of a head back to a block with its state, or to genesis, as a restart reads it; oldest first. */
export async function walk(store: BlockStore, head: BlockReference): Promise<RootedBlock[]> {
  const blocks: RootedBlock[] = []
  for (let root = head.root; root !== ZERO_ROOT_HEX; ) {
    const block = await asked<RootedBlock | undefined>((reply) => store.readBlock(root, reply))
    if (block === undefined) throw new Error(`expected block ${root} in the chain of the head`)
    const message = block.signedBlock.message.block
    if (toHex(blockRoot(message)) !== root)
      throw new Error(`expected the block with root ${root}, got another one`)
    blocks.push(block)
    if (await asked<State | undefined>((reply) => store.readState(root, reply))) break
    root = toHex(message.parentRoot)
  }
  return blocks.reverse()
}
