import { type Attestation, decode, PRESET, signedTypesFor } from '@trine/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type BuildBlockInput, buildBlock, proposerOf, stateTransition } from '../src/index.ts'
import { TestChain, unwrap } from './support.ts'

function inputFor(chain: TestChain, slot: number, votes: Attestation[]): BuildBlockInput {
  return {
    parentState: chain.state,
    parentRoot: chain.head.root,
    slot,
    proposerIndex: proposerOf(slot, chain.validatorCount),
    attestations: votes.map((message) => ({
      message,
      signature: new Uint8Array([Number(message.validatorIndex), Number(message.data.target.slot)]),
    })),
    isKnownBlock: () => true,
    storeJustified: chain.state.latestJustified,
    storeFinalized: chain.state.latestFinalized,
  }
}

it('reaches the fixed point: votes that become countable inside the block are taken too', () => {
  const chain = new TestChain(3)
  chain.addBlock(1, [])
  chain.addBlock(2, [])
  chain.addBlock(3, [])
  const votes = [
    chain.vote(2, 1, 3),
    chain.vote(0, 0, 1),
    chain.vote(1, 0, 1),
    chain.vote(0, 1, 3),
    chain.vote(2, 2, 3),
  ]
  const built = unwrap(buildBlock(inputFor(chain, 4, votes)))
  expect(built.block.body.attestations).toEqual([votes[1], votes[2], votes[0], votes[3]])
  expect(built.signatures.map((signature) => [...signature])).toEqual([
    [0, 1],
    [1, 1],
    [2, 3],
    [0, 3],
  ])
  expect(built.postState.latestJustified.slot).toBe(3)
  expect(unwrap(stateTransition(chain.state, built.block)).hashTreeRoot()).toEqual(built.block.stateRoot)
})

it('leaves out votes for heads that are not known', () => {
  const chain = new TestChain(3)
  chain.addBlock(1, [])
  const input = { ...inputFor(chain, 2, [chain.vote(0, 0, 1)]), isKnownBlock: () => false }
  expect(unwrap(buildBlock(input)).block.body.attestations).toEqual([])
})

it('leaves room for the signature of the proposer, however many votes there are', () => {
  const { validatorRegistryLimit } = PRESET
  const chain = new TestChain(validatorRegistryLimit)
  chain.addBlock(1, [])
  const votes = Array.from({ length: validatorRegistryLimit }, (_, index) => chain.vote(index, 0, 1))
  const { block, signatures } = unwrap(buildBlock(inputFor(chain, 2, votes)))
  expect([block.body.attestations.length, signatures.length]).toEqual([4095, 4095])
  const signedBlock = {
    message: { block, proposerAttestation: chain.vote(2, 0, 1) },
    signature: Array.from({ length: signatures.length + 1 }, () => new Uint8Array(3112)),
  }
  const { signedBlockWithAttestationType } = signedTypesFor('ssz3112')
  const bytes = signedBlockWithAttestationType.serialize(signedBlock)
  expect(decode(signedBlockWithAttestationType, bytes).ok).toBe(true)
})

it('refuses to build for a stranger', () => {
  const chain = new TestChain(3)
  const outcome = buildBlock({ ...inputFor(chain, 1, []), proposerIndex: 2 })
  expect(outcome).toMatchObject({ error: { code: 'WRONG_PROPOSER', expected: 1, actual: 2 } })
})

it('builds a valid block whatever votes it is given', () => {
  const slot = fc.integer({ min: 0, max: 8 })
  const vote = fc.record({ validator: fc.integer({ min: 0, max: 3 }), source: slot, target: slot })
  let carried = 0
  fc.assert(
    fc.property(fc.array(vote, { maxLength: 40 }), fc.boolean(), (shapes, storeAhead) => {
      const chain = new TestChain(4)
      for (let next = 1; next <= 5; next++) {
        chain.addBlock(next, next === 4 ? [0, 1, 2].map((index) => chain.vote(index, 0, 2)) : [])
      }
      const votes = shapes.map(({ validator, source, target }) => {
        const at = (wanted: number) => ({
          root: chain.checkpoints[wanted]?.root ?? chain.head.root,
          slot: wanted,
        })
        const data = { slot: target, head: chain.head, target: at(target), source: at(source) }
        return { validatorIndex: validator, data }
      })
      const input = inputFor(chain, 6, votes)
      const built = unwrap(buildBlock(storeAhead ? { ...input, storeJustified: chain.head } : input))
      expect(stateTransition(chain.state, built.block).ok).toBe(true)
      carried += built.block.body.attestations.length
    }),
    { numRuns: 200, seed: 1 },
  )
  expect(carried).toBeGreaterThan(100)
})
