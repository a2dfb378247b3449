import { blockRoot, proposerOf, stateTransition } from '@trine/state-transition'
import { type Attestation, attestationType, type State, toHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { createEquivocator, forgeBlock, wrapBlock } from '../src/adversaries/forging.ts'
import type { Publication } from '../src/adversaries/publications.ts'
import { createGenesis } from '../src/genesis.ts'
import { createSignatureKit, DEFAULT_SCENARIO } from '../src/index.ts'
import { StateLibrary } from '../src/stateLibrary.ts'

const VALIDATORS = 5
const kit = await createSignatureKit({ ...DEFAULT_SCENARIO, signatures: 'none', validators: VALIDATORS })
const genesis = createGenesis(kit.publicKeys)
const genesisRoot = blockRoot(genesis.anchor.block)

/** A vote for the genesis block and nothing else. */
function voteOf(validatorIndex: number, slot = 1): Attestation {
  const checkpoint = { root: genesisRoot, slot: 0 }
  return { validatorIndex, data: { slot, head: checkpoint, target: checkpoint, source: checkpoint } }
}

function signed(message: Attestation) {
  const request = {
    validatorIndex: Number(message.validatorIndex),
    epoch: Number(message.data.slot),
    message: attestationType.hashTreeRoot(message),
  }
  return { message, signature: kit.sign(request)! }
}

function isSignedBy(message: Attestation, signature: Uint8Array): boolean {
  const publicKey = kit.publicKeys[Number(message.validatorIndex)]!
  const item = {
    publicKey,
    epoch: Number(message.data.slot),
    message: attestationType.hashTreeRoot(message),
    signature,
  }
  return kit.verify([item])[0]!
}

describe('a forged block', () => {
  it('is one that the transition takes', () => {
    const block = forgeBlock(genesis.anchor.state, genesisRoot, 3, [voteOf(1), voteOf(2)])!
    expect(block.proposerIndex).toBe(proposerOf(3, VALIDATORS))
    expect(stateTransition(genesis.anchor.state, block).ok).toBe(true)
  })

  it('is not made where there can be none', () => {
    expect(forgeBlock(genesis.anchor.state, genesisRoot, 0, [])).toBeUndefined()
    expect(forgeBlock(genesis.anchor.state, new Uint8Array(32), 3, [])).toBeUndefined()
  })

  it('is wrapped in whose vote you will', () => {
    const block = forgeBlock(genesis.anchor.state, genesisRoot, 3, [voteOf(1)])!
    const wrapped = wrapBlock(block, [signed(voteOf(1))], signed(voteOf(4)))
    expect(wrapped.root).toBe(toHex(blockRoot(block)))
    expect(wrapped.signedBlock.message.proposerAttestation).toEqual(voteOf(4))
    const [first, last] = wrapped.signedBlock.signature
    expect(isSignedBy(voteOf(1), first!)).toBe(true)
    expect(isSignedBy(voteOf(4), last!)).toBe(true)
  })
})

describe('an equivocator', () => {
  const states = new StateLibrary(genesis.genesisRoot, genesis.anchor.state)
  const equivocate = createEquivocator(kit, states)

  /** The block of slot 1 as its proposer would publish it. */
  function proposal(votes: number[]): Publication {
    const attestations = votes.map((index) => voteOf(index))
    const block = forgeBlock(genesis.anchor.state, genesisRoot, 1, attestations)!
    const head = { root: blockRoot(block), slot: 1 }
    const vote = { ...voteOf(1), data: { ...voteOf(1).data, head } }
    return { type: 'publishBlock', block: wrapBlock(block, attestations.map(signed), signed(vote)) }
  }

  it('makes a second block of the same slot and proposer, as valid as the first', () => {
    const first = proposal([2, 3])
    const second = equivocate(first)
    if (first.type !== 'publishBlock' || second?.type !== 'publishBlock') throw new Error('expected blocks')
    expect(second.block.root).not.toBe(first.block.root)
    const { block, proposerAttestation } = second.block.signedBlock.message
    expect(block).toMatchObject({ slot: 1, proposerIndex: 1 })
    expect(block.body.attestations).toEqual([voteOf(2)])
    expect(stateTransition(genesis.anchor.state, block).ok).toBe(true)
    expect(toHex(proposerAttestation.data.head.root)).toBe(second.block.root)
    const signature = second.block.signedBlock.signature
    expect(isSignedBy(voteOf(2), signature[0]!)).toBe(true)
    expect(isSignedBy(proposerAttestation, signature[1]!)).toBe(true)
    expect(signature).toHaveLength(2)
  })

  it('makes none where it has nothing to leave out, or does not know the parent', () => {
    expect(equivocate(proposal([]))).toBeUndefined()
    const elsewhere = createEquivocator(kit, new StateLibrary('0xother', {} as State))
    expect(elsewhere(proposal([2, 3]))).toBeUndefined()
  })

  it('makes a second vote of the same slot, for another head', () => {
    const vote = voteOf(2, 4)
    const elsewhere = { root: new Uint8Array(32).fill(7), slot: 3 }
    const first = signed({ ...vote, data: { ...vote.data, head: elsewhere } })
    const second = equivocate({ type: 'publishAttestation', signedAttestation: first })
    if (second?.type !== 'publishAttestation') throw new Error('expected a vote')
    const { message, signature } = second.signedAttestation
    expect(message).toEqual(vote)
    expect(isSignedBy(message, signature)).toBe(true)
  })

  it('makes no second vote where it would be the same', () => {
    const signedAttestation = signed(voteOf(2, 4))
    expect(equivocate({ type: 'publishAttestation', signedAttestation })).toBeUndefined()
  })
})

describe('signatures that prove nothing', () => {
  const message = new Uint8Array(32).fill(5)
  const request = { validatorIndex: 2, epoch: 9, message }
  const item = { publicKey: kit.publicKeys[2]!, epoch: 9, message, signature: kit.sign(request)! }

  it('say so', () => {
    expect(new TextDecoder().decode(item.signature.subarray(0, 8))).toBe('UNSIGNED')
  })

  it('hold for their key, epoch and message, and for no other', () => {
    const others = [
      { ...item, publicKey: kit.publicKeys[1]! },
      { ...item, epoch: 8 },
      { ...item, message: new Uint8Array(32).fill(6) },
      { ...item, signature: new Uint8Array(36) },
      { ...item, signature: new Uint8Array(0) },
    ]
    expect(kit.verify([item, ...others])).toEqual([true, false, false, false, false, false])
  })
})
