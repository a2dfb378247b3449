import type { ActorContext } from '@trine/actors'
import type { Store } from '@trine/fork-choice'
import type { ChainMessage, RootedBlock } from '@trine/messages'
import type { RootHex, Slot } from '@trine/types'
import type { BlockImport } from './blockImport.ts'
import type { BlockNotices } from './blockNotices.ts'
import type { BlockRefusals } from './blockRefusals.ts'
import type { BlockRoute } from './blockRoute.ts'
import { BlockVerification } from './blockVerification.ts'
import {
  type Candidate,
  type Candidates,
  createCandidate,
  type Envelope,
  envelopeOf,
  gossipOf,
  isConnected,
  type Origin,
  type Stage,
} from './candidates.ts'
import type { EvidenceStore } from './evidenceStore.ts'
import type { MissingBlocks } from './missingBlocks.ts'
import type { StateReplay } from './stateReplay.ts'
import type { Support } from './support.ts'
import { type BlockRejection, rejection } from './verdicts.ts'
import type { Verification, VerificationOutcome } from './verification.ts'
import type { VerifiedVotes } from './verifiedVotes.ts'

export type BlockPipelineParts = {
  readonly context: ActorContext<ChainMessage>
  readonly store: Store
  readonly candidates: Candidates
  readonly route: BlockRoute
  readonly support: Support
  readonly refusals: BlockRefusals
  readonly verification: Verification
  readonly verified: VerifiedVotes
  readonly replay: StateReplay
  readonly importer: BlockImport
  readonly evidence: EvidenceStore
  readonly notices: BlockNotices
  readonly missing: MissingBlocks
  /** Valid blocks of one slot that are imported on the word of their proposer alone. */
  readonly vouchedBlocks: number
  /** Called after each import, for the votes that waited for the block. */
  readonly onImported: (root: RootHex) => void
}

/** In these stages a block is moved on by whoever has it in hand, and by nobody else. */
const IN_HAND: ReadonlySet<Stage> = new Set(['queue', 'signatures', 'votedBlock', 'state', 'ready'])

/**
 * The way of a block into the store. A candidate is moved on as far as it goes; who may go on because of it is put on a
 * list, so that no chain of blocks, however long, is walked by recursion. Imports come one per call of `work`.
 */
export class BlockPipeline {
  readonly #parts: BlockPipelineParts
  readonly #signatures: BlockVerification
  readonly #movable: Candidate[] = []
  #isMoving = false
  readonly #ready: Candidate[] = []
  #unauthenticated = 0

  constructor(parts: BlockPipelineParts) {
    this.#parts = parts
    const { candidates, verification, verified } = parts
    const onJudged = (candidate: Candidate, outcome: VerificationOutcome) => this.#judged(candidate, outcome)
    this.#signatures = new BlockVerification({ candidates, verification, verified, onJudged })
  }

  /** Whether a block is ready to be imported. */
  get hasWork(): boolean {
    return this.#ready.length > 0
  }

  /** Blocks so far that their proposer did not vouch for. */
  get unauthenticatedBlocks(): number {
    return this.#unauthenticated
  }

  /** Takes a block. If it came by gossip, its verdict is told once, now or later. */
  receive(block: RootedBlock, origin: Origin): void {
    const { store, candidates, context, refusals, route } = this.#parts
    const { root } = block
    const envelope = envelopeOf(block, origin)
    const known = candidates.get(root)
    if (known !== undefined) return this.#takeCopy(known, envelope)
    if (store.getBlock(root) !== undefined || store.isSettled(root)) {
      return this.#parts.notices.duplicate(envelope)
    }
    const rejected = route.checkAlone(root, envelope)
    if (rejected !== undefined) return refusals.refuseCopy(root, envelope, rejected, gossipOf(envelope))
    if (!envelope.isVouchedFor) this.#unauthenticated += 1
    const now = { time: context.scheduler.monotonic(), slot: store.currentSlot }
    const candidate = createCandidate(root, envelope, now)
    candidates.add(candidate)
    // First where it belongs: what can be looked at now is not dropped in favour of what waits.
    this.#move(candidate)
    this.#makeRoom(candidate)
  }

  /** Moves on what waited for a slot, asks again for what is missing, gives up what waited too long. */
  slotBegan(slot: Slot): void {
    const { candidates, refusals, missing } = this.#parts
    for (const candidate of [...candidates.all()]) {
      if (candidate.stage === 'slot') this.#move(candidate)
      else missing.ask(candidate)
    }
    for (const candidate of candidates.expired(slot)) {
      const message = `expected an end of its waiting (${candidate.stage}), waited since slot ${candidate.arrivedSlot}`
      refusals.refuse(candidate, { ...rejection('EXPIRED', message), cause: 'full' })
    }
  }

  /** Begins with the verification of further blocks; to be called when the Verifier may have room again. */
  verifyMore(): void {
    this.#signatures.fill()
  }

  /** A vote that names this waiting block was verified, or a block that stands on it or carries a vote for it. */
  supportGrew(root: RootHex): void {
    const given = this.#parts.support.givenAt(root)
    // Before the first of them moves: none has to look for its support again.
    for (const candidate of given) candidate.isSupported = true
    for (const candidate of given) this.#move(candidate)
  }

  /** Imports one block that is ready. */
  work(): void {
    const { candidates, importer, replay, missing } = this.#parts
    const candidate = this.#ready.shift()
    if (candidate === undefined || !candidates.has(candidate)) return
    const { root, arrivedAt, envelope } = candidate
    if (envelope.isVouchedFor && !this.#isSupported(candidate)) {
      candidate.isSupported = false
      return this.#enter(candidate, 'support')
    }
    const { signedBlock, origin } = envelope
    const outcome = importer.import({ root, signedBlock }, { origin: origin.from, arrivedAt })
    switch (outcome.status) {
      case 'imported':
        return this.#imported(candidate)
      case 'refused':
        return this.#refuse(candidate, outcome.rejection)
      case 'votedBlockMissing':
        candidates.waitForVoted(candidate, outcome.root)
        this.#enter(candidate, 'votedBlock')
        missing.ask(candidate)
        return this.supportGrew(outcome.root)
      case 'stateMissing':
        this.#enter(candidate, 'state')
        if (
          !replay.request(candidate.parentRoot, (state) => this.#stateMade(candidate, state !== undefined))
        ) {
          this.#stateMade(candidate, false)
        }
    }
  }

  /** Takes another copy of a block that waits: it may be the better one. */
  #takeCopy(known: Candidate, envelope: Envelope): void {
    const { candidates, route, refusals } = this.#parts
    const isWorse = known.isVerified && envelope.origin.from !== 'own'
    if (isWorse) return this.#parts.notices.duplicate(envelope)
    const rejected = route.checkAlone(known.root, envelope)
    if (rejected !== undefined) return refusals.refuseCopy(known.root, envelope, rejected, gossipOf(envelope))
    const isOwn = envelope.origin.from === 'own'
    const wasAskedFor = envelope.origin.from === 'request' && known.envelope.origin.from === 'gossip'
    const isBetter = isOwn || (envelope.isVouchedFor && !known.envelope.isVouchedFor) || wasAskedFor
    if (!isBetter || (known.stage === 'signatures' && !isOwn)) {
      this.#parts.notices.duplicate(envelope)
      if (known.spare === undefined) candidates.replace(known, known.envelope, envelope)
      return this.#makeRoom(known)
    }
    this.#parts.notices.verdict(known, 'DUPLICATE')
    candidates.replace(known, envelope, known.envelope)
    known.gossip = gossipOf(envelope)
    this.#beginAnew(known)
    this.#makeRoom(known)
  }

  /** Goes on with another copy of a block: what held for the one before need not hold for it. */
  #beginAnew(candidate: Candidate): void {
    candidate.isVerified = candidate.envelope.origin.from === 'own'
    candidate.isSupported = false
    this.#release(candidate)
  }

  #makeRoom(newest: Candidate): void {
    const { candidates, refusals } = this.#parts
    for (let surplus = candidates.surplus(newest); surplus; surplus = candidates.surplus(newest)) {
      const message = `expected at most so many waiting blocks, have ${candidates.size}`
      refusals.refuse(surplus, { ...rejection('NO_ROOM', message), cause: 'full' })
    }
  }

  /** Moves a candidate on, and then everyone who may go on because of it. */
  #move(candidate: Candidate): void {
    this.#movable.push(candidate)
    if (this.#isMoving) return
    this.#isMoving = true
    for (let next = this.#movable.pop(); next !== undefined; next = this.#movable.pop()) {
      if (this.#parts.candidates.has(next) && !IN_HAND.has(next.stage)) this.#advance(next)
    }
    this.#isMoving = false
  }

  #advance(candidate: Candidate): void {
    candidate.isSupported ||= this.#isSupported(candidate)
    const step = this.#parts.route.next(candidate)
    if ('refuse' in step) this.#refuse(candidate, step.refuse)
    else this.#enter(candidate, step.stage)
  }

  /**
   * By its proposer or by votes. A proposer's vote for the parent can be wrapped by anybody, in any number of blocks: it
   * counts for the first few that are valid.
   */
  #isSupported(candidate: Candidate): boolean {
    const { support, evidence, vouchedBlocks } = this.#parts
    const { slot, envelope } = candidate
    if (envelope.origin.from === 'own') return true
    return (envelope.isVouchedFor && evidence.blocksOf(slot) < vouchedBlocks) || support.isGiven(candidate)
  }

  #enter(candidate: Candidate, stage: Stage): void {
    const { candidates, notices } = this.#parts
    const isNewStage = candidate.stage !== stage
    const wasConnected = isConnected(candidate)
    candidate.stage = stage
    if (isNewStage) notices.waiting(candidate)
    if (!wasConnected && isConnected(candidate)) {
      for (const child of candidates.childrenOf(candidate.root))
        if (child.stage === 'parent') this.#move(child)
    }
    if (stage === 'parent') notices.missingParent(candidate)
    if (stage === 'queue') this.#signatures.enqueue(candidate)
    if (stage === 'ready') this.#ready.push(candidate)
    if (stage === 'ancestor') this.supportGrew(candidate.parentRoot)
  }

  #judged(candidate: Candidate, outcome: VerificationOutcome): void {
    if (outcome === 'valid') {
      candidate.isVerified = true
      this.#release(candidate)
    } else if (outcome === 'invalid') {
      const message = 'expected valid signatures of all votes, got an invalid one'
      this.#refuse(candidate, { ...rejection('INVALID_SIGNATURE', message), cause: 'forged' })
    } else {
      const message = 'expected a verdict on its signatures, got none'
      this.#refuse(candidate, { ...rejection('VERIFIER_UNAVAILABLE', message), cause: 'full' })
    }
  }

  #stateMade(candidate: Candidate, isMade: boolean): void {
    if (!this.#parts.candidates.has(candidate)) return
    if (isMade) return this.#release(candidate)
    const message = `expected the post-state of parent ${candidate.parentRoot}, found no way to make it`
    this.#refuse(candidate, { ...rejection('STATE_MISSING', message), cause: 'full' })
  }

  /** Lets go of a candidate that was in hand, and moves it on. */
  #release(candidate: Candidate): void {
    candidate.stage = isConnected(candidate) ? 'ancestor' : 'new'
    this.#move(candidate)
  }

  /** Gives a candidate up, unless only this copy of it is bad and there is another. */
  #refuse(candidate: Candidate, rejected: BlockRejection): void {
    const { spare, root, envelope, gossip } = candidate
    if (rejected.cause !== 'forged' || spare === undefined) {
      return this.#parts.refusals.refuse(candidate, rejected)
    }
    this.#parts.refusals.refuseCopy(root, envelope, rejected, gossip)
    // The verdict on the other copy was told when it came.
    candidate.gossip = undefined
    this.#parts.candidates.replace(candidate, spare, undefined)
    this.#beginAnew(candidate)
  }

  #imported(candidate: Candidate): void {
    const { candidates, evidence, notices, onImported } = this.#parts
    const { root, envelope } = candidate
    const children = candidates.childrenOf(root)
    const waiters = candidates.waitersFor(root)
    candidates.remove(candidate)
    const isFirst = envelope.isVouchedFor && evidence.noteBlock(root, envelope.signedBlock)
    const reason = isFirst ? 'ACCEPTED' : envelope.isVouchedFor ? 'SECOND_BLOCK_OF_SLOT' : 'NOT_VOUCHED_FOR'
    notices.verdict(candidate, reason)
    onImported(root)
    for (const child of children) this.#move(child)
    for (const waiter of waiters) {
      candidates.waitForVoted(waiter, undefined)
      this.#release(waiter)
    }
  }
}
