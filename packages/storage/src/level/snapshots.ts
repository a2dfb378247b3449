import type { BlockReference, StoreBatch } from '@trine/messages'
import type { Slot, State } from '@trine/types'

/** Blocks whose states are stored, by slot: finalized ones, and while finality is missing some up to the head. */
export type StoredStates = {
  readonly final: readonly BlockReference[]
  readonly pending: readonly BlockReference[]
}

export type SnapshotPlan = {
  readonly stored: StoredStates
  readonly put: readonly { readonly block: BlockReference; readonly state: State }[]
  readonly drop: readonly BlockReference[]
}

/** Finalized states kept. A restart may go back further than the last one, for blocks beside the chain. */
const FINAL = 4

/** States of blocks after finality kept, the fewer the older. */
const PENDING = 16

/** Which states of a batch are to be stored, and which are not needed any more. */
export function planSnapshots(before: StoredStates, batch: StoreBatch, snapshotSlots: number): SnapshotPlan {
  const { finalized, head } = batch
  const discarded = new Set(batch.discarded)
  const stateOf = ({ root }: BlockReference) =>
    discarded.has(root) ? undefined : batch.states.find((post) => post.root === root)?.state
  const put: { block: BlockReference; state: State }[] = []
  const final = before.final.filter(({ root }) => !discarded.has(root))
  const pending = before.pending.filter(({ root, slot }) => slot > finalized.slot && !discarded.has(root))
  const finalState = isDue(finalized, final.at(-1), snapshotSlots) ? stateOf(finalized) : undefined
  if (finalState !== undefined) {
    final.push(finalized)
    put.push({ block: finalized, state: finalState })
  }
  const isLate = head.slot >= finalized.slot + snapshotSlots
  const headState = isLate && isDue(head, pending.at(-1), snapshotSlots) ? stateOf(head) : undefined
  if (headState !== undefined) {
    pending.push(head)
    put.push({ block: head, state: headState })
  }
  const stored = { final: final.slice(-FINAL), pending: thinned(pending, head.slot) }
  const kept = new Set([...stored.final, ...stored.pending].map(({ root }) => root))
  const drop = [...before.final, ...before.pending].filter(({ root }) => !kept.has(root))
  return { stored, put, drop }
}

function isDue(block: BlockReference, latest: BlockReference | undefined, snapshotSlots: number): boolean {
  return latest === undefined || (block.slot >= latest.slot + snapshotSlots && block.root !== latest.root)
}

/** Without the one whose loss leaves the smallest gap, measured by its distance from the head. */
function thinned(pending: readonly BlockReference[], headSlot: Slot): BlockReference[] {
  const kept = [...pending]
  while (kept.length > PENDING) {
    const costs = kept.slice(1, -1).map(({ slot }, index) => {
      return (kept[index + 2]!.slot - kept[index]!.slot) / (headSlot - slot + 1)
    })
    kept.splice(1 + costs.indexOf(Math.min(...costs)), 1)
  }
  return kept
}
