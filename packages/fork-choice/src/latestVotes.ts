import {
  type AttestationData,
  bytesEqual,
  type Checkpoint,
  type SignedAttestation,
  type ValidatorIndex,
} from '@trine/types'
import type { HeadVote } from './protoArray.ts'

/** A vote that was validated, with the block it names as head. */
export type Vote = SignedAttestation & HeadVote

/** Two different votes of one validator for one slot: evidence of a broken or dishonest signer. */
export type Equivocation = { readonly earlier: SignedAttestation; readonly later: SignedAttestation }

/** What became of a vote. */
export type VoteOutcome = {
  /** Whether the vote is now in a lane; if not, that lane holds one of the same or a later slot. */
  readonly isAdded: boolean
  readonly equivocation?: Equivocation
}

/**
 * The latest vote of each validator, in the two lanes of the specification: `new` ones wait for the next acceptance and
 * only move the safe target, `known` ones have weight for the head.
 *
 * The order of the maps is that of Python's dictionaries: a replaced vote keeps its place, a removed one loses it. The
 * order of a produced block's votes follows from it.
 */
export class LatestVotes {
  readonly known = new Map<ValidatorIndex, Vote>()
  readonly new = new Map<ValidatorIndex, Vote>()

  /** A vote from a block's body is known at once, and replaces a new one that is not later. */
  addFromBlock(validatorIndex: ValidatorIndex, vote: Vote): VoteOutcome {
    const outcome = this.addTo(this.known, validatorIndex, vote)
    const waiting = this.new.get(validatorIndex)
    if (waiting && waiting.message.data.slot <= vote.message.data.slot) this.new.delete(validatorIndex)
    return outcome
  }

  /** A vote from gossip, or the proposer's own, is new. */
  addFromGossip(validatorIndex: ValidatorIndex, vote: Vote): VoteOutcome {
    return this.addTo(this.new, validatorIndex, vote)
  }

  /** Moves all new votes to the known ones, where each replaces whatever vote its validator had there, later or not. */
  acceptNew(): void {
    for (const [validatorIndex, vote] of this.new) this.known.set(validatorIndex, vote)
    this.new.clear()
  }

  private addTo(lane: Map<ValidatorIndex, Vote>, validatorIndex: ValidatorIndex, vote: Vote): VoteOutcome {
    const earlier = [this.known.get(validatorIndex), this.new.get(validatorIndex)].find(
      (other) => other !== undefined && isEquivocation(other.message.data, vote.message.data),
    )
    const current = lane.get(validatorIndex)
    const isAdded = current === undefined || current.message.data.slot < vote.message.data.slot
    if (isAdded) lane.set(validatorIndex, vote)
    return earlier ? { isAdded, equivocation: { earlier, later: vote } } : { isAdded }
  }
}

/** Whether two votes say the same. */
export function sameAttestationData(left: AttestationData, right: AttestationData): boolean {
  return (
    left === right ||
    (left.slot === right.slot &&
      sameCheckpoint(left.head, right.head) &&
      sameCheckpoint(left.target, right.target) &&
      sameCheckpoint(left.source, right.source))
  )
}

function isEquivocation(left: AttestationData, right: AttestationData): boolean {
  return left.slot === right.slot && !sameAttestationData(left, right)
}

function sameCheckpoint(left: Checkpoint, right: Checkpoint): boolean {
  return left.slot === right.slot && bytesEqual(left.root, right.root)
}
