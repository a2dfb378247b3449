import { ContainerType, ListCompositeType } from '@chainsafe/ssz'
import { PRESET } from '../preset.ts'
import type { Uint64 } from '../uint64.ts'
import { type Attestation, attestationType } from './attestation.ts'
import { rootType, uint64Type } from './basic.ts'

export type BlockBody = { attestations: Attestation[] }

/** A block with its body replaced by the body's root; both have the same hash tree root. 112 bytes. */
export type BlockHeader = {
  slot: Uint64
  proposerIndex: Uint64
  parentRoot: Uint8Array
  stateRoot: Uint8Array
  bodyRoot: Uint8Array
}

export type Block = {
  slot: Uint64
  proposerIndex: Uint64
  parentRoot: Uint8Array
  stateRoot: Uint8Array
  body: BlockBody
}

/** A block and its proposer's own vote for the block's slot, which travels nowhere else. */
export type BlockWithAttestation = { block: Block; proposerAttestation: Attestation }

export const blockBodyType = new ContainerType(
  { attestations: new ListCompositeType(attestationType, PRESET.validatorRegistryLimit) },
  { typeName: 'BlockBody' },
)

export const blockHeaderType = new ContainerType(
  {
    slot: uint64Type,
    proposerIndex: uint64Type,
    parentRoot: rootType,
    stateRoot: rootType,
    bodyRoot: rootType,
  },
  { typeName: 'BlockHeader' },
)

export const blockType = new ContainerType(
  {
    slot: uint64Type,
    proposerIndex: uint64Type,
    parentRoot: rootType,
    stateRoot: rootType,
    body: blockBodyType,
  },
  { typeName: 'Block' },
)

export const blockWithAttestationType = new ContainerType(
  { block: blockType, proposerAttestation: attestationType },
  { typeName: 'BlockWithAttestation' },
)
