import { type ActorContext, awaitReply, type Reply } from '@trine/actors'
import type { ChainMessage, RootedBlock, StoredHeads } from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import { type RootHex, type State, toHex } from '@trine/types'
import type { ChainParts } from './parts.ts'

/** Where a ChainService begins: a trusted block with its state, and the blocks on it that were imported before. */
export type Beginning = {
  readonly anchor: ChainParts['anchor']
  /** Oldest first. */
  readonly blocks: readonly RootedBlock[]
}

/**
 * Finds what an earlier life of the service left in the BlockStore: the chain of the last head, back to a final block
 * whose state is stored, or to the anchor. Without such a chain it begins at the anchor.
 */
export async function recover(
  context: ActorContext<ChainMessage>,
  { anchor, blockStore }: ChainParts,
  timeoutMilliseconds: number,
): Promise<Beginning> {
  const atAnchor: Beginning = { anchor, blocks: [] }
  if (blockStore === undefined) return atAnchor
  const read = async <T>(put: (reply: Reply<T | undefined>) => void): Promise<T | undefined> => {
    const outcome = await awaitReply(context.name, { scheduler: context.scheduler, timeoutMilliseconds }, put)
    if (!outcome.ok)
      throw new Error(`${context.name}: expected an answer of the block store: ${outcome.error.message}`)
    return outcome.value
  }
  const heads = await read<StoredHeads>((reply) => blockStore.readHeads(reply))
  if (heads === undefined) return atAnchor
  const anchorRoot = toHex(blockRoot(anchor.block))
  const blocks: RootedBlock[] = []
  for (let root: RootHex = heads.head.root; root !== anchorRoot; ) {
    const block = await read<RootedBlock>((reply) => blockStore.readBlock(root, reply))
    if (block === undefined) return atAnchor
    const message = block.signedBlock.message.block
    if (message.slot <= heads.finalized.slot) {
      const state = await read<State>((reply) => blockStore.readState(root, reply))
      if (state !== undefined) return { anchor: { state, block: message }, blocks: blocks.reverse() }
    }
    blocks.push(block)
    root = toHex(message.parentRoot)
  }
  return { anchor, blocks: blocks.reverse() }
}
