import type { ActorContext } from '@trine/actors'
import {
  type BlockError,
  describeAttestationError,
  describeForkChoiceError,
  type Store,
} from '@trine/fork-choice'
import type { ChainMessage, RootedBlock, StoredImport, TransitionPhases } from '@trine/messages'
import { describeTransitionError } from '@trine/state-transition'
import { type RootHex, type State, toHex } from '@trine/types'
import type { Announcer } from './announcer.ts'
import type { BlockMemory } from './blockMemory.ts'
import type { BlockWriter } from './blockWriter.ts'
import { dropOldest } from './dropOldest.ts'
import type { Finality } from './finality.ts'
import { headerOf } from './memo.ts'
import type { NamedBlocks } from './namedBlocks.ts'
import type { Neighbours } from './neighbours.ts'
import type { ChainParts, Transition } from './parts.ts'
import { PhaseTimes } from './phaseTimes.ts'
import type { StateCache } from './stateCache.ts'
import type { StateReplay } from './stateReplay.ts'
import type { BlockRejection } from './verdicts.ts'
import type { VoteLedger } from './voteLedger.ts'

/** Post-states of blocks built here and not imported yet. */
const BUILT = 4

export type BlockImportParts = {
  readonly context: ActorContext<ChainMessage>
  readonly parts: ChainParts
  readonly store: Store
  readonly states: StateCache
  readonly replay: StateReplay
  readonly memory: BlockMemory
  readonly writer: BlockWriter | undefined
  readonly named: NamedBlocks
  readonly ledger: VoteLedger
  readonly announcer: Announcer
  readonly finality: Finality
  readonly neighbours: Neighbours
  readonly transition: Transition
}

export type ImportOutcome =
  | { readonly status: 'imported' }
  /** One of its votes names a block that is not known. */
  | { readonly status: 'votedBlockMissing'; readonly root: RootHex }
  | { readonly status: 'stateMissing' }
  | { readonly status: 'refused'; readonly rejection: BlockRejection }

/** Where a block came from and when, for its event. */
export type ImportNote = { readonly origin: 'gossip' | 'request' | 'own'; readonly arrivedAt: number }

type PostState = { readonly state: State; readonly phases: TransitionPhases | undefined }

/** When an import began, by the monotonic clock, and what its state transition took. */
type ImportTimes = {
  readonly began: number
  readonly transitionTime: number
  readonly phases: TransitionPhases | undefined
}

/** Puts verified blocks into the store, with all that follows from one. */
export class BlockImport {
  readonly #parts: BlockImportParts
  readonly #built = new Map<RootHex, State>()

  constructor(parts: BlockImportParts) {
    this.#parts = parts
  }

  /** Keeps the post-state of a block that was built here, until it comes back signed. */
  noteBuilt(root: RootHex, postState: State): void {
    this.#built.set(root, postState)
    this.#parts.parts.onBuilt?.(root, postState)
    dropOldest(this.#built, BUILT)
  }

  /** Imports a block whose parent is in the tree and whose signatures were verified. */
  import(rooted: RootedBlock, note: ImportNote): ImportOutcome {
    const { context, store } = this.#parts
    const { root, signedBlock } = rooted
    const { block } = signedBlock.message
    const began = context.scheduler.monotonic()
    const post = this.#postState(rooted)
    if (post === undefined) return { status: 'stateMissing' }
    if ('rejection' in post) return { status: 'refused', rejection: post.rejection }
    const times = { began, transitionTime: context.scheduler.monotonic() - began, phases: post.phases }

    const header = headerOf(block)
    const added = store.onBlock(signedBlock, { header, postState: post.state })
    if (!added.ok) return judge(added.error)
    this.#built.delete(root)
    this.#keep(rooted, note.origin === 'own' ? 'own' : 'other')
    this.#follow(rooted, post.state, note, times)
    return { status: 'imported' }
  }

  /**
   * Takes a block that was imported before a restart, if it stands on one of the tree. It is old news: nobody is told.
   * Its state is made when it is needed.
   *
   * @returns the root of a block that one of its votes names and that is not known; undefined when that is not what is
   *   wrong with it
   */
  restore({ root, signedBlock, ...checkpoints }: StoredImport): RootHex | undefined {
    const header = headerOf(signedBlock.message.block)
    const added = this.#parts.store.onBlock(signedBlock, { header, checkpoints })
    if (!added.ok) {
      const outcome = judge(added.error)
      return outcome.status === 'votedBlockMissing' ? outcome.root : undefined
    }
    if (!added.value.isDuplicate) this.#keep({ root, signedBlock }, 'restored')
    return undefined
  }

  #postState({ root, signedBlock }: RootedBlock): PostState | { rejection: BlockRejection } | undefined {
    const built = this.#built.get(root)
    if (built !== undefined) return { state: built, phases: undefined }
    const { block } = signedBlock.message
    const parentState = this.#parts.replay.stateNow(toHex(block.parentRoot))
    if (parentState === undefined) return undefined
    const { bodyRoot } = headerOf(block)
    const { scheduler } = this.#parts.context
    const times = new PhaseTimes(() => scheduler.monotonic(), Number(block.slot) - Number(parentState.slot))
    const post = this.#parts.transition(parentState, block, root, bodyRoot, times.onPhase)
    if (post.ok) return { state: post.value, phases: times.phases }
    const { code } = post.error
    return { rejection: { reason: code, message: describeTransitionError(post.error), cause: 'invalid' } }
  }

  /** Notes a block that is in the store now. */
  #keep(rooted: RootedBlock, origin: 'own' | 'other' | 'restored'): void {
    const { parts, memory, named, ledger } = this.#parts
    const { root, signedBlock } = rooted
    parts.onStoreStep?.({ type: 'block', root, signedBlock })
    memory.add(rooted)
    named.note(signedBlock)
    ledger.noteBlock(signedBlock, origin)
  }

  /** Keeps the states in memory within their bound, but those that are needed next. */
  trimStates(): void {
    const { store, states, finality } = this.#parts
    const { head, latestJustified, latestFinalized } = store
    const kept = [head, latestJustified, latestFinalized].map((checkpoint) => toHex(checkpoint.root))
    states.trim([...kept, finality.base.root], Number(head.slot))
  }

  /** Tells everyone about a block that was just imported. */
  #follow(rooted: RootedBlock, state: State, note: ImportNote, times: ImportTimes): void {
    const { context, parts, writer, announcer, finality, neighbours } = this.#parts
    const { message } = rooted.signedBlock
    const block = { root: rooted.root, slot: Number(message.block.slot) }
    const parentRoot = toHex(message.block.parentRoot)
    writer?.addBlock(rooted, state)
    const now = context.scheduler.monotonic()
    parts.events.emit({
      type: 'block',
      block,
      parentRoot,
      proposerIndex: Number(message.block.proposerIndex),
      origin: note.origin,
      attestations: message.block.body.attestations.length,
      importTime: now - note.arrivedAt,
      transitionTime: times.transitionTime,
      processingTime: now - times.began,
      phases: times.phases,
    })
    const previous = announcer.heads.finalized
    announcer.announce()
    const { finalized } = announcer.heads
    if (finalized.root !== previous.root) finality.advance(previous, finalized)
    neighbours.blockImported(block, parentRoot)
  }
}

/** What a refusal by the store means for the block. */
function judge(error: BlockError): ImportOutcome {
  if (error.code !== 'INVALID_ATTESTATION') {
    if (error.code === 'INVALID_TRANSITION') throw new Error(describeForkChoiceError(error))
    const cause = error.code === 'PARENT_PRUNED' ? 'settled' : 'full'
    return {
      status: 'refused',
      rejection: { reason: error.code, message: describeForkChoiceError(error), cause },
    }
  }
  const { cause, attestation } = error
  if ('root' in cause) return { status: 'votedBlockMissing', root: cause.root }
  const isTooEarly =
    cause.code === 'ATTESTATION_TOO_FAR_IN_FUTURE' || cause.code === 'ATTESTATION_FROM_FUTURE_SLOT'
  // The proposer's vote is not part of the block's root: another copy of the block may carry a better one.
  const fault = isTooEarly ? 'full' : attestation === 'proposer' ? 'forged' : 'invalid'
  const message = `attestation ${attestation}: ${describeAttestationError(cause)}`
  return { status: 'refused', rejection: { reason: cause.code, message, cause: fault } }
}
