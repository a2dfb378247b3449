import type { Reply } from '@trine/actors'
import type { BlockSummary, Store } from '@trine/fork-choice'
import {
  type BlockId,
  type BlockStore,
  type ChainView,
  type ForkChoiceView,
  type RootedBlock,
  referenceOf,
} from '@trine/messages'
import { PRESET, type RootHex, type Slot, type State, toHex } from '@trine/types'
import type { Announcer } from './announcer.ts'
import type { BlockMemory } from './blockMemory.ts'
import type { BlockPipeline } from './blockPipeline.ts'
import type { BlockWriter } from './blockWriter.ts'
import type { Candidates } from './candidates.ts'
import type { MissingBlocks } from './missingBlocks.ts'
import type { StateCache } from './stateCache.ts'
import type { StateReplay } from './stateReplay.ts'
import type { WaitingVotes } from './waitingVotes.ts'

export type ViewsParts = {
  readonly store: Store
  readonly announcer: Announcer
  readonly memory: BlockMemory
  readonly writer: BlockWriter | undefined
  readonly blockStore: BlockStore | undefined
  readonly states: StateCache
  readonly replay: StateReplay
  readonly candidates: Candidates
  readonly waitingVotes: WaitingVotes
  readonly pipeline: BlockPipeline
  readonly missing: MissingBlocks
}

/** Answers what the API and others want to know. What only the BlockStore can answer is handed on to it. */
export class Views {
  readonly #parts: ViewsParts
  /** Checkpoints of the head's state, which is looked into once per head. */
  #headState: { readonly root: RootHex; readonly view: ChainView['headState'] } | undefined

  constructor(parts: ViewsParts) {
    this.#parts = parts
  }

  chain(): ChainView {
    const { store, announcer, memory, states, candidates, waitingVotes, pipeline } = this.#parts
    const { head, safeTarget, justified, finalized } = announcer.heads
    return {
      genesisTime: store.genesisTime,
      slot: store.currentSlot,
      interval: store.time % PRESET.intervalsPerSlot,
      head,
      safeTarget,
      justified,
      finalized,
      headState: this.#headStateView(head.root) ?? { justified, finalized },
      validatorCount: store.validatorCount,
      blocksInMemory: memory.size,
      statesInMemory: states.size,
      pendingBlocks: candidates.size,
      pendingAttestations: waitingVotes.size,
      unauthenticatedBlocks: pipeline.unauthenticatedBlocks,
    }
  }

  forkChoice(): ForkChoiceView {
    const { store, announcer } = this.#parts
    const nodes = store.weightedBlocks().map(({ block, weight }) => ({
      root: block.rootHex,
      slot: block.slot,
      parentRoot: toHex(block.parentRoot),
      proposerIndex: block.proposerIndex,
      weight,
    }))
    return { nodes, ...announcer.heads, validatorCount: store.validatorCount }
  }

  /** Those of the roots that are neither imported nor waiting nor known to be invalid. */
  unknown(roots: readonly RootHex[]): RootHex[] {
    const { store, missing } = this.#parts
    return roots.filter(
      (root) =>
        store.getBlock(root) === undefined && !store.isSettled(root) && missing.statusOf(root) === 'unknown',
    )
  }

  answerBlock(id: BlockId, reply: Reply<RootedBlock | undefined>): void {
    const { memory, writer, blockStore } = this.#parts
    const root = this.#rootOf(id)
    if (root === 'inStore') return this.#askStore(id, reply, (found) => blockStore!.readBlock(found, reply))
    if (root === undefined) return void reply.answer(undefined)
    const block = memory.get(root) ?? writer?.unwritten(root)
    if (block !== undefined || blockStore === undefined) reply.answer(block)
    else blockStore.readBlock(root, reply)
  }

  answerState(id: BlockId, reply: Reply<State | undefined>): void {
    const { replay, store, blockStore } = this.#parts
    const root = this.#rootOf(id)
    if (root === 'inStore') return this.#askStore(id, reply, (found) => blockStore!.readState(found, reply))
    if (root === undefined) return void reply.answer(undefined)
    const state = replay.stateNow(root)
    if (state !== undefined) {
      reply.answer(state)
    } else if (store.getBlock(root) !== undefined) {
      if (!replay.request(root, (made) => reply.answer(made))) reply.answer(undefined)
    } else if (blockStore === undefined) {
      reply.answer(undefined)
    } else {
      blockStore.readState(root, reply)
    }
  }

  /** The root of the block that is meant, undefined when there is none; `inStore` when the BlockStore has to say. */
  #rootOf(id: BlockId): RootHex | 'inStore' | undefined {
    if (id.by === 'root') return id.root
    if (id.by !== 'slot') return this.#parts.announcer.heads[id.by].root
    const block = this.#canonicalAt(id.slot)
    if (block !== 'pruned') return block?.rootHex
    return this.#parts.blockStore === undefined ? undefined : 'inStore'
  }

  #askStore<T>(id: BlockId, reply: Reply<T | undefined>, read: (root: RootHex) => void): void {
    if (id.by === 'slot') this.#parts.blockStore!.readFinalizedRoot(id.slot, passOn(reply, read))
  }

  /** The block of a slot on the chain of the head; `pruned` when that part of the chain has left the tree. */
  #canonicalAt(slot: Slot): BlockSummary | 'pruned' | undefined {
    const { store } = this.#parts
    let block = store.getBlock(toHex(store.head.root))
    while (block !== undefined && block.slot > slot) block = store.getBlock(toHex(block.parentRoot))
    if (block === undefined) return 'pruned'
    return block.slot === slot ? block : undefined
  }

  #headStateView(root: RootHex): ChainView['headState'] | undefined {
    if (this.#headState?.root === root) return this.#headState.view
    const state = this.#parts.states.get(root)
    if (state === undefined) return undefined
    const { latestJustified, latestFinalized } = state
    const view = { justified: referenceOf(latestJustified), finalized: referenceOf(latestFinalized) }
    this.#headState = { root, view }
    return view
  }
}

/** A reply that goes on with the root it is given, and passes everything else to another. */
function passOn<T>(reply: Reply<T | undefined>, next: (root: RootHex) => void): Reply<RootHex | undefined> {
  return {
    answer: (root) => {
      if (root === undefined) return reply.answer(undefined)
      next(root)
      return true
    },
    refuse: (code, message) => reply.refuse(code, message),
    get isOpen() {
      return reply.isOpen
    },
  }
}
