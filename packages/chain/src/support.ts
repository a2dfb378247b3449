import type { RootHex } from '@trine/types'
import type { Candidate, Candidates } from './candidates.ts'
import type { WaitingVotes } from './waitingVotes.ts'

/**
 * When a block that its proposer does not vouch for is imported all the same: others may have taken it as the
 * specification says, and to stay away from a block that the network builds on would split us off.
 *
 * Verified votes of a third of all validators for the block, or for blocks on it, are support: at least one of them is
 * honest, where no more than a third are not. So is a verified block that its own proposer vouches for, if it stands on
 * this one or carries a vote for it: without this one nobody can import that one. A stranger without keys can make
 * neither.
 */
export class Support {
  readonly #candidates: Candidates
  readonly #waitingVotes: WaitingVotes
  readonly #validatorCount: number

  constructor(candidates: Candidates, waitingVotes: WaitingVotes, validatorCount: number) {
    this.#candidates = candidates
    this.#waitingVotes = waitingVotes
    this.#validatorCount = validatorCount
  }

  /** Whether there is support for a block. */
  isGiven(candidate: Candidate): boolean {
    const voters = new Set<unknown>()
    const subtree = [candidate]
    for (let block = subtree.pop(); block !== undefined; block = subtree.pop()) {
      if (block !== candidate && block.isVerified && block.envelope.isVouchedFor) return true
      // Those that wait for a voted block are verified.
      if (this.#candidates.waitersFor(block.root).some(({ envelope }) => envelope.isVouchedFor)) return true
      for (const { vote } of this.#waitingVotes.for(block.root)) voters.add(vote.message.validatorIndex)
      subtree.push(...this.#candidates.childrenOf(block.root))
    }
    return 3 * voters.size >= this.#validatorCount
  }

  /** The blocks among a block's waiting ancestors, itself included, that wait for support. */
  waitingAt(root: RootHex): Candidate[] {
    const waiting: Candidate[] = []
    let candidate = this.#candidates.get(root)
    while (candidate !== undefined) {
      if (candidate.stage === 'support') waiting.push(candidate)
      candidate = this.#candidates.get(candidate.parentRoot)
    }
    return waiting
  }
}
