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
    return this.#isIn(candidate, undefined, new Set())
  }

  /**
   * The blocks among a block's waiting ancestors, itself included, that wait for support and have it. What supports a
   * block supports all below it, so each block is looked at once, however many ancestors wait.
   */
  givenAt(root: RootHex): Candidate[] {
    const given: Candidate[] = []
    const voters = new Set<unknown>()
    let above: Candidate | undefined
    let isGiven = false
    for (const candidate of this.#lineFrom(root)) {
      isGiven ||= this.#isIn(candidate, above, voters)
      if (isGiven && candidate.stage === 'support') given.push(candidate)
      above = candidate
    }
    return given
  }

  /** A block and its waiting ancestors, down to the last that waits for support. */
  #lineFrom(root: RootHex): readonly Candidate[] {
    const line: Candidate[] = []
    let length = 0
    let candidate = this.#candidates.get(root)
    while (candidate !== undefined) {
      line.push(candidate)
      if (candidate.stage === 'support') length = line.length
      candidate = this.#candidates.get(candidate.parentRoot)
    }
    return line.slice(0, length)
  }

  /** Whether there is support for a block, where `voters` are those for its child `above` and what stands on that. */
  #isIn(candidate: Candidate, above: Candidate | undefined, voters: Set<unknown>): boolean {
    if (above !== undefined && isSupport(above)) return true
    const subtree = [candidate]
    for (let block = subtree.pop(); block !== undefined; block = subtree.pop()) {
      if (block !== candidate && isSupport(block)) return true
      // Those that wait for a voted block are verified.
      if (this.#candidates.waitersFor(block.root).some(({ envelope }) => envelope.isVouchedFor)) return true
      for (const { vote } of this.#waitingVotes.for(block.root)) voters.add(vote.message.validatorIndex)
      for (const child of this.#candidates.childrenOf(block.root)) if (child !== above) subtree.push(child)
    }
    return 3 * voters.size >= this.#validatorCount
  }
}

/** Whether a block is support for those that it stands on. */
function isSupport({ isVerified, envelope }: Candidate): boolean {
  return isVerified && envelope.isVouchedFor
}
