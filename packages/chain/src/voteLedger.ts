import type { Store } from '@trine/fork-choice'
import type { EventSink, ValidationTime } from '@trine/messages'
import type {
  Attestation,
  SignedAttestation,
  SignedBlockWithAttestation,
  Slot,
  ValidatorIndex,
} from '@trine/types'
import type { EvidenceStore } from './evidenceStore.ts'
import type { LinkTally } from './linkTally.ts'
import { isSameVote, signedVotes, voteContent } from './memo.ts'
import type { Neighbours } from './neighbours.ts'
import type { StoreStep } from './parts.ts'
import type { VerifiedVotes } from './verifiedVotes.ts'

/** Votes in our validators' names are watched for so many slots: older ones, replayed by a stranger, prove nothing. */
const WATCHED_SLOTS = 8

export type VoteLedgerParts = {
  readonly store: Store
  readonly verified: VerifiedVotes
  readonly tally: LinkTally
  readonly evidence: EvidenceStore
  readonly neighbours: Neighbours
  readonly events: EventSink
  readonly ownValidators: readonly ValidatorIndex[]
  readonly onStoreStep: ((step: StoreStep) => void) | undefined
}

/** What is noted about every vote: that it was verified, that it contradicts another, that we did not make it, that the store took it. */
export class VoteLedger {
  readonly #parts: VoteLedgerParts
  /** What our validators signed lately, by slot. */
  readonly #ownVotes: ReadonlyMap<ValidatorIndex, Map<Slot, Attestation>>
  /** Slot of the first tick: votes up to it may be ours, from before a restart. */
  #firstSlot: Slot = Number.POSITIVE_INFINITY

  constructor(parts: VoteLedgerParts) {
    this.#parts = parts
    this.#ownVotes = new Map(parts.ownValidators.map((validatorIndex) => [validatorIndex, new Map()]))
  }

  begin(slot: Slot): void {
    this.#firstSlot = Math.min(this.#firstSlot, slot)
    for (const votes of this.#ownVotes.values()) {
      for (const voted of votes.keys()) if (voted < slot - WATCHED_SLOTS) votes.delete(voted)
    }
  }

  /** Notes a vote that was signed here. */
  noteOwn(vote: SignedAttestation): void {
    const { validatorIndex, data } = vote.message
    this.#ownVotes.get(Number(validatorIndex))?.set(Number(data.slot), vote.message)
    this.noteVerified(vote)
  }

  /** Notes a vote whose signature is valid. */
  noteVerified(vote: SignedAttestation): void {
    const { verified, evidence, neighbours } = this.#parts
    const validatorIndex = Number(vote.message.validatorIndex)
    const slot = Number(vote.message.data.slot)
    const first = verified.note(vote)
    if (first !== undefined) {
      evidence.add({ kind: 'twoVotes', validatorIndex, slot, first, second: vote })
    }
    if (this.#isForeign(validatorIndex, slot, vote)) neighbours.foreignVote(vote)
  }

  /** Notes a vote from gossip, or our own, that the store took. */
  noteTaken(
    signedAttestation: SignedAttestation,
    origin: 'gossip' | 'own',
    validationTime: ValidationTime,
  ): void {
    this.#parts.onStoreStep?.({ type: 'attestation', signedAttestation })
    this.#count(signedAttestation, origin, validationTime)
  }

  /** Notes a vote that was verified before a restart. */
  noteRestored(vote: SignedAttestation): void {
    this.#parts.verified.note(vote)
    this.#parts.tally.add(vote)
  }

  /** Notes the votes of a block that was imported; of one that is restored after a restart, without events. */
  noteBlock(signedBlock: SignedBlockWithAttestation, origin: 'own' | 'other' | 'restored'): void {
    const votes = signedVotes(signedBlock)
    const proposerVote = votes.at(-1)!
    if (origin === 'own') this.noteOwn(proposerVote)
    for (const vote of votes) {
      if (origin === 'restored') this.noteRestored(vote)
      else this.#count(vote, vote === proposerVote && origin === 'own' ? 'own' : 'block', undefined)
    }
    this.#keepLaterVote(Number(proposerVote.message.validatorIndex))
  }

  #count(vote: SignedAttestation, origin: 'gossip' | 'block' | 'own', validationTime: ValidationTime): void {
    const { validatorIndex, data } = vote.message
    const { head, target, source } = voteContent(data)
    this.#parts.tally.add(vote)
    this.#parts.events.emit({
      type: 'attestation',
      validatorIndex: Number(validatorIndex),
      slot: Number(data.slot),
      head,
      target,
      source,
      origin,
      validationTime,
    })
  }

  /**
   * A block that comes late brings its proposer's vote as a new one, and the next acceptance would put it in the place of
   * a later vote. Giving the store the later vote again, as gossip might, keeps it where it is.
   */
  #keepLaterVote(validatorIndex: ValidatorIndex): void {
    const { store, onStoreStep } = this.#parts
    const known = store.latestKnownAttestations.get(validatorIndex)
    const waiting = store.latestNewAttestations.get(validatorIndex)
    if (known === undefined || waiting === undefined) return
    if (known.message.data.slot <= waiting.message.data.slot) return
    const signedAttestation = { message: known.message, signature: known.signature }
    if (store.onAttestation(signedAttestation).ok) onStoreStep?.({ type: 'attestation', signedAttestation })
  }

  #isForeign(validatorIndex: ValidatorIndex, slot: Slot, vote: SignedAttestation): boolean {
    const own = this.#ownVotes.get(validatorIndex)
    if (own === undefined) return false
    const ours = own.get(slot)
    // Beside what was signed in this life there can be nothing else of ours, whenever it comes.
    if (ours !== undefined) return !isSameVote(ours, vote.message)
    return slot > this.#firstSlot && slot >= this.#parts.store.currentSlot - WATCHED_SLOTS
  }
}
