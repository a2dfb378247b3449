import { ContainerType, ListCompositeType } from '@chainsafe/ssz'
import { PRESET } from '../preset.ts'
import { rootType } from './basic.ts'
import { type Checkpoint, checkpointType } from './checkpoint.ts'

/** What peers tell each other first. 80 bytes: finalized root, finalized slot, head root, head slot. */
export type Status = { finalized: Checkpoint; head: Checkpoint }

export const statusType = new ContainerType(
  { finalized: checkpointType, head: checkpointType },
  { typeName: 'Status' },
)

/** The roots of a blocks-by-root request, as a bare list. */
export const blockRootsType = new ListCompositeType(rootType, PRESET.maxRequestBlocks, {
  typeName: 'BlocksByRootRequest',
})
