import { type Checkpoint, toHex } from '@trine/types'
import type { BlockReference } from './common.ts'

/** A checkpoint as services speak of it. The slot of a vote's head is not checked by anybody and may be rounded here. */
export function referenceOf({ root, slot }: Checkpoint): BlockReference {
  return { root: toHex(root), slot: Number(slot) }
}
