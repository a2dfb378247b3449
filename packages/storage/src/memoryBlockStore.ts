import type { Reply, Scheduler } from '@trine/actors'
import type {
  BlockReference,
  BlockStore,
  HistoryStore,
  RootedBlock,
  StoreBatch,
  StoredHeads,
  StoredHistory,
  StoredImport,
  StoredVotes,
  WriteOutcome,
} from '@trine/messages'
import type { RootHex, Slot, State, ValidatorIndex } from '@trine/types'
import { historyRoots } from './historyRoots.ts'

export type MemoryBlockStoreOptions = {
  /** Gives the turns in which questions are answered. */
  readonly scheduler: Pick<Scheduler, 'enqueue'>
  /** Blocks kept; beyond, the oldest written are dropped. */
  readonly maxBlocks?: number
  /** Post-states kept, besides those of a few finalized blocks; beyond, the oldest written are dropped. */
  readonly maxStates?: number
}

/** How many finalized blocks keep their states, and how far apart all but the latest are, in slots. */
const ANCHORS = 5
const ANCHOR_DISTANCE = 64

/** Blocks handed out at once, and the rest of the last one's slot. */
const IMPORTS = 64

/**
 * A BlockStore in memory, which outlives the service that writes to it: for simulations, tests, and nodes that need not
 * remember. Bounded: a node that restarts from it finds the last blocks, and states of finalized ones to begin at.
 */
export function createMemoryBlockStore(options: MemoryBlockStoreOptions): BlockStore & HistoryStore {
  return new MemoryBlockStore(options)
}

class MemoryBlockStore implements BlockStore, HistoryStore {
  readonly #scheduler: Pick<Scheduler, 'enqueue'>
  readonly #maxBlocks: number
  readonly #maxStates: number
  readonly #blocks = new Map<RootHex, StoredImport>()
  /** Final blocks from before the others, which never became imports here. */
  readonly #history = new Map<RootHex, RootedBlock>()
  readonly #states = new Map<RootHex, State>()
  readonly #votes = new Map<ValidatorIndex, StoredVotes>()
  readonly #finalizedRoots = new Map<Slot, RootHex>()
  #heads: StoredHeads | undefined
  /** Finalized blocks whose states stay: a restart begins at one. */
  readonly #anchors: BlockReference[] = []

  constructor({ scheduler, maxBlocks = 8192, maxStates = 16 }: MemoryBlockStoreOptions) {
    this.#scheduler = scheduler
    this.#maxBlocks = maxBlocks
    this.#maxStates = maxStates
  }

  write(batch: StoreBatch, reply: Reply<WriteOutcome>): void {
    for (const { root, state } of batch.states) this.#states.set(root, state)
    for (const block of batch.blocks) this.#blocks.set(block.root, this.#importOf(block))
    for (const votes of batch.votes) this.#votes.set(votes.validatorIndex, votes)
    for (const { root, slot } of batch.finalizedPath) this.#finalizedRoots.set(slot, root)
    for (const root of batch.discarded) {
      this.#blocks.delete(root)
      this.#states.delete(root)
    }
    const { head, safeTarget, justified, finalized, time } = batch
    this.#heads = { head, safeTarget, justified, finalized, time }
    if (this.#states.has(finalized.root)) this.#keepAnchor(finalized)
    const kept = new Set(this.#anchors.map(({ root }) => root))
    dropOldest(this.#blocks, this.#maxBlocks)
    dropOldest(this.#states, this.#maxStates, kept)
    dropOldest(this.#finalizedRoots, this.#maxBlocks + this.#history.size)
    this.#answer(reply, { ok: true, value: 'written' })
  }

  writeHistory(blocks: readonly RootedBlock[], reply: Reply<WriteOutcome>): void {
    if (this.#history.size + blocks.length > this.#maxBlocks) {
      const message = `expected at most ${this.#maxBlocks} blocks of history, got more`
      return this.#answer(reply, { ok: false, error: { code: 'FAILED', message } })
    }
    for (const block of blocks) {
      if (!this.#blocks.has(block.root)) this.#history.set(block.root, block)
      this.#finalizedRoots.set(slotOf(block), block.root)
    }
    this.#answer(reply, { ok: true, value: 'written' })
  }

  readHistory(reply: Reply<StoredHistory | undefined>): void {
    let slot = Number.POSITIVE_INFINITY
    for (const final of this.#finalizedRoots.keys()) slot = Math.min(slot, final)
    const root = this.#finalizedRoots.get(slot)
    const state = this.#anchors[0] && this.#states.get(this.#anchors[0].root)?.clone(true)
    const isKnown = root !== undefined && state !== undefined
    this.#answer(reply, isKnown ? { lowest: { root, slot }, roots: historyRoots(state, slot) } : undefined)
  }

  readHeads(reply: Reply<StoredHeads | undefined>): void {
    this.#answer(reply, this.#heads)
  }

  readBlock(root: RootHex, reply: Reply<RootedBlock | undefined>): void {
    const block = this.#blocks.get(root) ?? this.#history.get(root)
    this.#answer(reply, block && { root, signedBlock: block.signedBlock })
  }

  readState(root: RootHex, reply: Reply<State | undefined>): void {
    this.#answer(reply, this.#states.get(root)?.clone(true))
  }

  readStoredStates(reply: Reply<readonly BlockReference[]>): void {
    const stored = [...this.#states].map(([root, { slot }]) => ({ root, slot: Number(slot) }))
    this.#answer(
      reply,
      stored.sort((left, right) => left.slot - right.slot),
    )
  }

  readImports(after: Slot, reply: Reply<readonly StoredImport[]>): void {
    const later = [...this.#blocks.values()].filter((block) => slotOf(block) > after)
    later.sort((left, right) => slotOf(left) - slotOf(right))
    const last = later[IMPORTS - 1]
    this.#answer(reply, last === undefined ? later : later.filter((block) => slotOf(block) <= slotOf(last)))
  }

  readVotes(reply: Reply<readonly StoredVotes[]>): void {
    this.#answer(reply, [...this.#votes.values()])
  }

  readFinalizedRoot(slot: Slot, reply: Reply<RootHex | undefined>): void {
    this.#answer(reply, this.#finalizedRoots.get(slot))
  }

  #importOf(block: RootedBlock): StoredImport {
    const state = this.#states.get(block.root)
    if (state === undefined) throw new Error(`block ${block.root}: expected its post-state in the same batch`)
    const { latestJustified, latestFinalized } = state.clone(true)
    return {
      ...block,
      latestJustified: latestJustified.toValue(),
      latestFinalized: latestFinalized.toValue(),
    }
  }

  /** Keeps the latest finalized block as anchor, and some from before it that are not too close to each other. */
  #keepAnchor(finalized: BlockReference): void {
    const latest = this.#anchors.at(-1)
    if (latest?.root === finalized.root) return
    const beforeLatest = this.#anchors.at(-2)
    if (latest && beforeLatest && latest.slot < beforeLatest.slot + ANCHOR_DISTANCE) this.#anchors.pop()
    this.#anchors.push(finalized)
    if (this.#anchors.length > ANCHORS) this.#anchors.shift()
  }

  #answer<T>(reply: Reply<T>, value: T): void {
    this.#scheduler.enqueue({ run: () => reply.answer(value) })
  }
}

function dropOldest<Key>(map: Map<Key, unknown>, limit: number, kept?: ReadonlySet<Key>): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return
    if (kept?.has(key) !== true) map.delete(key)
  }
}

function slotOf({ signedBlock }: RootedBlock): Slot {
  return Number(signedBlock.message.block.slot)
}
