import type { Store } from '@trine/fork-choice'
import { type BlockReference, type EventSink, referenceOf } from '@trine/messages'
import { toHex } from '@trine/types'
import type { BlockWriter } from './blockWriter.ts'
import type { LinkTally } from './linkTally.ts'
import type { NamedBlocks } from './namedBlocks.ts'
import type { FinalMark, StoreStep } from './parts.ts'
import type { StateCache } from './stateCache.ts'
import type { StateReplay } from './stateReplay.ts'

export type FinalityParts = {
  readonly store: Store
  readonly states: StateCache
  readonly tally: LinkTally
  readonly named: NamedBlocks
  readonly replay: StateReplay
  readonly writer: BlockWriter | undefined
  readonly events: EventSink
  readonly lateSlots: number
  readonly onStoreStep: ((step: StoreStep) => void) | undefined
  readonly onFinalized: ((mark: FinalMark) => void) | undefined
}

/** By how many slots the tree must be too long before it is cut. */
const PRUNED_SLOTS = 64

/** What follows from a finalized checkpoint: an audit, the index of final blocks, and less to remember. */
export class Finality {
  readonly #parts: FinalityParts
  /** The block that the tree begins with. */
  #base: BlockReference

  constructor(parts: FinalityParts) {
    this.#parts = parts
    this.#base = referenceOf(parts.store.latestFinalized)
  }

  /** The block that the tree begins with: its state is what all others can be made from. */
  get base(): BlockReference {
    return this.#base
  }

  /** To be called when the store's finalized checkpoint has moved. */
  advance(previous: BlockReference, finalized: BlockReference): void {
    const { tally, replay, writer, onFinalized } = this.#parts
    const path = this.#pathBetween(previous, finalized)
    this.#audit(previous, finalized, path !== undefined)
    tally.forgetBefore(finalized.slot)
    const state = (writer ?? onFinalized) && replay.stateNow(finalized.root)
    writer?.addFinalized(path ?? [finalized], state)
    onFinalized?.({ root: finalized.root, state, ...this.#votes() })
    this.#prune(finalized)
  }

  #votes(): Omit<FinalMark, 'root' | 'state'> {
    const { latestKnownAttestations, latestNewAttestations, safeTarget } = this.#parts.store
    const known = [...latestKnownAttestations.values()]
    return { known, waiting: [...latestNewAttestations.values()], safeTarget: safeTarget.root }
  }

  /**
   * Lets the tree begin later, at a block whose state is in memory, so that every state of the tree can be made again.
   * The search for that block and the pruning are worth it only for many blocks at once.
   */
  #prune(finalized: BlockReference): void {
    const { store, states, named, writer, lateSlots, onStoreStep } = this.#parts
    const latest = finalized.slot - lateSlots
    if (latest - this.#base.slot < PRUNED_SLOTS) return
    let block = store.getBlock(finalized.root)
    while (block !== undefined && (block.slot > latest || !states.has(block.rootHex))) {
      block = store.getBlock(toHex(block.parentRoot))
    }
    if (block === undefined || block.rootHex === this.#base.root) return
    const keptSlots = finalized.slot - block.slot
    const pruned = store.prune(1, keptSlots)
    // While the justified block stands on another branch, the store keeps everything.
    if (pruned.length === 0) return
    this.#base = { root: block.rootHex, slot: block.slot }
    onStoreStep?.({ type: 'prune', keptSlots })
    writer?.addDiscarded(named.discardable(pruned))
  }

  /**
   * The transition finalizes the source of whichever vote crosses two thirds, and the store takes the highest finalized
   * slot of any branch. Where the votes themselves do not bear that out, somebody should look.
   */
  #audit(previous: BlockReference, finalized: BlockReference, descends: boolean): void {
    const { store, tally, events } = this.#parts
    if (!descends) {
      const message = `finalized block of slot ${finalized.slot}: expected a descendant of the one finalized before, at slot ${previous.slot}`
      events.emit({ type: 'finalityConflict', message, checkpoints: [previous, finalized] })
    }
    const votes = tally.votesFrom(finalized.root)
    if (3 * votes >= 2 * store.validatorCount) return
    const needed = Math.ceil((2 * store.validatorCount) / 3)
    const message = `finalized block of slot ${finalized.slot}: expected ${needed} votes for one link from it, found ${votes}`
    events.emit({ type: 'finalityConflict', message, checkpoints: [finalized] })
  }

  /** The blocks after `from` up to `to`, oldest first; undefined when `to` does not descend from `from`. */
  #pathBetween(from: BlockReference, to: BlockReference): BlockReference[] | undefined {
    const path: BlockReference[] = []
    let root = to.root
    while (root !== from.root) {
      const block = this.#parts.store.getBlock(root)
      if (block === undefined || block.slot <= from.slot) return undefined
      path.push({ root, slot: block.slot })
      root = toHex(block.parentRoot)
    }
    return path.reverse()
  }
}
