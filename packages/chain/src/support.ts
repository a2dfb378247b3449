import type { RootHex } from '@trine/types'
import type { Candidate, Candidates } from './candidates.ts'
import type { WaitingVotes } from './waitingVotes.ts'

/**
 * When a block that its proposer does not vouch for is imported all the same: others may have taken it as the
 * specification says, and to stay away from a block that the network builds on would split us off.
 *
 * Verified votes of a third of all validators for the block, or for blocks on it, are support: at least one of them is
 * honest, where no more than a third are not. So is a block on it that its own proposer vouches for, once that is
 * verified. A stranger without keys can make neither.
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

  /** Whether the votes that wait for a block and its descendants support it. */
  hasVotes(candidate: Candidate): boolean {
    const voters = new Set<unknown>()
    const roots = [candidate.root]
    for (let root = roots.pop(); root !== undefined; root = roots.pop()) {
      for (const { vote } of this.#waitingVotes.for(root)) voters.add(vote.message.validatorIndex)
      for (const child of this.#candidates.childrenOf(root)) roots.push(child.root)
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
