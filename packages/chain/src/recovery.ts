import { type ActorContext, awaitReply, type Reply } from '@trine/actors'
import type {
  BlockReference,
  BlockStore,
  ChainMessage,
  RootedBlock,
  StoredHeads,
  StoredImport,
  StoredVotes,
} from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import { type RootHex, type Slot, type State, toHex } from '@trine/types'
import type { ChainLimits } from './limits.ts'
import type { ChainParts } from './parts.ts'

/** Where a ChainService begins: a trusted block with its state, and what an earlier life left in the BlockStore. */
export type Beginning = {
  readonly anchor: ChainParts['anchor']
  readonly earlier?: EarlierLife | undefined
}

/** The way to what the BlockStore has. */
export type EarlierLife = {
  readonly heads: StoredHeads
  /** Blocks whose states are stored. */
  readonly storedStates: readonly BlockReference[]
  readImports(after: Slot): Promise<readonly StoredImport[]>
  readVotes(): Promise<readonly StoredVotes[]>
  readState(root: RootHex): Promise<State | undefined>
  readBlock(root: RootHex): Promise<RootedBlock | undefined>
}

/** How far the search for a state goes on behind `lateSlots`, in multiples of it. */
const FURTHEST = 4

/**
 * Finds where to take up again after an earlier life of the service: at a final block whose state is stored, or else at
 * the anchor.
 *
 * If it can, it goes back further than finality by `lateSlots`, for blocks beside the chain that later blocks may need.
 */
export async function recover(
  context: ActorContext<ChainMessage>,
  { anchor, blockStore }: ChainParts,
  { blockStoreTimeout: timeoutMilliseconds, lateSlots }: Pick<ChainLimits, 'blockStoreTimeout' | 'lateSlots'>,
): Promise<Beginning> {
  if (blockStore === undefined) return { anchor }
  const read = async <T>(put: (reply: Reply<T>) => void): Promise<T> => {
    const outcome = await awaitReply(context.name, { scheduler: context.scheduler, timeoutMilliseconds }, put)
    if (!outcome.ok)
      throw new Error(`${context.name}: expected an answer of the block store: ${outcome.error.message}`)
    return outcome.value
  }
  const heads = await read<StoredHeads | undefined>((reply) => blockStore.readHeads(reply))
  if (heads === undefined) return { anchor }
  const storedStates = await read<readonly BlockReference[]>((reply) => blockStore.readStoredStates(reply))
  const earlier: EarlierLife = {
    heads,
    storedStates,
    readImports: (after) => read((reply) => blockStore.readImports(after, reply)),
    readVotes: () => read((reply) => blockStore.readVotes(reply)),
    readState: (root) => read((reply) => blockStore.readState(root, reply)),
    readBlock: (root) => read((reply) => blockStore.readBlock(root, reply)),
  }
  const anchorReference = referenceTo(anchor)
  const final = await finalStates(anchorReference, heads, storedStates, blockStore, read)
  const isAnchorConnected = final.length === 0 || (await hasChild(anchorReference, earlier))
  const begin = firstBlock(isAnchorConnected ? [anchorReference, ...final] : final, {
    earliest: heads.finalized.slot - FURTHEST * lateSlots,
    latest: heads.finalized.slot - lateSlots,
  })
  const block = await earlier.readBlock(begin.root)
  const state = block && (await earlier.readState(begin.root))
  if (state === undefined) return { anchor, earlier }
  return { anchor: { state, block: block!.signedBlock.message.block }, earlier }
}

function referenceTo({ block }: ChainParts['anchor']): BlockReference {
  return { root: toHex(blockRoot(block)), slot: Number(block.slot) }
}

/** Those of the blocks whose states are stored that are final and after the anchor, by slot. */
async function finalStates(
  anchor: BlockReference,
  { finalized }: StoredHeads,
  storedStates: readonly BlockReference[],
  blockStore: BlockStore,
  read: <T>(put: (reply: Reply<T>) => void) => Promise<T>,
): Promise<BlockReference[]> {
  const final: BlockReference[] = []
  for (const stored of storedStates) {
    if (stored.slot > finalized.slot || stored.slot <= anchor.slot) continue
    const root = await read<RootHex | undefined>((reply) => blockStore.readFinalizedRoot(stored.slot, reply))
    if (root === stored.root) final.push(stored)
  }
  return final
}

/** Whether the blocks after the anchor are stored: an earlier life may have begun at another one, or have dropped them. */
async function hasChild({ root, slot }: BlockReference, { readImports }: EarlierLife): Promise<boolean> {
  const imports = await readImports(slot)
  return imports.some(({ signedBlock }) => toHex(signedBlock.message.block.parentRoot) === root)
}

/** The last block that is early enough, of some by slot; where that one lies too far back, the next. */
function firstBlock(
  candidates: readonly BlockReference[],
  { earliest, latest }: { readonly earliest: Slot; readonly latest: Slot },
): BlockReference {
  const at = Math.max(
    0,
    candidates.findLastIndex(({ slot }) => slot <= latest),
  )
  const found = candidates[at]!
  return found.slot < earliest ? (candidates[at + 1] ?? found) : found
}
