import {
  type AttestationData,
  type Checkpoint,
  type Result,
  type RootHex,
  type Slot,
  type State,
  toHex,
  toNumber,
} from '@trine/types'
import { checkpointOf } from './checkpointMoves.ts'
import type { TargetError } from './errors.ts'
import type { BlockNode, BlockSummary } from './protoArray.ts'

/** The checkpoints by which a vote is made: its source, and the finalized slot that makes targets justifiable. */
export type VotingView = { readonly source: BlockNode; readonly finalizedSlot: Slot }

/** What the state of a head says about checkpoints. */
export type HeadCheckpoints = {
  readonly latestJustified: Checkpoint
  readonly latestFinalized: Checkpoint
  isJustified(root: RootHex, slot: Slot): boolean
}

export function headCheckpoints(state: State): HeadCheckpoints {
  // A view of its own: what it caches would otherwise stay with the state for as long as that is kept.
  const { latestJustified, latestFinalized } = state.clone(true)
  return {
    latestJustified: latestJustified.toValue(),
    latestFinalized: latestFinalized.toValue(),
    isJustified: (root, slot) => isJustifiedIn(state, root, slot),
  }
}

/** Whether a block of a state's history is justified in it. */
function isJustifiedIn(state: State, root: RootHex, slot: Slot): boolean {
  const { justifiedSlots, historicalBlockHashes } = state.clone(true)
  return (
    slot < justifiedSlots.bitLen &&
    justifiedSlots.get(slot) &&
    toHex(historicalBlockHashes.getReadonly(slot)) === root
  )
}

/**
 * The store's checkpoints, as the specification has it, except where the head's own state does not know them: a vote by
 * checkpoints that were reached on a branch left behind is counted by no block on the head (docs/deviations.md).
 */
export function votingView(
  justified: BlockNode,
  finalized: BlockNode,
  head: HeadCheckpoints | undefined,
  find: (root: RootHex) => BlockNode | undefined,
): VotingView {
  if (head === undefined) return { source: justified, finalizedSlot: finalized.slot }
  const finalizedSlot = Math.min(finalized.slot, toNumber(head.latestFinalized.slot))
  const isKnown =
    head.latestJustified.slot >= justified.slot || head.isJustified(justified.rootHex, justified.slot)
  const source = isKnown ? justified : (find(toHex(head.latestJustified.root)) ?? justified)
  return { source, finalizedSlot }
}

/**
 * A vote that every store accepts. Remedy of ours (docs/deviations.md): until the safe target is computed anew, the
 * specification's target may lie before a block that was just justified, and a vote whose source is after its target is
 * refused, with the whole block when it is the proposer's. The source is the target then.
 */
export function voteFor(
  slot: Slot,
  head: BlockSummary,
  target: Result<BlockNode, TargetError>,
  justified: BlockNode,
): AttestationData {
  const checked = target.ok && target.value.slot >= justified.slot ? target.value : justified
  return { slot, head: checkpointOf(head), target: checkpointOf(checked), source: checkpointOf(justified) }
}
