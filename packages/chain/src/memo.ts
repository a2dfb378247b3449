import { type BlockReference, referenceOf } from '@trine/messages'
import { blockHeader } from '@trine/state-transition'
import {
  type Attestation,
  type AttestationData,
  attestationType,
  type Block,
  type BlockHeader,
  type RootHex,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  sameAttestationData,
  sameCheckpoint,
  toHex,
} from '@trine/types'

/**
 * What is computed from blocks and votes, once per object. In a simulation many nodes share the decoded objects, which
 * nobody changes.
 */

/** What a vote says, in the words of services. */
export type VoteContent = {
  readonly head: BlockReference
  readonly target: BlockReference
  readonly source: BlockReference
  /** Names the link source -> target. */
  readonly link: string
}

export type AttestationRoot = { readonly bytes: Uint8Array; readonly hex: RootHex }

const attestationRoots = new WeakMap<Attestation, AttestationRoot>()
const contents = new WeakMap<AttestationData, VoteContent>()
const headers = new WeakMap<Block, BlockHeader>()
const votes = new WeakMap<SignedBlockWithAttestation, readonly SignedAttestation[]>()
/** Nearly all votes of a slot say the same. */
let last: { readonly data: AttestationData; readonly content: VoteContent } | undefined

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

export function voteContent(data: AttestationData): VoteContent {
  let content = contents.get(data)
  if (content === undefined) {
    content = last !== undefined && saysTheSame(last.data, data) ? last.content : contentOf(data)
    last = { data, content }
    contents.set(data, content)
  }
  return content
}

/** Whether two votes are the same message; costs less than their roots. */
export function isSameVote(left: Attestation, right: Attestation): boolean {
  return (
    left === right ||
    (left.validatorIndex === right.validatorIndex && sameAttestationData(left.data, right.data))
  )
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

function contentOf(data: AttestationData): VoteContent {
  const [head, target, source] = [referenceOf(data.head), referenceOf(data.target), referenceOf(data.source)]
  return { head, target, source, link: `${source.root} ${target.root}` }
}

function saysTheSame(left: AttestationData, right: AttestationData): boolean {
  return (
    left === right ||
    (sameCheckpoint(left.head, right.head) &&
      sameCheckpoint(left.target, right.target) &&
      sameCheckpoint(left.source, right.source))
  )
}
