import {
  bytesEqual,
  type RootHex,
  type SignedAttestation,
  type Slot,
  type ValidatorIndex,
} from '@trine/types'
import { voteFacts } from './memo.ts'

type Entry = { readonly slot: Slot; readonly rootHex: RootHex; readonly vote: SignedAttestation }

/**
 * Votes whose signatures were found valid, so that none is verified twice: a vote from gossip comes back in a block, and
 * a vote from a block by gossip. For each validator those of its latest slots, the first of each slot.
 */
export class VerifiedVotes {
  readonly #perValidator: number
  readonly #entries: Entry[][]

  constructor(validatorCount: number, perValidator: number) {
    this.#perValidator = perValidator
    this.#entries = Array.from({ length: validatorCount }, () => [])
  }

  /** The first verified vote of a validator for a slot, if it is remembered. */
  at(validatorIndex: ValidatorIndex, slot: Slot): SignedAttestation | undefined {
    return this.#find(validatorIndex, slot)?.vote
  }

  /** Whether this very vote, signature included, was verified. */
  has(vote: SignedAttestation): boolean {
    const entry = this.#find(vote.message.validatorIndex as number, vote.message.data.slot as number)
    return (
      entry !== undefined &&
      entry.rootHex === voteFacts(vote.message).rootHex &&
      bytesEqual(entry.vote.signature, vote.signature)
    )
  }

  /** Remembers a verified vote; returns the vote for the same slot that it contradicts, if there is one. */
  note(vote: SignedAttestation): SignedAttestation | undefined {
    const validatorIndex = vote.message.validatorIndex as number
    const slot = vote.message.data.slot as number
    const rootHex = voteFacts(vote.message).rootHex
    const known = this.#find(validatorIndex, slot)
    if (known !== undefined) return known.rootHex === rootHex ? undefined : known.vote
    const entries = this.#entries[validatorIndex]!
    // Ascending by slot; old votes that come again do not push out the latest.
    const place = entries.findLastIndex((entry) => entry.slot < slot) + 1
    entries.splice(place, 0, { slot, rootHex, vote })
    if (entries.length > this.#perValidator) entries.shift()
    return undefined
  }

  #find(validatorIndex: ValidatorIndex, slot: Slot): Entry | undefined {
    const entries = this.#entries[validatorIndex]!
    for (let index = entries.length - 1; index >= 0; index--) {
      if (entries[index]!.slot === slot) return entries[index]
    }
    return undefined
  }
}
