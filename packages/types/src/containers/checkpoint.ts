import { ContainerType } from '@chainsafe/ssz'
import { bytesEqual } from '../hex.ts'
import type { Uint64 } from '../uint64.ts'
import { rootType, uint64Type } from './basic.ts'

/** A block and its slot. 40 bytes: root 32, slot 8. */
export type Checkpoint = { root: Uint8Array; slot: Uint64 }

export function sameCheckpoint(left: Checkpoint, right: Checkpoint): boolean {
  return left.slot === right.slot && bytesEqual(left.root, right.root)
}

export const checkpointType = new ContainerType(
  { root: rootType, slot: uint64Type },
  { typeName: 'Checkpoint' },
)
