import { buildBlock, proposerOf } from '@trine/state-transition'
import { type Attestation, type Block, type Checkpoint, toHex } from '@trine/types'
import { expect, it } from 'vitest'
import { signed, TestStore, unwrap } from '../../packages/fork-choice/test/support.ts'

const EVERYBODY = [0, 1, 2, 3]

/** Votes of all, signed and spread but in no block yet. */
function votes(test: TestStore, slot: number, target: Checkpoint, source: Checkpoint): Attestation[] {
  return EVERYBODY.map((validator) => test.vote(validator, slot, target, source))
}

/** A chain on which a stranger's block at slot 8 carried four-to-five votes that no block had included in time. */
function afterTheStrangersBlock(): TestStore {
  const test = new TestStore(4)
  const at: Checkpoint[] = [test.genesis]
  const add = (slot: number, carried: Attestation[] = []) => {
    at[slot] = test.addBlock(at[slot - 1]!, slot, carried)
  }
  for (const slot of [1, 2, 3, 4]) add(slot)
  add(5, votes(test, 4, at[4]!, at[0]!))
  const forgotten = votes(test, 5, at[5]!, at[4]!)
  add(6)
  add(7, votes(test, 6, at[6]!, at[4]!))
  expect(test.store.latestJustified.slot).toBe(6)
  add(8, forgotten)
  expect(test.stateOf(test.store.head).latestJustified.slot).toBe(5)
  expect(test.store.latestJustified.slot).toBe(6)
  return test
}

/** Everybody votes honestly and hears of every vote, and each slot has its block; the store's checkpoints, slot by slot. */
function honestSlots(test: TestStore, count: number, build: (slot: number) => Block) {
  const { store } = test
  const history = []
  for (let slot = 9; slot < 9 + count; slot++) {
    test.importBlock(build(slot))
    const data = store.produceAttestationData(slot)
    for (const validatorIndex of EVERYBODY) unwrap(store.onAttestation(signed({ validatorIndex, data })))
    test.tickTo(slot + 1)
    history.push([store.latestJustified.slot, store.latestFinalized.slot])
  }
  return history
}

it('one block can stop finality for good', () => {
  const test = afterTheStrangersBlock()
  const { store } = test
  const asSpecified = (slot: number) => {
    const parent = store.getProposalHead(slot)
    const parentState = test.stateOf(parent)
    const built = buildBlock({
      parentState,
      parentRoot: parent.root,
      slot,
      proposerIndex: proposerOf(slot, 4),
      attestations: store.latestKnownAttestations.values(),
      isKnownBlock: (root) => store.getBlock(toHex(root)) !== undefined,
      // The specification's rule: the state's own checkpoint, whatever the store has.
      storeJustified: parentState.latestJustified.toValue(),
      storeFinalized: parentState.latestFinalized.toValue(),
    })
    const { block } = unwrap(built)
    expect(block.body.attestations).toEqual([])
    return block
  }
  const history = honestSlots(test, 40, asSpecified)
  expect(new Set(history.map(([justified]) => justified))).toEqual(new Set([6]))
  expect(test.stateOf(store.head).latestJustified.slot).toBe(5)
})

it('our builder takes votes from any justified source then, and finality goes on', () => {
  const test = afterTheStrangersBlock()
  const build = (slot: number) =>
    unwrap(test.store.produceBlockWithSignatures(slot, proposerOf(slot, 4))).block
  const history = honestSlots(test, 6, build)
  const [justified, finalized] = history.at(-1)!
  expect(justified).toBeGreaterThanOrEqual(11)
  expect(finalized).toBeGreaterThanOrEqual(10)
})
