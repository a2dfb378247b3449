import { type Candidate, type Candidates, type Envelope, votesOf } from './candidates.ts'
import type { Verification } from './verification.ts'
import type { VerifiedVotes } from './verifiedVotes.ts'

export type BlockVerificationParts = {
  readonly candidates: Candidates
  readonly verification: Verification
  readonly verified: VerifiedVotes
  /** The signatures of a candidate's copy were judged; called once for each copy that was put into the queue. */
  readonly onJudged: (candidate: Candidate, outcome: 'valid' | 'invalid' | 'unverified') => void
}

/** Has the signatures of blocks verified: those that were not verified before, block after block. */
export class BlockVerification {
  readonly #parts: BlockVerificationParts
  readonly #queue: { readonly candidate: Candidate; readonly envelope: Envelope }[] = []

  constructor(parts: BlockVerificationParts) {
    this.#parts = parts
  }

  /** Puts a candidate into the queue; begins with it at once if there is room. */
  enqueue(candidate: Candidate): void {
    candidate.stage = 'queue'
    this.#queue.push({ candidate, envelope: candidate.envelope })
    this.fill()
  }

  /** Begins with as many blocks as there is room for. */
  fill(): void {
    while (this.#queue.length > 0 && this.#parts.verification.hasRoomForBlock) {
      const { candidate, envelope } = this.#queue.shift()!
      if (this.#isCurrent(candidate, envelope)) this.#begin(candidate, envelope)
    }
  }

  #begin(candidate: Candidate, envelope: Envelope): void {
    const { verification, verified, onJudged } = this.#parts
    candidate.stage = 'signatures'
    const votes = votesOf(candidate).filter((vote) => !verified.has(vote))
    let open = votes.length
    if (open === 0) return onJudged(candidate, 'valid')
    let isOver = false
    for (const vote of votes) {
      verification.verify(vote, true, (outcome) => {
        open -= 1
        if (isOver || (outcome === 'valid' && open > 0)) return
        isOver = true
        if (this.#isCurrent(candidate, envelope)) onJudged(candidate, outcome)
      })
    }
  }

  /** Whether the candidate is still here, and with the same copy. */
  #isCurrent(candidate: Candidate, envelope: Envelope): boolean {
    return this.#parts.candidates.has(candidate) && candidate.envelope === envelope
  }
}
