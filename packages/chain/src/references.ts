import type { BlockReference } from '@trine/messages'
import { type Checkpoint, toHex, type Uint64 } from '@trine/types'

/** A checkpoint as services speak of it. The slot of a vote's head is not checked by anybody and may be rounded here. */
export function referenceOf({ root, slot }: Checkpoint): BlockReference {
  return { root: toHex(root), slot: Number(slot) }
}

/** Whether a slot from the wire is a plain number, as every slot inside the node is. */
export function isPlain(slot: Uint64): slot is number {
  return typeof slot === 'number'
}
