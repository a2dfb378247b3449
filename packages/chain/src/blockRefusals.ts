import type { GossipReference } from '@trine/messages'
import type { RootHex } from '@trine/types'
import type { Candidate, Candidates, Envelope } from './candidates.ts'
import { dropOldest } from './dropOldest.ts'
import type { Neighbours } from './neighbours.ts'
import { type BlockRejection, rejection } from './verdicts.ts'

/** Gives blocks up, with whatever descends from them, and remembers those for which there is no hope. */
export class BlockRefusals {
  readonly #candidates: Candidates
  readonly #neighbours: Neighbours
  readonly #limit: number
  readonly #hopeless = new Map<RootHex, 'invalid' | 'settled'>()

  constructor(candidates: Candidates, neighbours: Neighbours, limit: number) {
    this.#candidates = candidates
    this.#neighbours = neighbours
    this.#limit = limit
  }

  /** Why a block was given up for good, whatever copy of it comes; undefined when it was not. */
  causeOf(root: RootHex): 'invalid' | 'settled' | undefined {
    return this.#hopeless.get(root)
  }

  /** Refuses one copy of a block, and tells its verdict if one is still owed. */
  refuseCopy(
    root: RootHex,
    envelope: Envelope,
    rejected: BlockRejection,
    gossip: GossipReference | undefined,
  ): void {
    if (gossip !== undefined) this.#neighbours.verdict(gossip, rejected.reason)
    this.#note(root, envelope, rejected)
  }

  /** Refuses a candidate. What descends from an invalid or settled block is refused with it. */
  refuse(candidate: Candidate, rejected: BlockRejection): void {
    this.#refuseOne(candidate, rejected)
    const { cause, reason: why } = rejected
    const mayComeAgain = cause === 'forged' || why === 'VERIFIER_UNAVAILABLE'
    if (mayComeAgain && this.#candidates.childrenOf(candidate.root).length > 0) {
      this.#neighbours.missingBlock(candidate.root, undefined)
    }
    if (cause !== 'invalid' && cause !== 'settled') return
    const reason = cause === 'invalid' ? 'PARENT_INVALID' : 'PARENT_PRUNED'
    const parents = [candidate.root]
    for (let root = parents.pop(); root !== undefined; root = parents.pop()) {
      for (const child of this.#candidates.childrenOf(root)) {
        const message = `expected a valid block of the finalized chain as parent, got ${root}`
        this.#refuseOne(child, { ...rejection(reason, message), cause })
        parents.push(child.root)
      }
    }
  }

  #refuseOne(candidate: Candidate, rejected: BlockRejection): void {
    this.#candidates.remove(candidate)
    if (candidate.gossip !== undefined) this.#neighbours.verdict(candidate.gossip, rejected.reason)
    candidate.gossip = undefined
    this.#note(candidate.root, candidate.envelope, rejected)
  }

  #note(root: RootHex, { signedBlock, origin }: Envelope, rejected: BlockRejection): void {
    const peerId = origin.from === 'request' ? origin.peerId : undefined
    this.#neighbours.blockRefused(root, signedBlock, peerId, rejected)
    const { cause } = rejected
    if (cause !== 'invalid' && cause !== 'settled') return
    this.#hopeless.set(root, cause)
    dropOldest(this.#hopeless, this.#limit)
  }
}
