import { ByteListType, ByteVectorType, ContainerType, ListCompositeType } from '@chainsafe/ssz'
import { PRESET } from '../preset.ts'
import { type Attestation, attestationType } from './attestation.ts'
import { type BlockWithAttestation, blockWithAttestationType } from './block.ts'

/**
 * How a signature travels. Only the signed envelopes differ, never block roots or states.
 *
 * - `padded`: the specification at 050fa4a1, 3116 bytes, zeros on the right.
 * - `ssz3112`: devnet-1 clients since December 2025, the SSZ bytes of the signature container, 3112 bytes.
 * - `ssz`: the specification from d6cec9b3 on, the same container as an element of variable size.
 */
export type SignatureEncoding = 'padded' | 'ssz3112' | 'ssz'

export const SIGNATURE_ENCODINGS: readonly SignatureEncoding[] = ['padded', 'ssz3112', 'ssz']

/** A vote and its signature, still in the network's encoding. */
export type SignedAttestation = { message: Attestation; signature: Uint8Array }

/** A block with the signatures of its attestations, in their order, then the proposer's. */
export type SignedBlockWithAttestation = { message: BlockWithAttestation; signature: Uint8Array[] }

/** Longest signature of the `ssz` encoding at production parameters: the same container, with every sibling and hash. */
const LONGEST_SSZ_SIGNATURE = 3112

const signatureTypes = {
  padded: new ByteVectorType(PRESET.signatureLength),
  ssz3112: new ByteVectorType(3112),
  ssz: new ByteListType(LONGEST_SSZ_SIGNATURE),
} as const

function signedTypesOf<Type extends (typeof signatureTypes)[SignatureEncoding]>(signatureType: Type) {
  const signatures = new ListCompositeType(signatureType as ByteVectorType, PRESET.validatorRegistryLimit)
  return {
    signedAttestationType: new ContainerType(
      { message: attestationType, signature: signatureType as ByteVectorType },
      { typeName: 'SignedAttestation' },
    ),
    signedBlockWithAttestationType: new ContainerType(
      { message: blockWithAttestationType, signature: signatures },
      { typeName: 'SignedBlockWithAttestation' },
    ),
  }
}

/** The SSZ types of the two signed containers in one encoding. */
export type SignedTypes = ReturnType<typeof signedTypesOf>

const signedTypes: Readonly<Record<SignatureEncoding, SignedTypes>> = {
  padded: signedTypesOf(signatureTypes.padded),
  ssz3112: signedTypesOf(signatureTypes.ssz3112),
  ssz: signedTypesOf(signatureTypes.ssz),
}

/** The SSZ types of `SignedAttestation` and `SignedBlockWithAttestation` in a signature encoding. */
export function signedTypesFor(encoding: SignatureEncoding): SignedTypes {
  return signedTypes[encoding]
}
