import {
  type SignedAttestation,
  type Slot,
  sameAttestationData,
  type Uint64,
  type ValidatorIndex,
} from '@trine/types'
import type { HeadVote } from './protoArray.ts'

/** A vote that was validated, with the block it names as head. */
export type Vote = SignedAttestation & HeadVote & { readonly slot: Uint64 }

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

  /** The slot of the latest vote of a validator in either lane; -1 for none. */
  latestSlotOf(validatorIndex: ValidatorIndex): Slot {
    const known = this.known.get(validatorIndex)?.slot ?? -1
    const waiting = this.new.get(validatorIndex)?.slot ?? -1
    return Math.max(Number(known), Number(waiting))
  }

  /** A vote from a block's body is known at once, and replaces a new one that is not later. */
  addFromBlock(validatorIndex: ValidatorIndex, vote: Vote): VoteOutcome {
    const outcome = this.addTo(this.known, validatorIndex, vote)
    const waiting = this.new.get(validatorIndex)
    if (waiting && waiting.slot <= vote.slot) this.new.delete(validatorIndex)
    return outcome
  }

  /** A vote from gossip, or the proposer's own, is new. */
  addFromGossip(validatorIndex: ValidatorIndex, vote: Vote): VoteOutcome {
    return this.addTo(this.new, validatorIndex, vote)
  }

  /** Takes these votes for what was there before. */
  replace(known: ReadonlyMap<ValidatorIndex, Vote>, waiting: ReadonlyMap<ValidatorIndex, Vote>): void {
    this.known.clear()
    this.new.clear()
    for (const [validatorIndex, vote] of known) this.known.set(validatorIndex, vote)
    for (const [validatorIndex, vote] of waiting) this.new.set(validatorIndex, vote)
  }

  /** Moves all new votes to the known ones, where each replaces whatever vote its validator had there, later or not. */
  acceptNew(): void {
    this.new.forEach((vote, validatorIndex) => void this.known.set(validatorIndex, vote))
    this.new.clear()
  }

  private addTo(lane: Map<ValidatorIndex, Vote>, validatorIndex: ValidatorIndex, vote: Vote): VoteOutcome {
    const equivocation =
      contradiction(this.known.get(validatorIndex), vote) ?? contradiction(this.new.get(validatorIndex), vote)
    const current = lane.get(validatorIndex)
    const isAdded = current === undefined || current.slot < vote.slot
    if (isAdded) lane.set(validatorIndex, vote)
    return equivocation ? { isAdded, equivocation } : isAdded ? ADDED : NOT_ADDED
  }
}

const ADDED: VoteOutcome = { isAdded: true }
const NOT_ADDED: VoteOutcome = { isAdded: false }

function contradiction(earlier: Vote | undefined, later: Vote): Equivocation | undefined {
  if (earlier === undefined || earlier.slot !== later.slot) return undefined
  return sameAttestationData(earlier.message.data, later.message.data) ? undefined : { earlier, later }
}
