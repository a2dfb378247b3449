import { bytesEqual, type SignedAttestation, type Slot, type ValidatorIndex } from '@trine/types'
import { isSameVote } from './memo.ts'

/**
 * Votes whose signatures were found valid, so that none is verified twice: a vote from gossip comes back in a block, and
 * a vote from a block by gossip. For each validator those of its latest slots, the first of each slot.
 */
export class VerifiedVotes {
  readonly #perValidator: number
  /** By validator, ascending by slot. */
  readonly #votes: SignedAttestation[][]

  constructor(validatorCount: number, perValidator: number) {
    this.#perValidator = perValidator
    this.#votes = Array.from({ length: validatorCount }, () => [])
  }

  /** The first verified vote of a validator for a slot, if it is remembered. */
  at(validatorIndex: ValidatorIndex, slot: Slot): SignedAttestation | undefined {
    return this.#votes[validatorIndex]!.findLast(({ message }) => message.data.slot === slot)
  }

  /** Whether this very vote, signature included, was verified. */
  has({ message, signature }: SignedAttestation): boolean {
    const known = this.at(Number(message.validatorIndex), Number(message.data.slot))
    return known !== undefined && isSameVote(known.message, message) && bytesEqual(known.signature, signature)
  }

  /** Remembers a verified vote; returns the vote for the same slot that it contradicts, if there is one. */
  note(vote: SignedAttestation): SignedAttestation | undefined {
    const validatorIndex = Number(vote.message.validatorIndex)
    const slot = Number(vote.message.data.slot)
    const known = this.at(validatorIndex, slot)
    if (known !== undefined) return isSameVote(known.message, vote.message) ? undefined : known
    const votes = this.#votes[validatorIndex]!
    // Old votes that come again do not push out the latest.
    const place = votes.findLastIndex(({ message }) => message.data.slot < slot) + 1
    votes.splice(place, 0, vote)
    if (votes.length > this.#perValidator) votes.shift()
    return undefined
  }
}
