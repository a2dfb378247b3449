import type { BlockReference } from '@trine/messages'
import { blockHeader } from '@trine/state-transition'
import {
  type Attestation,
  type AttestationData,
  attestationType,
  type Block,
  type BlockHeader,
  bytesEqual,
  type Checkpoint,
  type RootHex,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  toHex,
} from '@trine/types'
import { referenceOf } from './references.ts'

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

export type VoteFacts = VoteContent & {
  /** Hash tree root of the vote: the message that is signed. */
  readonly root: Uint8Array
  readonly rootHex: RootHex
}

const facts = new WeakMap<Attestation, VoteFacts>()
const headers = new WeakMap<Block, BlockHeader>()
const votes = new WeakMap<SignedBlockWithAttestation, readonly SignedAttestation[]>()
/** Nearly all votes of a slot say the same. */
let last: { readonly data: AttestationData; readonly content: VoteContent } | undefined

export function voteFacts(attestation: Attestation): VoteFacts {
  let known = facts.get(attestation)
  if (known === undefined) {
    // A copy, because what the library returns stands in a slab of a pool, which would be kept with it.
    const root = Uint8Array.from(attestationType.hashTreeRoot(attestation))
    known = { ...contentOf(attestation.data), root, rootHex: toHex(root) }
    facts.set(attestation, known)
  }
  return known
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
  if (last !== undefined && saysTheSame(last.data, data)) return last.content
  const [head, target, source] = [data.head, data.target, data.source].map(referenceOf) as [
    BlockReference,
    BlockReference,
    BlockReference,
  ]
  const content = { head, target, source, link: `${source.root} ${target.root}` }
  last = { data, content }
  return content
}

function saysTheSame(left: AttestationData, right: AttestationData): boolean {
  return (
    isSame(left.head, right.head) && isSame(left.target, right.target) && isSame(left.source, right.source)
  )
}

function isSame(left: Checkpoint, right: Checkpoint): boolean {
  return left.slot === right.slot && bytesEqual(left.root, right.root)
}
