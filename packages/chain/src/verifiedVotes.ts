import { bytesEqual, type SignedAttestation, type Slot, type ValidatorIndex } from '@trine/types'
import { isSameVote } from './memo.ts'

/** No vote has this slot. */
const NONE = -1

/**
 * Votes whose signatures were found valid, so that none is verified twice: a vote from gossip comes back in a block, and
 * a vote from a block by gossip. For each validator those of its latest slots, the first of each slot.
 */
export class VerifiedVotes {
  readonly #perValidator: number
  /** The places of a validator stand side by side, ascending by slot, the free ones first. */
  readonly #slots: Float64Array
  readonly #votes: (SignedAttestation | undefined)[]

  constructor(validatorCount: number, perValidator: number) {
    this.#perValidator = perValidator
    this.#slots = new Float64Array(validatorCount * perValidator).fill(NONE)
    this.#votes = new Array<undefined>(validatorCount * perValidator).fill(undefined)
  }

  /** The first verified vote of a validator for a slot, if it is remembered. */
  at(validatorIndex: ValidatorIndex, slot: Slot): SignedAttestation | undefined {
    const first = validatorIndex * this.#perValidator
    for (let place = first + this.#perValidator - 1; place >= first; place--) {
      if (this.#slots[place] === slot) return this.#votes[place]
    }
    return undefined
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
    const first = validatorIndex * this.#perValidator
    let place = first + this.#perValidator - 1
    while (place >= first && this.#slots[place]! > slot) place -= 1
    // Old votes that come again do not push out the latest.
    if (place < first) return undefined
    this.#slots.copyWithin(first, first + 1, place + 1)
    this.#votes.copyWithin(first, first + 1, place + 1)
    this.#slots[place] = slot
    this.#votes[place] = vote
    return undefined
  }
}
