import type { Ref } from '@trine/actors'
import type { ChainMessageFrom, PeerId } from '@trine/messages'
import type { RootHex, Slot } from '@trine/types'
import { type BlockEntry, type BlockTree, isSettled } from './blockTree.ts'
import type { Fetcher } from './fetcher.ts'
import type { SyncLimits } from './limits.ts'

export type ChainFeederParts = {
  readonly chain: Ref<ChainMessageFrom<'sync'>>
  readonly limits: SyncLimits
  readonly tree: BlockTree
  readonly fetcher: Fetcher
}

/**
 * Hands the chain the blocks whose turn it is, and has at hand what comes next.
 *
 * It is a block's turn firmly when its parent was imported, or was handed over just before it. Of other parents it is
 * only known that the chain need not be given them: they may wait there for something, for long. A block on such a
 * parent is handed over alone, without its descendants.
 */
export class ChainFeeder {
  readonly #parts: ChainFeederParts
  readonly #firm = new Set<BlockEntry>()
  readonly #loose = new Set<BlockEntry>()
  /** Those of a loose turn, told or not, by parent. */
  readonly #looseByParent = new Map<RootHex, Set<BlockEntry>>()
  /** What the chain had no room for, and the slot from which it is offered again. */
  readonly #aside = new Map<BlockEntry, Slot>()
  /** What was handed over and not heard of yet. */
  readonly #toldFirm = new Set<BlockEntry>()
  readonly #toldLoose = new Set<BlockEntry>()
  /** The chain's mailbox was full: it is told more after its next import, or at the next tick. */
  isPaused = false

  constructor(parts: ChainFeederParts) {
    this.#parts = parts
  }

  /** It is the block's turn. */
  connect(entry: BlockEntry, isFirm: boolean): void {
    this.forget(entry)
    if (isFirm) this.#firm.add(entry)
    else {
      this.#loose.add(entry)
      const siblings = this.#looseByParent.get(entry.parentRoot!)
      if (siblings === undefined) this.#looseByParent.set(entry.parentRoot!, new Set([entry]))
      else siblings.add(entry)
    }
  }

  /** The block was linked below its parent: it is its turn if the parent was handed over firmly. */
  onLinked(entry: BlockEntry): void {
    const parent = this.#parts.tree.get(entry.parentRoot!)
    if (parent !== undefined && this.#toldFirm.has(parent)) this.connect(entry, true)
  }

  /** The chain has a block: it is the turn of those above it. */
  onArrived(root: RootHex, isImported: boolean): void {
    for (const child of this.#parts.tree.get(root)?.children ?? []) {
      if (child.stage !== 'told') this.connect(child, isImported)
    }
    if (!isImported) return
    for (const entry of [...(this.#looseByParent.get(root) ?? [])]) {
      if (entry.stage !== 'told') this.connect(entry, true)
    }
  }

  /** The chain had no room: the block is offered again later. */
  setAside(entry: BlockEntry, slot: Slot): void {
    const isFirm = this.#toldFirm.has(entry)
    this.#toldFirm.delete(entry)
    this.#toldLoose.delete(entry)
    entry.stage = 'linked'
    this.#aside.set(entry, slot + (isFirm ? 0 : this.#parts.limits.toldSlots))
  }

  forget(entry: BlockEntry): void {
    this.#firm.delete(entry)
    this.#loose.delete(entry)
    this.#aside.delete(entry)
    this.#toldFirm.delete(entry)
    this.#toldLoose.delete(entry)
    const siblings = this.#looseByParent.get(entry.parentRoot ?? '')
    if (siblings?.delete(entry) && siblings.size === 0) this.#looseByParent.delete(entry.parentRoot!)
  }

  /** An interval of a slot began; gives the blocks of which the chain said nothing for too long. */
  tick(slot: Slot): BlockEntry[] {
    this.isPaused = false
    for (const [entry, from] of this.#aside) {
      if (slot >= from) this.connect(entry, !this.#isLoose(entry))
    }
    const { toldSlots } = this.#parts.limits
    const overdue = [...this.#toldFirm, ...this.#toldLoose].filter(
      ({ toldSlot }) => slot - toldSlot >= toldSlots,
    )
    for (const entry of overdue) entry.toldSlot = slot
    return overdue
  }

  #isLoose(entry: BlockEntry): boolean {
    return this.#looseByParent.get(entry.parentRoot!)?.has(entry) ?? false
  }

  /** Hands over what the chain can import, parents first; gives those that came too late to matter. */
  feed(slot: Slot, finalizedSlot: Slot): BlockEntry[] {
    const settled: BlockEntry[] = []
    // What is added while this goes on is visited too: children of what was just told.
    for (const entry of this.#firm) this.#offer(entry, this.#toldFirm, slot, finalizedSlot, settled)
    for (const entry of this.#loose) this.#offer(entry, this.#toldLoose, slot, finalizedSlot, settled)
    return settled
  }

  #offer(
    entry: BlockEntry,
    told: Set<BlockEntry>,
    slot: Slot,
    finalizedSlot: Slot,
    settled: BlockEntry[],
  ): void {
    const { chain, limits, tree } = this.#parts
    const isTooLate = isSettled(entry, entry.slot!, finalizedSlot, limits)
    if (isTooLate) settled.push(entry)
    if (isTooLate || entry.held === undefined) return
    if (this.isPaused || told.size >= limits.maxTold) return
    const { block, from } = entry.held
    this.isPaused = !chain.tell({ type: 'block', block, origin: { from: 'request', peerId: from } })
    if (this.isPaused) return
    this.#firm.delete(entry)
    this.#loose.delete(entry)
    told.add(entry)
    entry.stage = 'told'
    entry.toldSlot = slot
    tree.release(entry)
    if (told !== this.#toldFirm) return
    for (const child of entry.children ?? []) if (child.stage !== 'told') this.connect(child, true)
  }

  /** Keeps what the chain will need next, in half of the room there is, and fetches again what of it was dropped. */
  fetchAhead(): void {
    const { limits, fetcher } = this.#parts
    const next = [...this.#firm]
    const loose = [...this.#loose]
    const count = Math.max(1, Math.min(limits.fetchAhead, Math.floor(limits.maxHeld / 2)))
    let bytes = 0
    for (let index = 0; index < count; index++) {
      // Descendants are added to `next` on the way; what has no firm turn comes after them, and alone.
      const firm = next[index]
      const entry = firm ?? loose[index - next.length]
      if (entry === undefined) return
      bytes += entry.held?.bytes ?? fetcher.meanBlockBytes
      if (index > 0 && bytes > limits.maxHeldBytes / 2) return
      entry.isNeededSoon = true
      if (entry.stage === 'linked' && entry.held === undefined) this.wantAgain(entry)
      for (const child of firm?.children ?? []) next.push(child)
    }
  }

  /** The contents of a block are needed once more; not from who `failed`, at first. */
  wantAgain(entry: BlockEntry, failed?: PeerId): void {
    const { fetcher } = this.#parts
    if (entry.stage === 'told') this.connect(entry, this.#toldFirm.has(entry))
    entry.stage = 'wanted'
    fetcher.want(entry.root, entry.slot, [])
    fetcher.confirm(entry.root, failed)
  }
}
