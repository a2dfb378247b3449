import type { RootedBlock } from '@trine/messages'
import { blockRoot, processBlock, processSlots, proposerOf, stateRoot } from '@trine/state-transition'
import {
  type Attestation,
  attestationType,
  type Block,
  bytesEqual,
  type SignedAttestation,
  type State,
  toHex,
  toNumber,
  ZERO_ROOT,
} from '@trine/types'
import type { SignatureKit } from '../signatures.ts'
import type { StateLibrary } from '../stateLibrary.ts'
import type { Equivocate, Publication } from './publications.ts'

/** A block with any votes, as long as the transition takes it; undefined when it does not. */
export function forgeBlock(
  parentState: State,
  parentRoot: Uint8Array,
  slot: number,
  attestations: Attestation[],
): Block | undefined {
  const advanced = processSlots(parentState, slot)
  if (!advanced.ok) return undefined
  const proposerIndex = proposerOf(slot, parentState.validators.length)
  const block: Block = { slot, proposerIndex, parentRoot, stateRoot: ZERO_ROOT, body: { attestations } }
  const post = processBlock(advanced.value, block)
  return post.ok ? { ...block, stateRoot: stateRoot(post.value) } : undefined
}

/** A block in an envelope whose proposer vote is somebody's vote from gossip: nothing of it needs a key. */
export function wrapBlock(
  block: Block,
  votes: readonly SignedAttestation[],
  wrapper: SignedAttestation,
): RootedBlock {
  return {
    root: toHex(blockRoot(block)),
    signedBlock: {
      message: { block, proposerAttestation: wrapper.message },
      signature: [...votes, wrapper].map(({ signature }) => signature),
    },
  }
}

/** An equivocator with the keys of its node: it asks no ledger. */
export function createEquivocator(kit: SignatureKit, states: StateLibrary): Equivocate {
  const sign = (attestation: Attestation): Uint8Array | undefined => {
    const [validatorIndex, epoch] = [toNumber(attestation.validatorIndex), toNumber(attestation.data.slot)]
    return kit.sign({ validatorIndex, epoch, message: attestationType.hashTreeRoot(attestation) })
  }
  const secondVote = ({ message }: SignedAttestation): SignedAttestation | undefined => {
    const { data, validatorIndex } = message
    if (bytesEqual(data.head.root, data.source.root)) return undefined
    // As if nothing had happened since the justified block: valid, and for another head.
    const other = { validatorIndex, data: { ...data, head: data.source, target: data.source } }
    const signature = sign(other)
    return signature && { message: other, signature }
  }
  const secondBlock = ({ signedBlock }: RootedBlock): RootedBlock | undefined => {
    const { block, proposerAttestation } = signedBlock.message
    const kept = block.body.attestations.slice(0, -1)
    const parentState = states.get(toHex(block.parentRoot))
    if (block.body.attestations.length === 0 || parentState === undefined) return undefined
    const other = forgeBlock(parentState, block.parentRoot, toNumber(block.slot), kept)
    if (other === undefined) return undefined
    const head = { root: blockRoot(other), slot: block.slot }
    const { data, validatorIndex } = proposerAttestation
    const target = bytesEqual(data.target.root, data.head.root) ? head : data.target
    const vote = { validatorIndex, data: { ...data, head, target } }
    const signature = sign(vote)
    return signature && wrapBlock(other, votesOf(signedBlock, kept), { message: vote, signature })
  }
  return (publication: Publication): Publication | undefined => {
    if (publication.type === 'publishBlock') {
      const block = secondBlock(publication.block)
      return block && { type: 'publishBlock', block }
    }
    const signedAttestation = secondVote(publication.signedAttestation)
    return signedAttestation && { type: 'publishAttestation', signedAttestation }
  }
}

function votesOf(
  { signature }: RootedBlock['signedBlock'],
  attestations: readonly Attestation[],
): SignedAttestation[] {
  return attestations.map((message, index) => ({ message, signature: signature[index]! }))
}
