import { blockHeader } from '@trine/state-transition'
import {
  type Attestation,
  attestationType,
  type Block,
  type BlockHeader,
  type RootHex,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  toHex,
} from '@trine/types'

/**
 * What is computed from blocks and votes, once per object. In a simulation many nodes share the decoded objects, which
 * nobody changes.
 */

export type AttestationRoot = { readonly bytes: Uint8Array; readonly hex: RootHex }

const attestationRoots = new WeakMap<Attestation, AttestationRoot>()
const headers = new WeakMap<Block, BlockHeader>()
const votes = new WeakMap<SignedBlockWithAttestation, readonly SignedAttestation[]>()

/** Hash tree root of a vote: the message that is signed. */
export function attestationRoot(attestation: Attestation): AttestationRoot {
  let root = attestationRoots.get(attestation)
  if (root === undefined) {
    // A copy, because what the library returns stands in a slab of a pool, which would be kept with it.
    const bytes = Uint8Array.from(attestationType.hashTreeRoot(attestation))
    root = { bytes, hex: toHex(bytes) }
    attestationRoots.set(attestation, root)
  }
  return root
}

/** The header of a block, for which its body is hashed. */
export function headerOf(block: Block): BlockHeader {
  let header = headers.get(block)
  if (header === undefined) {
    header = blockHeader(block)
    headers.set(block, header)
  }
  return header
}

/** The votes of a block's body with their signatures, then the proposer's; expects as many signatures as votes. */
export function signedVotes(signedBlock: SignedBlockWithAttestation): readonly SignedAttestation[] {
  let signed = votes.get(signedBlock)
  if (signed === undefined) {
    const { block, proposerAttestation } = signedBlock.message
    const messages = [...block.body.attestations, proposerAttestation]
    signed = messages.map((message, index) => ({ message, signature: signedBlock.signature[index]! }))
    votes.set(signedBlock, signed)
  }
  return signed
}
