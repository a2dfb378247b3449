import { ContainerType } from '@chainsafe/ssz'
import type { Uint64 } from '../uint64.ts'
import { uint64Type } from './basic.ts'
import { type Checkpoint, checkpointType, sameCheckpoint } from './checkpoint.ts'

/** What a validator saw: the slot it votes in, its head, and the link source -> target it wants justified. 128 bytes. */
export type AttestationData = { slot: Uint64; head: Checkpoint; target: Checkpoint; source: Checkpoint }

/** One validator's vote; its hash tree root is the message that is signed, with the slot as epoch. 136 bytes. */
export type Attestation = { validatorIndex: Uint64; data: AttestationData }

export const attestationDataType = new ContainerType(
  { slot: uint64Type, head: checkpointType, target: checkpointType, source: checkpointType },
  { typeName: 'AttestationData' },
)

/** Whether two votes say the same, whoever cast them. */
export function sameAttestationData(left: AttestationData, right: AttestationData): boolean {
  return (
    left === right ||
    (left.slot === right.slot &&
      sameCheckpoint(left.head, right.head) &&
      sameCheckpoint(left.target, right.target) &&
      sameCheckpoint(left.source, right.source))
  )
}

export const attestationType = new ContainerType(
  { validatorIndex: uint64Type, data: attestationDataType },
  // The specification's JSON keeps its own name of the field.
  { typeName: 'Attestation', jsonCase: 'eth2', casingMap: { validatorIndex: 'validatorId', data: 'data' } },
)
