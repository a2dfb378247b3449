import { type BlockTable, ZERO } from './blockTable.ts'
import type { ForkChoice } from './forkChoice.ts'
import { IndexSet } from './indexSet.ts'
import type { VoteTable } from './voteTable.ts'

/** What all stakers of a run share: the content of blocks and votes, and a scratch fork choice. */
export type Shared = {
  readonly stakers: number
  readonly blocks: BlockTable
  readonly votes: VoteTable
  readonly forkChoice: ForkChoice
  readonly votesForSafeTarget: number
}

/** An item under way or waiting: a vote's index, or a block's as `-1 - index`. */
export function blockItem(block: number): number {
  return -1 - block
}

/**
 * What one staker knows and thinks. Blocks and votes are table indices. The derived counts that Python computes anew
 * each time (latest votes, their number by head, the latest justified state) are kept up to date instead.
 */
export class StakerView {
  /** Known blocks in the order of acceptance. */
  readonly chain: number[] = [0]
  /** Latest known vote of each staker, -1 before the first. */
  readonly latestVote: Int32Array
  /** Votes waiting to be taken into account. */
  readonly newVotes: number[] = []
  knownVoteCount = 0
  head = 0
  justified = ZERO
  safeTarget: number | undefined
  readonly #shared: Shared
  readonly #knownBlocks = new IndexSet()
  readonly #knownVotes = new IndexSet()
  readonly #waitingVotes = new IndexSet()
  /** Latest known votes counted by their head. */
  readonly #votesByHead: number[] = []
  /** Known votes by source in the order of acceptance: only proposals need it, so it is dropped after the last one. */
  #votesBySource: Map<number, number[]> | undefined = new Map()
  readonly #dependencies = new Map<number, number[]>()
  #justifiedSlot = 0

  constructor(shared: Shared) {
    this.#shared = shared
    this.latestVote = new Int32Array(shared.stakers).fill(-1)
    this.#knownBlocks.add(0)
  }

  receive(item: number): void {
    if (item >= 0) this.receiveVote(item)
    else this.#receiveBlocks(-1 - item)
  }

  receiveVote(vote: number): void {
    if (this.#knownVotes.has(vote) || this.#waitingVotes.has(vote)) return
    const head = this.#shared.votes.head[vote]!
    if (this.#knownBlocks.has(head)) {
      this.newVotes.push(vote)
      this.#waitingVotes.add(vote)
    } else {
      this.#wait(head, vote)
    }
  }

  /** Takes a block into the chain without more ado, as a proposer does with its own. */
  addBlock(block: number): void {
    this.#knownBlocks.add(block)
    this.chain.push(block)
    const state = this.#shared.blocks.postState[block]!
    if (state.justifiedSlot > this.#justifiedSlot) {
      this.justified = state.justified
      this.#justifiedSlot = state.justifiedSlot
    }
  }

  acceptNewVotes(): void {
    for (const vote of this.newVotes) {
      this.#waitingVotes.delete(vote)
      this.#know(vote)
    }
    this.newVotes.length = 0
    this.#recomputeHead()
  }

  computeSafeTarget(): void {
    const { stakers, blocks, votes, forkChoice, votesForSafeTarget } = this.#shared
    const latest = new Int32Array(stakers).fill(-1)
    for (const vote of this.newVotes) replaceIfLater(latest, vote, votes)
    const byHead = new Int32Array(blocks.size)
    for (const vote of latest) if (vote >= 0) byHead[votes.head[vote]!]! += 1
    this.safeTarget = forkChoice.head(this.justified, this.#knownBlocks, byHead, votesForSafeTarget)
  }

  /** Known votes with this source, oldest acceptance first. */
  votesWithSource(source: number): readonly number[] {
    if (this.#votesBySource === undefined) throw new Error('expected no proposal after the last one')
    return this.#votesBySource.get(source) ?? []
  }

  /** Says that the staker will make no more blocks. */
  endProposals(): void {
    this.#votesBySource = undefined
  }

  /** Receives a block and everything that waited for it, each thing's own followers right after it. */
  #receiveBlocks(first: number): void {
    const stack = [blockItem(first)]
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      if (item >= 0) {
        this.receiveVote(item)
        continue
      }
      const block = -1 - item
      if (!this.#acceptBlock(block)) continue
      const followers = this.#dependencies.get(block)
      if (followers === undefined) continue
      this.#dependencies.delete(block)
      stack.push(...followers.reverse())
    }
  }

  #acceptBlock(block: number): boolean {
    if (this.#knownBlocks.has(block)) return false
    const { blocks } = this.#shared
    const parent = blocks.parent[block]!
    if (!this.#knownBlocks.has(parent)) {
      this.#wait(parent, blockItem(block))
      return false
    }
    this.addBlock(block)
    for (const vote of blocks.votes[block]!) this.#know(vote)
    this.#recomputeHead()
    return true
  }

  #know(vote: number): void {
    if (this.#knownVotes.has(vote)) return
    this.#knownVotes.add(vote)
    this.knownVoteCount += 1
    const { votes } = this.#shared
    const replaced = replaceIfLater(this.latestVote, vote, votes)
    if (replaced !== vote) {
      const counts = this.#votesByHead
      const head = votes.head[vote]!
      while (counts.length <= head) counts.push(0)
      counts[head]! += 1
      if (replaced >= 0) counts[votes.head[replaced]!]! -= 1
    }
    if (this.#votesBySource === undefined) return
    const source = votes.source[vote]!
    const sameSource = this.#votesBySource.get(source)
    if (sameSource === undefined) this.#votesBySource.set(source, [vote])
    else sameSource.push(vote)
  }

  #recomputeHead(): void {
    this.head = this.#shared.forkChoice.head(this.justified, this.#knownBlocks, this.#votesByHead, 0)
  }

  #wait(block: number, item: number): void {
    const waiting = this.#dependencies.get(block)
    if (waiting === undefined) this.#dependencies.set(block, [item])
    else waiting.push(item)
  }
}

/**
 * Makes a vote its staker's latest unless there is one of a later slot; of one slot the last counts.
 *
 * @returns the vote that it replaced, -1 for none, or the vote itself when it replaced nothing because it is older
 */
function replaceIfLater(latest: Int32Array, vote: number, votes: VoteTable): number {
  const staker = votes.staker[vote]!
  const previous = latest[staker]!
  if (previous >= 0 && votes.slot[previous]! > votes.slot[vote]!) return vote
  latest[staker] = vote
  return previous
}
