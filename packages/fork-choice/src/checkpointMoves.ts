import type { Checkpoint } from '@trine/types'
import type { BlockNode } from './protoArray.ts'

/** The checkpoints of a store that move, as nodes of its tree. */
export type StoreNodes = {
  head: BlockNode
  safeTarget: BlockNode
  justified: BlockNode
  finalized: BlockNode
}

/** Which of a store's checkpoints a step moved: what a caller makes events of. */
export type CheckpointMoves = {
  readonly [Name in keyof StoreNodes]?: { readonly from: Checkpoint; readonly to: Checkpoint }
}

const NAMES = ['head', 'safeTarget', 'justified', 'finalized'] as const

/** The difference between two moments of a store. */
export function movesBetween(before: Readonly<StoreNodes>, after: Readonly<StoreNodes>): CheckpointMoves {
  const moves: { -readonly [Name in keyof CheckpointMoves]: CheckpointMoves[Name] } = {}
  for (const name of NAMES) {
    if (before[name] === after[name]) continue
    moves[name] = { from: checkpointOf(before[name]), to: checkpointOf(after[name]) }
  }
  return moves
}

export function checkpointOf({ root, slot }: Checkpoint): Checkpoint {
  return { root, slot }
}
