import {
  bytesEqual,
  type Checkpoint,
  type RootHex,
  type SignedAttestation,
  type Slot,
  toHex,
  toNumber,
} from '@trine/types'
import type { HeadCheckpoints } from './votingView.ts'

/** Targets with votes in blocks, latest kept, that are not yet known to have moved a checkpoint. */
const PENDING_TARGETS = 8

/** Targets kept whose justification moved a checkpoint of the store. */
const DECISIVE_TARGETS = 16

type TargetVotes = { readonly slot: Slot; readonly votes: Map<number, SignedAttestation> }

/**
 * The votes by which the store's checkpoints moved.
 *
 * The store takes the highest checkpoints of any block, side branches too; votes are cast by the store's checkpoints but
 * counted by those of each state. When a late block moves the store and is then left behind, the states of the chain
 * never agree with the votes again, unless a block brings them these votes as well (docs/deviations.md).
 */
export class DecisiveVotes {
  private readonly pending = new Map<RootHex, TargetVotes>()
  private readonly decisive = new Map<RootHex, TargetVotes>()

  /** Notes the votes of an imported block; when it moved a checkpoint of the store, with what its post-state says. */
  add(
    votes: readonly SignedAttestation[],
    isJustified: HeadCheckpoints['isJustified'] | undefined,
    finalizedSlot: Slot,
  ): void {
    this.addPending(votes)
    dropLowest(this.pending, PENDING_TARGETS)
    if (isJustified === undefined) return
    for (const [root, target] of this.pending) {
      if (!isJustified(root, target.slot)) continue
      this.pending.delete(root)
      this.decisive.set(root, target)
    }
    for (const [root, { slot }] of this.decisive) if (slot <= finalizedSlot) this.decisive.delete(root)
    dropLowest(this.decisive, DECISIVE_TARGETS)
  }

  /** All of them, lowest target first, as a state that lags behind needs them. */
  all(): SignedAttestation[] {
    return [...this.decisive.values()]
      .sort((left, right) => left.slot - right.slot)
      .flatMap(({ votes }) => [...votes.values()])
  }

  private addPending(votes: readonly SignedAttestation[]): void {
    // Nearly all votes of a block are for the same target.
    let last: { readonly root: Uint8Array; readonly target: TargetVotes | undefined } | undefined
    for (const vote of votes) {
      const { validatorIndex, data } = vote.message
      const { root } = data.target
      if (last === undefined || !bytesEqual(last.root, root))
        last = { root, target: this.pendingTarget(data.target) }
      last.target?.votes.set(toNumber(validatorIndex), vote)
    }
  }

  /** The votes for a target, none where they have moved a checkpoint already. */
  private pendingTarget({ root, slot }: Checkpoint): TargetVotes | undefined {
    const rootHex = toHex(root)
    if (this.decisive.has(rootHex)) return undefined
    let target = this.pending.get(rootHex)
    if (target === undefined) {
      target = { slot: toNumber(slot), votes: new Map() }
      this.pending.set(rootHex, target)
    }
    return target
  }
}

function dropLowest(targets: Map<RootHex, TargetVotes>, limit: number): void {
  if (targets.size <= limit) return
  const lowestFirst = [...targets].sort(([, left], [, right]) => left.slot - right.slot)
  for (const [root] of lowestFirst.slice(0, targets.size - limit)) targets.delete(root)
}
