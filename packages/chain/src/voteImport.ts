import type { ActorContext } from '@trine/actors'
import { describeAttestationError, type Store } from '@trine/fork-choice'
import type { ChainMessage, GossipReference } from '@trine/messages'
import type { RootHex, SignedAttestation, Slot, ValidatorIndex } from '@trine/types'
import { checkSigner } from './blockShape.ts'
import type { EvidenceStore } from './evidenceStore.ts'
import { isSameVote } from './memo.ts'
import type { Neighbours } from './neighbours.ts'
import { type Rejection, rejection } from './verdicts.ts'
import type { Verification, VerificationOutcome } from './verification.ts'
import type { VerifiedVotes } from './verifiedVotes.ts'
import type { VoteLedger } from './voteLedger.ts'
import type { WaitingVote, WaitingVotes } from './waitingVotes.ts'

export type VoteImportParts = {
  readonly context: ActorContext<ChainMessage>
  readonly store: Store
  readonly verified: VerifiedVotes
  readonly verification: Verification
  readonly waitingVotes: WaitingVotes
  readonly ledger: VoteLedger
  readonly evidence: EvidenceStore
  readonly neighbours: Neighbours
  readonly waitingVoteSlots: number
  /** What is known of a block that is not in the tree. */
  readonly blockStatus: (root: RootHex) => 'waiting' | 'hopeless' | 'unknown'
  /** A verified vote waits for a block that is itself waiting: it may be support for it. */
  readonly onSupport: (root: RootHex) => void
}

/** How a vote came by gossip, and when its turn came, by the monotonic clock. */
type Arrival = { readonly gossip: GossipReference; readonly since: number }

const ACCEPTED: Rejection = { reason: 'ACCEPTED', message: '' }

/** Takes single votes: from gossip and from our validators. */
export class VoteImport {
  readonly #parts: VoteImportParts

  constructor(parts: VoteImportParts) {
    this.#parts = parts
  }

  /** A vote from gossip. Its verdict is told once, at once or after its signature was verified. */
  receive(vote: SignedAttestation, gossip: GossipReference): void {
    const { verified, verification } = this.#parts
    const arrival = { gossip, since: this.#now() }
    const refused = this.#checkUnverified(vote)
    if (refused !== undefined) {
      this.#tell(vote, arrival, refused)
    } else if (verified.has(vote)) {
      this.#tell(vote, arrival, this.#take(vote, 'gossip', arrival))
    } else {
      verification.verify(vote, false, (outcome) => this.#finish(vote, arrival, outcome))
    }
  }

  /** A vote that was signed here. */
  receiveOwn(vote: SignedAttestation): void {
    if (checkSigner(vote, this.#parts.store.validatorCount)) return
    this.#parts.ledger.noteOwn(vote)
    this.#take(vote, 'own', undefined)
  }

  /** Tries votes again that waited for a block which is imported now. */
  blockImported(root: RootHex): void {
    const { waitingVotes } = this.#parts
    if (waitingVotes.has(root)) this.#retry(waitingVotes.takeFor(root))
  }

  /** Tries votes again whose slot has begun, and drops those that waited too long. */
  slotBegan(slot: Slot): void {
    const { waitingVotes, waitingVoteSlots } = this.#parts
    waitingVotes.dropBefore(slot - waitingVoteSlots)
    this.#retry(waitingVotes.takeForSlot(slot))
  }

  #retry(votes: readonly WaitingVote[]): void {
    for (const { vote, origin } of votes) this.#take(vote, origin, undefined)
  }

  #finish(vote: SignedAttestation, arrival: Arrival, outcome: VerificationOutcome): void {
    if (outcome === 'valid') this.#tell(vote, arrival, this.#take(vote, 'gossip', arrival))
    else if (outcome === 'invalid') {
      const { validatorIndex, data } = vote.message
      const expected = `expected a signature of validator ${validatorIndex} for slot ${data.slot}`
      this.#tell(vote, arrival, rejection('INVALID_SIGNATURE', `${expected}, got another`))
    } else this.#tell(vote, arrival, rejection('VERIFIER_UNAVAILABLE', 'expected a verdict, got none'))
  }

  /** Why a vote need not even be verified. */
  #checkUnverified(vote: SignedAttestation): Rejection | undefined {
    const { store, evidence, waitingVotes } = this.#parts
    const wrong = checkSigner(vote, store.validatorCount)
    if (wrong) return wrong
    const validatorIndex = Number(vote.message.validatorIndex)
    const slot = Number(vote.message.data.slot)
    if (slot > store.currentSlot + 1) {
      return rejection('FAR_FUTURE', `expected a slot of at most ${store.currentSlot + 1}, got ${slot}`)
    }
    const first = this.#firstOf(validatorIndex, slot)
    if (first !== undefined && !isSameVote(first.message, vote.message)) {
      // The second vote for a slot is worth verifying, because it is evidence; a third is not.
      return evidence.hasVotes(validatorIndex, slot) ? equivocation(validatorIndex, slot) : undefined
    }
    const latest = store.latestVoteSlot(validatorIndex)
    if (slot < latest) return rejection('SUPERSEDED', `expected a slot after ${latest}, got ${slot}`)
    const isTaken = slot === latest && first !== undefined
    return isTaken || waitingVotes.at(validatorIndex, slot) !== undefined ? duplicate(vote) : undefined
  }

  /** The first verified vote of a validator for a slot: among the latest, or among those that wait, which may be older. */
  #firstOf(validatorIndex: ValidatorIndex, slot: Slot): SignedAttestation | undefined {
    const { verified, waitingVotes } = this.#parts
    return verified.at(validatorIndex, slot) ?? waitingVotes.at(validatorIndex, slot)
  }

  /** Hands a verified vote to the store, or lets it wait; returns what became of it. */
  #take(vote: SignedAttestation, origin: 'gossip' | 'own', arrival: Arrival | undefined): Rejection {
    const { store, evidence, waitingVotes, ledger } = this.#parts
    const validatorIndex = Number(vote.message.validatorIndex)
    const slot = Number(vote.message.data.slot)
    const first = this.#firstOf(validatorIndex, slot)
    if (first !== undefined && !isSameVote(first.message, vote.message)) {
      evidence.add({ kind: 'twoVotes', validatorIndex, slot, first, second: vote })
      return equivocation(validatorIndex, slot)
    }
    const latest = store.latestVoteSlot(validatorIndex)
    if (slot < latest) return rejection('SUPERSEDED', `expected a slot after ${latest}, got ${slot}`)
    if (slot === latest || waitingVotes.at(validatorIndex, slot) !== undefined) return duplicate(vote)
    if (slot > store.currentSlot) {
      if (!waitingVotes.waitForSlot({ vote, origin })) return noRoom(waitingVotes)
      return rejection('WAITS_FOR_SLOT', `expected a slot of at most ${store.currentSlot}, got ${slot}`)
    }
    const taken = store.onAttestation(vote)
    if (taken.ok) {
      ledger.noteTaken(vote, origin, arrival && this.#now() - arrival.since)
      return ACCEPTED
    }
    const { error } = taken
    if ('root' in error) return this.#waitForBlock({ vote, origin }, error.root, arrival?.gossip)
    return { reason: error.code, message: describeAttestationError(error) }
  }

  #waitForBlock(waitingVote: WaitingVote, root: RootHex, gossip: GossipReference | undefined): Rejection {
    const { waitingVotes, neighbours, blockStatus, store, waitingVoteSlots, onSupport } = this.#parts
    const status = blockStatus(root)
    const { slot } = waitingVote.vote.message.data
    if (status === 'hopeless')
      return rejection('VOTE_FOR_REFUSED_BLOCK', `expected a valid block, got ${root}`)
    if (slot < store.currentSlot - waitingVoteSlots) {
      return rejection('UNKNOWN_HEAD_BLOCK', `expected a known block, got ${root} in a vote of slot ${slot}`)
    }
    if (!waitingVotes.waitForBlock(root, waitingVote)) return noRoom(waitingVotes)
    if (status === 'unknown') neighbours.missingBlock(root, gossip?.peerId)
    else onSupport(root)
    return rejection('WAITS_FOR_VOTED_BLOCK', `expected a known block, got ${root}`)
  }

  #tell(vote: SignedAttestation, { gossip, since }: Arrival, outcome: Rejection): void {
    this.#parts.neighbours.verdict(gossip, outcome.reason)
    this.#parts.neighbours.voteRejected(vote, outcome, this.#now() - since)
  }

  #now(): number {
    return this.#parts.context.scheduler.monotonic()
  }
}

function equivocation(validatorIndex: ValidatorIndex, slot: Slot): Rejection {
  return rejection(
    'EQUIVOCATION',
    `expected one vote of validator ${validatorIndex} for slot ${slot}, got two`,
  )
}

function duplicate({ message }: SignedAttestation): Rejection {
  return rejection('DUPLICATE', `expected a new vote, got one of validator ${message.validatorIndex} again`)
}

function noRoom({ size }: WaitingVotes): Rejection {
  return rejection('NO_ROOM', `expected at most so many waiting votes, have ${size}`)
}
