import type { RootHex } from '@trine/types'

/** The chain's head as far as the validators were told of it. */
export class HeadView {
  root: RootHex | undefined

  /**
   * Whether data made from `dataHead` is outdated: the head was told to have moved since the data was asked for, and
   * not to where the data was made from. Data that is newer than what was told is not outdated.
   */
  hasMoved(headBefore: RootHex | undefined, dataHead: RootHex): boolean {
    return this.root !== headBefore && this.root !== dataHead
  }
}
