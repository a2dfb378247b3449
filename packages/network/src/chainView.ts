import type { BlockReference } from '@trine/messages'
import {
  bytesEqual,
  type RootHex,
  rootBytes,
  type Slot,
  type Status,
  statusType,
  toHex,
  ZERO_ROOT,
} from '@trine/types'
import type { ChainHeads } from './parts.ts'

/** Finalized checkpoints that are remembered, to be compared with what peers finalized. */
const REMEMBERED = 512

/** Our chain as the services tell of it: what status requests are answered with, and what peers' statuses must fit. */
export class ChainView {
  /** Our status as it goes on the wire. */
  statusBytes: Uint8Array
  #finalized: BlockReference
  /** Roots of checkpoints that were finalized here, by slot; genesis is one and stays. */
  readonly #finalizedRoots = new Map<Slot, RootHex>()

  constructor(genesisRoot: RootHex, heads: ChainHeads) {
    this.#finalizedRoots.set(0, genesisRoot)
    this.#finalized = heads.finalized
    this.statusBytes = encodeStatus(heads)
    this.#remember(heads.finalized)
  }

  /** Takes the new heads; true when something new is final, so that statuses of peers may no longer fit. */
  update(heads: ChainHeads): boolean {
    this.statusBytes = encodeStatus(heads)
    if (heads.finalized.root === this.#finalized.root) return false
    this.#finalized = heads.finalized
    this.#remember(heads.finalized)
    return true
  }

  /** Why a peer with this status follows another chain than we; undefined as far as we can see that it does not. */
  conflictWith({ finalized }: Status): string | undefined {
    const ours = typeof finalized.slot === 'number' ? this.#finalizedRoots.get(finalized.slot) : undefined
    // Before anything is final some clients tell of a zero root, as the genesis state has it.
    if (ours === undefined || (finalized.slot === 0 && bytesEqual(finalized.root, ZERO_ROOT)))
      return undefined
    const theirs = toHex(finalized.root)
    if (theirs === ours) return undefined
    const what = finalized.slot === 0 ? 'genesis' : `block finalized at slot ${finalized.slot}`
    return `follows a different chain: expected ${what} ${ours}, it has ${theirs}`
  }

  #remember({ root, slot }: BlockReference): void {
    this.#finalizedRoots.set(slot, root)
    if (this.#finalizedRoots.size <= REMEMBERED) return
    // The first key is genesis, the second the oldest.
    const [, oldest] = this.#finalizedRoots.keys()
    if (oldest !== undefined) this.#finalizedRoots.delete(oldest)
  }
}

function encodeStatus({ head, finalized }: ChainHeads): Uint8Array {
  return statusType.serialize({ finalized: checkpointOf(finalized), head: checkpointOf(head) })
}

function checkpointOf({ root, slot }: BlockReference) {
  return { root: rootBytes(root), slot }
}
