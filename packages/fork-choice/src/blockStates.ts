import type { RootHex, State } from '@trine/types'

/**
 * Where a store keeps the post-state of each block, by block root. A node may keep few and make the others again;
 * `get` then does so, or answers undefined and the block that needed it is refused with STATE_MISSING.
 */
export type BlockStates = {
  get(root: RootHex): State | undefined
  set(root: RootHex, state: State): void
  delete(root: RootHex): void
}

/** All post-states in memory. Each is handed out as a view of its own, so that what a reader caches goes with the reader. */
export function createBlockStates(): BlockStates {
  const states = new Map<RootHex, State>()
  return {
    get: (root) => states.get(root)?.clone(true),
    set: (root, state) => void states.set(root, state.clone(true)),
    delete: (root) => void states.delete(root),
  }
}
