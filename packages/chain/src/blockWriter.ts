import type { ActorContext, MessageOf } from '@trine/actors'
import type { Store } from '@trine/fork-choice'
import type {
  BlockReference,
  BlockStore,
  ChainMessage,
  EventSink,
  RootedBlock,
  StoreBatch,
  StoredHeads,
  StoredVotes,
} from '@trine/messages'
import type { Result, RootHex, State, ValidatorIndex } from '@trine/types'
import type { ChainLimits } from './limits.ts'

type Writable = { readonly block: RootedBlock; readonly state: State }

type Changes = {
  blocks: Map<RootHex, Writable>
  states: Map<RootHex, State>
  finalizedPath: BlockReference[]
  discarded: RootHex[]
}

type Batch = { readonly changes: Changes; readonly votes: readonly StoredVotes[] }

export type BlockWriterParts = {
  readonly context: ActorContext<ChainMessage>
  readonly blockStore: BlockStore
  readonly events: EventSink
  readonly limits: ChainLimits
  readonly heads: () => StoredHeads
  readonly store: Pick<Store, 'latestKnownAttestations' | 'latestNewAttestations'>
}

/**
 * Writes what was imported to the BlockStore, one batch at a time; what comes meanwhile goes into the next. A batch that
 * failed is tried again at the next tick, together with what came since.
 *
 * The latest votes go with each batch, and with each tick by themselves: a process that ends, however that comes, loses
 * the votes of one interval at most.
 */
export class BlockWriter {
  readonly #parts: BlockWriterParts
  #changes: Changes = noChanges()
  /** The batch under way. */
  #writing: Batch | undefined
  readonly #writtenVotes = new Map<ValidatorIndex, StoredVotes>()
  #jobId: number | undefined
  /** Until the next tick. */
  #hasFailed = false
  /** Until a batch is written. */
  #isOutage = false
  #areVotesDue = false

  constructor(parts: BlockWriterParts) {
    this.#parts = parts
  }

  /** A block that may not be readable from the BlockStore yet. */
  unwritten(root: RootHex): RootedBlock | undefined {
    return (this.#changes.blocks.get(root) ?? this.#writing?.changes.blocks.get(root))?.block
  }

  addBlock(block: RootedBlock, state: State): void {
    const { blocks } = this.#changes
    blocks.set(block.root, { block, state })
    for (const oldest of blocks.keys()) {
      if (blocks.size <= this.#parts.limits.unwrittenBlocks) return
      blocks.delete(oldest)
    }
  }

  /** Notes blocks that became final, oldest first, and the state of the last one, where it is at hand. */
  addFinalized(path: readonly BlockReference[], state: State | undefined): void {
    this.#changes.finalizedPath.push(...path)
    const last = path.at(-1)
    if (state !== undefined && last !== undefined) this.#changes.states.set(last.root, state)
  }

  addDiscarded(roots: readonly RootHex[]): void {
    this.#changes.discarded.push(...roots)
  }

  /** Begins a batch, if there is something to write and none is under way. */
  flush(): void {
    const { context, blockStore, limits } = this.#parts
    if (this.#hasFailed || this.#writing !== undefined) return
    if (!hasChanges(this.#changes) && !this.#hasVotesDue()) return
    const options = { as: 'batchWritten', timeoutMilliseconds: limits.blockStoreTimeout } as const
    const expectation = context.expect<Result<'written', unknown>, 'batchWritten'>(
      options,
      (jobId, outcome) => ({ type: 'batchWritten', jobId, outcome }),
    )
    if (expectation === undefined) return
    this.#jobId = expectation.id
    blockStore.write(this.#begin(), expectation.reply)
  }

  /** Takes the outcome of a batch. */
  finish({ jobId, outcome }: MessageOf<ChainMessage, 'batchWritten'>): void {
    if (jobId !== this.#jobId || this.#writing === undefined) return
    const { changes, votes } = this.#writing
    this.#writing = undefined
    if (outcome.ok && outcome.value.ok) {
      for (const written of votes) this.#writtenVotes.set(written.validatorIndex, written)
      if (this.#isOutage) {
        this.#parts.events.emit({ type: 'storeRecovered', writtenBlocks: changes.blocks.size })
      }
      this.#isOutage = false
      this.flush()
      return
    }
    this.#changes = together(changes, this.#changes, this.#parts.limits.unwrittenBlocks)
    this.#hasFailed = true
    this.#isOutage = true
    const message = outcome.ok ? describe(outcome.value) : outcome.error.message
    const unwrittenBlocks = this.#changes.blocks.size
    this.#parts.events.emit({ type: 'storeFailed', message, unwrittenBlocks })
  }

  /** Tries again after a failure, and writes the votes that came since the last tick. */
  tick(): void {
    this.#hasFailed = false
    this.#areVotesDue = true
    this.flush()
  }

  /** Looks once for each tick: a look goes through all validators, and `flush` follows every message. */
  #hasVotesDue(): boolean {
    this.#areVotesDue &&= this.#changedVotes().length > 0
    return this.#areVotesDue
  }

  #begin(): StoreBatch {
    const votes = this.#changedVotes()
    const { blocks, states, finalizedPath, discarded } = this.#changes
    this.#writing = { changes: this.#changes, votes }
    this.#areVotesDue = false
    this.#changes = noChanges()
    const postStates = new Map(states)
    for (const [root, { state }] of blocks) postStates.set(root, state)
    return {
      blocks: [...blocks.values()].map(({ block }) => block),
      states: [...postStates].map(([root, state]) => ({ root, state })),
      finalizedPath,
      discarded,
      votes,
      ...this.#parts.heads(),
    }
  }

  #changedVotes(): StoredVotes[] {
    const { latestKnownAttestations, latestNewAttestations } = this.#parts.store
    const changed: StoredVotes[] = []
    for (const validatorIndex of new Set([
      ...latestKnownAttestations.keys(),
      ...latestNewAttestations.keys(),
    ])) {
      const known = latestKnownAttestations.get(validatorIndex)
      const waiting = latestNewAttestations.get(validatorIndex)
      const written = this.#writtenVotes.get(validatorIndex)
      if (written !== undefined && written.known === known && written.new === waiting) continue
      changed.push({ validatorIndex, known, new: waiting })
    }
    return changed
  }
}

function hasChanges({ blocks, finalizedPath, discarded }: Changes): boolean {
  return blocks.size > 0 || finalizedPath.length > 0 || discarded.length > 0
}

function noChanges(): Changes {
  return { blocks: new Map(), states: new Map(), finalizedPath: [], discarded: [] }
}

function together(earlier: Changes, later: Changes, limit: number): Changes {
  return {
    blocks: new Map([...earlier.blocks, ...later.blocks].slice(-limit)),
    states: new Map([...earlier.states, ...later.states].slice(-limit)),
    finalizedPath: [...earlier.finalizedPath, ...later.finalizedPath].slice(-limit),
    discarded: [...earlier.discarded, ...later.discarded].slice(-limit),
  }
}

function describe(result: Result<'written', unknown>): string {
  if (result.ok) return 'written'
  const { error } = result
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error)
}
