import type { PeerId, RootedBlock } from '@trine/messages'
import type { RootHex, Slot } from '@trine/types'
import type { SyncLimits } from './limits.ts'

/**
 * What is known of a block that the chain does not have yet.
 *
 * - `wanted`: its contents are to be fetched, for the first time or again.
 * - `linked`: slot and parent are known.
 * - `told`: handed to the chain.
 */
export type Stage = 'wanted' | 'linked' | 'told'

export type HeldBlock = { readonly block: RootedBlock; readonly from: PeerId; readonly bytes: number }

export type BlockEntry = {
  readonly root: RootHex
  stage: Stage
  /** Unknown until the block was seen. */
  slot: Slot | undefined
  parentRoot: RootHex | undefined
  /** Entries whose parent it is. */
  children: BlockEntry[] | undefined
  held: HeldBlock | undefined
  /** The chain needs it soon: its contents are dropped last. */
  isNeededSoon: boolean
  /** Slot in which it was handed to the chain. */
  toldSlot: Slot
  /** The chain asked for it, or for a block that descends from it: it may be from before the finalized block. */
  isAskedFor: boolean
  /** On whose word it is looked for; counted against that peer until the block was seen. */
  owner: PeerId | undefined
}

/**
 * The blocks between what peers tell of and what the chain has, linked to their parents. Most are known by root, slot
 * and parent alone; the contents of some are held, those that are needed first.
 */
export class BlockTree {
  readonly #maxHeld: number
  readonly #maxHeldBytes: number
  readonly #entries = new Map<RootHex, BlockEntry>()
  /** Entries with contents. */
  readonly #held = new Set<BlockEntry>()
  #heldBytes = 0
  /** Entries of which slot and parent are not known. */
  #unseen = 0

  constructor(maxHeld: number, maxHeldBytes: number) {
    this.#maxHeld = maxHeld
    this.#maxHeldBytes = maxHeldBytes
  }

  get size(): number {
    return this.#entries.size
  }

  get unseen(): number {
    return this.#unseen
  }

  get(root: RootHex): BlockEntry | undefined {
    return this.#entries.get(root)
  }

  /** Takes a root in of which nothing else is known. */
  add(root: RootHex, owner: PeerId | undefined): BlockEntry {
    const entry: BlockEntry = {
      root,
      stage: 'wanted',
      slot: undefined,
      parentRoot: undefined,
      children: undefined,
      held: undefined,
      isNeededSoon: false,
      toldSlot: 0,
      isAskedFor: false,
      owner,
    }
    this.#entries.set(root, entry)
    this.#unseen += 1
    return entry
  }

  /** The block was seen: notes its slot and its parent, and hangs it under its parent's entry if there is one. */
  link(entry: BlockEntry, slot: Slot, parentRoot: RootHex): void {
    entry.slot = slot
    entry.parentRoot = parentRoot
    entry.stage = 'linked'
    this.#unseen -= 1
    const parent = this.#entries.get(parentRoot)
    if (parent !== undefined) hang(entry, parent)
    if (entry.isAskedFor) this.noteAskedFor(parentRoot)
  }

  /** The chain asks for a block, so for what it descends from. */
  noteAskedFor(root: RootHex): void {
    let entry = this.#entries.get(root)
    while (entry !== undefined && !entry.isAskedFor) {
      entry.isAskedFor = true
      entry = this.#entries.get(entry.parentRoot ?? '')
    }
  }

  /** Makes an entry for the parent of a linked one. */
  addParent(entry: BlockEntry, owner: PeerId | undefined): BlockEntry {
    const parent = this.add(entry.parentRoot!, owner)
    parent.isAskedFor = entry.isAskedFor
    hang(entry, parent)
    return parent
  }

  /** Keeps the contents of a block; for want of room others are dropped: not needed soon, then of the highest slot. */
  hold(entry: BlockEntry, held: HeldBlock): void {
    this.release(entry)
    entry.held = held
    this.#held.add(entry)
    this.#heldBytes += held.bytes
    while (this.#held.size > this.#maxHeld || this.#heldBytes > this.#maxHeldBytes) {
      // One block is always held, however large: else it would never get to the chain.
      if (this.#held.size === 1) return
      this.release(this.#leastNeeded())
    }
  }

  /** Drops the contents of a block. */
  release(entry: BlockEntry): void {
    if (entry.held === undefined) return
    this.#heldBytes -= entry.held.bytes
    entry.held = undefined
    this.#held.delete(entry)
  }

  /** Forgets an entry; what descends from it stays. */
  remove(entry: BlockEntry): void {
    this.release(entry)
    if (this.#entries.delete(entry.root) && entry.slot === undefined) this.#unseen -= 1
  }

  /** Forgets an entry and all that descends from it. */
  removeWithDescendants(entry: BlockEntry): BlockEntry[] {
    const siblings =
      entry.parentRoot === undefined ? undefined : this.#entries.get(entry.parentRoot)?.children
    const position = siblings?.indexOf(entry) ?? -1
    if (position !== -1) siblings!.splice(position, 1)
    const open = [entry]
    const removed: BlockEntry[] = []
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      removed.push(next)
      this.remove(next)
      for (const child of next.children ?? []) open.push(child)
    }
    return removed
  }

  #leastNeeded(): BlockEntry {
    let least: BlockEntry | undefined
    for (const entry of this.#held) if (least === undefined || isLessNeeded(entry, least)) least = entry
    return least!
  }
}

function isLessNeeded(entry: BlockEntry, than: BlockEntry): boolean {
  if (entry.isNeededSoon !== than.isNeededSoon) return than.isNeededSoon
  return entry.slot! > than.slot!
}

function hang(child: BlockEntry, parent: BlockEntry): void {
  if (parent.children === undefined) parent.children = [child]
  else parent.children.push(child)
}

/** Whether the chain would not take the block any more: it takes some from before the finalized one, if it needs them. */
export function isSettled(
  { isAskedFor }: BlockEntry,
  slot: Slot,
  finalizedSlot: Slot,
  { lateSlots }: Pick<SyncLimits, 'lateSlots'>,
): boolean {
  return slot <= finalizedSlot - (isAskedFor ? lateSlots : 0)
}

/** About what a block takes, bytes. */
export function sizeOf({ signedBlock }: RootedBlock): number {
  let bytes = 512 + 136 * signedBlock.message.block.body.attestations.length
  for (const signature of signedBlock.signature) bytes += signature.length
  return bytes
}
