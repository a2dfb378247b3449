import { type ActorContext, awaitReply, type Reply } from '@trine/actors'
import type { ChainMessage, RootedBlock, StoredHeads } from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import { type RootHex, type State, toHex } from '@trine/types'
import type { ChainLimits } from './limits.ts'
import type { ChainParts } from './parts.ts'

/** Where a ChainService begins: a trusted block with its state, and the blocks on it that were imported before. */
export type Beginning = {
  readonly anchor: ChainParts['anchor']
  /** Oldest first. */
  readonly blocks: readonly RootedBlock[]
}

/** How far the search for a state goes on behind `lateSlots`, in multiples of it. */
const FURTHEST = 4

/**
 * Finds what an earlier life of the service left in the BlockStore: the chain of the last head, back to a final block
 * whose state is stored, or to the anchor. Without such a chain it begins at the anchor.
 *
 * If it can, it goes back further than finality by `lateSlots`, for blocks beside the chain that later blocks may need.
 */
export async function recover(
  context: ActorContext<ChainMessage>,
  { anchor, blockStore }: ChainParts,
  { blockStoreTimeout: timeoutMilliseconds, lateSlots }: Pick<ChainLimits, 'blockStoreTimeout' | 'lateSlots'>,
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
  let found: Beginning | undefined
  for (let root: RootHex = heads.head.root; root !== anchorRoot; ) {
    const block = await read<RootedBlock>((reply) => blockStore.readBlock(root, reply))
    if (block === undefined) return found ?? atAnchor
    const message = block.signedBlock.message.block
    const { slot } = message
    const isEarlyEnough = slot <= heads.finalized.slot - lateSlots
    if (isEarlyEnough || (slot <= heads.finalized.slot && found === undefined)) {
      const state = await read<State>((reply) => blockStore.readState(root, reply))
      if (state !== undefined) found = { anchor: { state, block: message }, blocks: blocks.toReversed() }
      const isTooFar = slot <= heads.finalized.slot - FURTHEST * lateSlots
      if (found !== undefined && ((isEarlyEnough && state !== undefined) || isTooFar)) return found
    }
    blocks.push(block)
    root = toHex(message.parentRoot)
  }
  return { anchor, blocks: blocks.reverse() }
}
