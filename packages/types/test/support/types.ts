import type { CompositeType } from '@chainsafe/ssz'
import { blockRootsType, CONTAINER_TYPES, SIGNATURE_ENCODINGS, signedTypesFor } from '../../src/index.ts'

/** A type of which the tests know nothing but that it has a tree-backed view. */
export type AnyType = CompositeType<unknown, unknown, { serialize(): Uint8Array; hashTreeRoot(): Uint8Array }>

const signedTypes = SIGNATURE_ENCODINGS.flatMap((encoding) => {
  const { signedAttestationType, signedBlockWithAttestationType } = signedTypesFor(encoding)
  return [
    [`SignedAttestation ${encoding}`, signedAttestationType],
    [`SignedBlockWithAttestation ${encoding}`, signedBlockWithAttestationType],
  ] as const
})

/** Every type that is ever decoded from bytes, by a name for messages. */
export const ALL_TYPES = [
  ...Object.entries(CONTAINER_TYPES),
  ['BlocksByRootRequest', blockRootsType],
  ...signedTypes,
] as unknown as readonly (readonly [name: string, type: AnyType])[]
