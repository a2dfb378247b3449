import type { EventSink } from '@trine/messages'
import { type Candidate, type Candidates, type Envelope, gossipOf, peerOf, type Stage } from './candidates.ts'
import type { Neighbours } from './neighbours.ts'
import type { Reason } from './verdicts.ts'

/** What the verdict and the event of a waiting block say; not for the stages that end by themselves. */
const WAITING: {
  readonly [S in Stage]?: readonly [Reason, 'parent' | 'votedBlock' | 'slot' | 'support' | 'state']
} = {
  parent: ['WAITS_FOR_PARENT', 'parent'],
  slot: ['WAITS_FOR_SLOT', 'slot'],
  support: ['NOT_VOUCHED_FOR', 'support'],
  votedBlock: ['WAITS_FOR_VOTED_BLOCK', 'votedBlock'],
  state: ['WAITS_FOR_STATE', 'state'],
}

/** Says how blocks fare on their way: to the network one verdict for each, to sync what is missing, to all what waits. */
export class BlockNotices {
  readonly #candidates: Candidates
  readonly #neighbours: Neighbours
  readonly #events: EventSink

  constructor(candidates: Candidates, neighbours: Neighbours, events: EventSink) {
    this.#candidates = candidates
    this.#neighbours = neighbours
    this.#events = events
  }

  /** Tells the verdict on a candidate, if one is still owed. */
  verdict(candidate: Candidate, reason: Reason): void {
    if (candidate.gossip !== undefined) this.#neighbours.verdict(candidate.gossip, reason)
    candidate.gossip = undefined
  }

  duplicate(envelope: Envelope): void {
    const gossip = gossipOf(envelope)
    if (gossip !== undefined) this.#neighbours.verdict(gossip, 'DUPLICATE')
  }

  /** A candidate entered its stage. */
  waiting(candidate: Candidate): void {
    const waiting = WAITING[candidate.stage]
    if (waiting === undefined) return
    const [reason, waitsFor] = waiting
    this.verdict(candidate, reason)
    const block = { root: candidate.root, slot: candidate.slot }
    this.#events.emit({ type: 'blockWaiting', block, waitsFor })
  }

  /** Names the root that stands between a block and the tree. */
  missingParent(candidate: Candidate): void {
    const bottom = this.#candidates.bottomOf(candidate)
    // What sync asked for is known to sync already, but for the last link.
    if (bottom !== candidate && candidate.envelope.origin.from === 'request') return
    const isStuck = bottom.stage === 'parent' || bottom.stage === 'ancestor'
    if (isStuck) this.#neighbours.missingBlock(bottom.parentRoot, peerOf(candidate.envelope))
  }
}
