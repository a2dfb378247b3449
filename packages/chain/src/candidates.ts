import type { BlockOrigin, GossipReference, RootedBlock } from '@trine/messages'
import {
  type RootHex,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  type Slot,
  toHex,
} from '@trine/types'
import { sizeOf } from './blockMemory.ts'
import { isVouchedFor } from './blockShape.ts'
import type { ChainLimits } from './limits.ts'
import { signedVotes } from './memo.ts'

/** Where a block came from. */
export type Origin = BlockOrigin | { readonly from: 'own' }

/**
 * What a block waits for. new: to be looked at. parent: for its parent, which is not connected to the tree. slot: for its
 * time. support: for votes, since its proposer does not vouch for it. queue: for room at the verification. signatures:
 * for their verification. ancestor: verified, for its parent's import. votedBlock: verified, for a block that one of its
 * votes names. state: verified, for its parent's state. ready: for its turn to be imported.
 */
export type Stage =
  | 'new'
  | 'parent'
  | 'slot'
  | 'support'
  | 'queue'
  | 'signatures'
  | 'ancestor'
  | 'votedBlock'
  | 'state'
  | 'ready'

/** One copy of a block as it came: the root says nothing about signatures and the proposer's vote. */
export type Envelope = {
  readonly signedBlock: SignedBlockWithAttestation
  readonly origin: Origin
  readonly isVouchedFor: boolean
}

/** A block on its way into the store. */
export type Candidate = {
  readonly root: RootHex
  readonly slot: Slot
  readonly parentRoot: RootHex
  readonly arrivedAt: number
  readonly arrivedSlot: Slot
  envelope: Envelope
  /** Another copy, to be tried if this one turns out to be forged. */
  spare: Envelope | undefined
  /** The gossip message to which a verdict is still owed. */
  gossip: GossipReference | undefined
  stage: Stage
  /** In the stage `votedBlock`: which. */
  votedRoot: RootHex | undefined
  isSupported: boolean
  isVerified: boolean
}

/** Stages in which nothing is under way: such blocks may be dropped for room, and expire. */
const IDLE_STAGES: ReadonlySet<Stage> = new Set([
  'new',
  'parent',
  'slot',
  'support',
  'ancestor',
  'votedBlock',
])

/** A block in these stages descends from the tree by way of others like it. */
const CONNECTED_STAGES: ReadonlySet<Stage> = new Set([
  'support',
  'queue',
  'signatures',
  'ancestor',
  'votedBlock',
  'state',
  'ready',
])

export function envelopeOf({ root, signedBlock }: RootedBlock, origin: Origin): Envelope {
  return { signedBlock, origin, isVouchedFor: isVouchedFor(signedBlock, root) }
}

export function createCandidate(
  root: RootHex,
  envelope: Envelope,
  now: { readonly time: number; readonly slot: Slot },
): Candidate {
  const { block } = envelope.signedBlock.message
  return {
    root,
    slot: Number(block.slot),
    parentRoot: toHex(block.parentRoot),
    arrivedAt: now.time,
    arrivedSlot: now.slot,
    envelope,
    spare: undefined,
    gossip: gossipOf(envelope),
    stage: 'new',
    votedRoot: undefined,
    isSupported: false,
    isVerified: envelope.origin.from === 'own',
  }
}

export function gossipOf({ origin }: Envelope): GossipReference | undefined {
  return origin.from === 'gossip' ? origin.gossip : undefined
}

export function peerOf({ origin }: Envelope) {
  if (origin.from === 'own') return undefined
  return origin.from === 'gossip' ? origin.gossip.peerId : origin.peerId
}

export function votesOf({ envelope }: Candidate): readonly SignedAttestation[] {
  return signedVotes(envelope.signedBlock)
}

export function isConnected({ stage }: Candidate): boolean {
  return CONNECTED_STAGES.has(stage)
}

/** The blocks on their way, by root, parent, and the voted block they wait for; bounded. */
export class Candidates {
  readonly #limits: ChainLimits
  /** In order of arrival. */
  readonly #byRoot = new Map<RootHex, Candidate>()
  readonly #byParent = new Map<RootHex, Set<Candidate>>()
  readonly #byVoted = new Map<RootHex, Set<Candidate>>()
  #bytes = 0

  constructor(limits: ChainLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#byRoot.size
  }

  get(root: RootHex): Candidate | undefined {
    return this.#byRoot.get(root)
  }

  has(candidate: Candidate): boolean {
    return this.#byRoot.get(candidate.root) === candidate
  }

  all(): IterableIterator<Candidate> {
    return this.#byRoot.values()
  }

  childrenOf(root: RootHex): readonly Candidate[] {
    return [...(this.#byParent.get(root) ?? [])]
  }

  /** Those that wait for a block because one of their votes names it. */
  waitersFor(root: RootHex): readonly Candidate[] {
    return [...(this.#byVoted.get(root) ?? [])]
  }

  /** The candidate that the block's chain of waiting ancestors begins with: its parent is not among them. */
  bottomOf(candidate: Candidate): Candidate {
    let bottom = candidate
    for (;;) {
      const parent = this.#byRoot.get(bottom.parentRoot)
      if (parent === undefined) return bottom
      bottom = parent
    }
  }

  add(candidate: Candidate): void {
    this.#byRoot.set(candidate.root, candidate)
    addTo(this.#byParent, candidate.parentRoot, candidate)
    this.#bytes += bytesOf(candidate)
  }

  remove(candidate: Candidate): void {
    if (!this.#byRoot.delete(candidate.root)) return
    removeFrom(this.#byParent, candidate.parentRoot, candidate)
    this.waitForVoted(candidate, undefined)
    this.#bytes -= bytesOf(candidate)
  }

  /** Changes what a candidate holds, its size with it. */
  replace(candidate: Candidate, envelope: Envelope, spare: Envelope | undefined): void {
    this.#bytes -= bytesOf(candidate)
    candidate.envelope = envelope
    candidate.spare = spare
    this.#bytes += bytesOf(candidate)
  }

  waitForVoted(candidate: Candidate, root: RootHex | undefined): void {
    if (candidate.votedRoot !== undefined) removeFrom(this.#byVoted, candidate.votedRoot, candidate)
    candidate.votedRoot = root
    if (root !== undefined) addTo(this.#byVoted, root, candidate)
  }

  /** A candidate that must go so that the bounds hold; undefined when they do. */
  surplus(newest: Candidate): Candidate | undefined {
    const { waitingBlocks, waitingBlockBytes, waitingBlocksPerPeer } = this.#limits
    if (!this.has(newest)) return undefined
    const isFull = this.#byRoot.size > waitingBlocks || this.#bytes > waitingBlockBytes
    if (!isFull && this.#byRoot.size <= waitingBlocksPerPeer) return undefined
    const idle = [...this.#byRoot.values()].filter(({ stage }) => IDLE_STAGES.has(stage))
    const { origin } = newest.envelope
    if (origin.from === 'gossip') {
      const { peerId } = origin.gossip
      const ofPeer = idle.filter(
        ({ envelope }) => envelope.origin.from === 'gossip' && peerOf(envelope) === peerId,
      )
      if (ofPeer.length > waitingBlocksPerPeer) return ofPeer[0]
    }
    if (!isFull) return undefined
    // What was asked for stays longer than what just came; low slots connect first, so high ones go first.
    const unasked = idle.filter(({ envelope }) => envelope.origin.from === 'gossip')
    const droppable = unasked.length > 0 ? unasked : idle
    return droppable.reduce(
      (highest, other) => (other.slot >= highest.slot ? other : highest),
      droppable[0] ?? newest,
    )
  }

  /** Those that have waited too long for something that may never come; whose parent is here waits with it. */
  expired(currentSlot: Slot): Candidate[] {
    const oldest = currentSlot - this.#limits.waitingBlockSlots
    return [...this.#byRoot.values()].filter(
      ({ stage, arrivedSlot, parentRoot }) =>
        arrivedSlot < oldest && IDLE_STAGES.has(stage) && !this.#byRoot.has(parentRoot),
    )
  }
}

function bytesOf({ envelope, spare }: Candidate): number {
  return sizeOf(envelope.signedBlock) + (spare === undefined ? 0 : sizeOf(spare.signedBlock))
}

function addTo(index: Map<RootHex, Set<Candidate>>, key: RootHex, candidate: Candidate): void {
  const set = index.get(key)
  if (set === undefined) index.set(key, new Set([candidate]))
  else set.add(candidate)
}

function removeFrom(index: Map<RootHex, Set<Candidate>>, key: RootHex, candidate: Candidate): void {
  const set = index.get(key)
  set?.delete(candidate)
  if (set?.size === 0) index.delete(key)
}
