import type { Ref } from '@trine/actors'
import type { ChainMessageFrom, PeerId } from '@trine/messages'
import type { Slot } from '@trine/types'
import type { BlockEntry, BlockTree } from './blockTree.ts'
import type { Fetcher } from './fetcher.ts'
import type { SyncLimits } from './limits.ts'

export type ChainFeederParts = {
  readonly chain: Ref<ChainMessageFrom<'sync'>>
  readonly limits: SyncLimits
  readonly tree: BlockTree
  readonly fetcher: Fetcher
}

/** Hands the chain the blocks whose turn it is, and has at hand what comes next. */
export class ChainFeeder {
  readonly #parts: ChainFeederParts
  /** The chain has no room: it is told more after its next import, or at the next tick. */
  isPaused = false

  constructor(parts: ChainFeederParts) {
    this.#parts = parts
  }

  /** Hands over what the chain can import, parents first; gives those that came too late to matter. */
  feed(slot: Slot, finalizedSlot: Slot): BlockEntry[] {
    const { chain, limits, tree } = this.#parts
    const settled: BlockEntry[] = []
    // What is added while this goes on is visited too: children of what was just told.
    for (const entry of tree.connected) {
      if (this.isPaused || tree.told.size >= limits.maxTold) break
      if (entry.slot! <= finalizedSlot) settled.push(entry)
      else if (entry.held !== undefined) {
        const { block, from } = entry.held
        this.isPaused = !chain.tell({ type: 'block', block, origin: { from: 'request', peerId: from } })
        if (!this.isPaused) tree.markTold(entry, slot)
      }
    }
    return settled
  }

  /**
   * Keeps what the chain will need next, in half of the room there is, and fetches again what of it was dropped: many at
   * a time, when the chain is half through what is here.
   */
  fetchAhead(): void {
    const { limits, tree, fetcher } = this.#parts
    const next = [...tree.connected]
    const count = Math.max(1, Math.min(limits.fetchAhead, Math.floor(limits.maxHeld / 2)))
    const dropped: BlockEntry[] = []
    let isUrgent = false
    let bytes = 0
    for (let index = 0; index < next.length && index < count; index++) {
      const entry = next[index]!
      bytes += entry.held?.bytes ?? fetcher.meanBlockBytes
      if (index > 0 && bytes > limits.maxHeldBytes / 2) break
      entry.isNeededSoon = true
      if (entry.stage === 'linked' && entry.held === undefined) {
        dropped.push(entry)
        isUrgent ||= index < count / 2
      }
      for (const child of entry.children ?? []) next.push(child)
    }
    if (isUrgent) for (const entry of dropped) this.wantAgain(entry)
  }

  /** The contents of a block are needed once more; not from who `failed`, at first. */
  wantAgain(entry: BlockEntry, failed?: PeerId): void {
    const { tree, fetcher } = this.#parts
    tree.markWanted(entry)
    fetcher.want(entry.root, entry.slot, [])
    fetcher.confirm(entry.root, failed)
  }
}
