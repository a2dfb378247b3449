import type { Attestation, Checkpoint } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { proposerVote, signedBlock, TestStore, unwrap } from '../../packages/fork-choice/test/support.ts'
import { asSpecified, asWeDo, honestSlots, votesOfAll } from './honest.ts'

describe('one block that sets the justified checkpoint back can stop finality for good', () => {
  /** A chain on which a stranger's block at slot 8 carried four-to-five votes that no block had included in time. */
  function afterTheStrangersBlock(): TestStore {
    const test = new TestStore(4)
    const at: Checkpoint[] = [test.genesis]
    const add = (slot: number, carried: Attestation[] = []) => {
      at[slot] = test.addBlock(at[slot - 1]!, slot, carried)
    }
    for (const slot of [1, 2, 3, 4]) add(slot)
    add(5, votesOfAll(test, 4, at[4]!, at[0]!))
    const forgotten = votesOfAll(test, 5, at[5]!, at[4]!)
    add(6)
    add(7, votesOfAll(test, 6, at[6]!, at[4]!))
    expect(test.store.latestJustified.slot).toBe(6)
    add(8, forgotten)
    expect(test.stateOf(test.store.head).latestJustified.slot).toBe(5)
    expect(test.store.latestJustified.slot).toBe(6)
    return test
  }

  it('by the rules alone all later blocks are empty of votes', () => {
    const test = afterTheStrangersBlock()
    const build = (store: TestStore, slot: number) => {
      const block = asSpecified.build(store, slot)
      expect(block.body.attestations).toEqual([])
      return block
    }
    const history = honestSlots(test, 9, 40, { ...asSpecified, build })
    expect(new Set(history.map(([justified]) => justified))).toEqual(new Set([6]))
    expect(test.stateOf(test.store.head).latestJustified.slot).toBe(5)
  })

  it('our builder takes votes from any justified source then, and finality goes on', () => {
    const [justified, finalized] = honestSlots(afterTheStrangersBlock(), 9, 6, asWeDo).at(-1)!
    expect(justified).toBeGreaterThanOrEqual(11)
    expect(finalized).toBeGreaterThanOrEqual(10)
  })
})

describe('one late block that finalizes and is left behind can stop finality for good', () => {
  /**
   * The block of slot 5, with votes that finalize slot 3, comes when the chain has gone on without it. The store takes
   * its finalized checkpoint; no state of the chain ever does.
   */
  function afterTheLateBlock(): TestStore {
    const test = new TestStore(4)
    const at: Checkpoint[] = [test.genesis]
    const add = (slot: number, carried: Attestation[] = [], parent = slot - 1) => {
      at[slot] = test.addBlock(at[parent]!, slot, carried)
    }
    add(1)
    for (const slot of [2, 3, 4]) add(slot, votesOfAll(test, slot - 1, at[slot - 1]!, at[slot - 2]!))
    const late = test.makeBlock(at[4]!, 5, votesOfAll(test, 4, at[4]!, at[3]!))
    add(6, [], 4)
    add(7, votesOfAll(test, 6, at[6]!, at[3]!))
    for (const slot of [8, 9, 10]) add(slot)
    expect([test.store.latestJustified.slot, test.store.latestFinalized.slot]).toEqual([6, 2])
    unwrap(test.store.onBlock(signedBlock(late, proposerVote(test, late))))
    expect([test.store.latestJustified.slot, test.store.latestFinalized.slot]).toEqual([6, 3])
    expect(test.store.head).toEqual(at[10])
    expect(test.stateOf(test.store.head).latestFinalized.slot).toBe(2)
    return test
  }

  it('by the rules alone voters and states never again agree on which slots are justifiable', () => {
    const test = afterTheLateBlock()
    const history = honestSlots(test, 11, 60, asSpecified)
    // Every block is full of votes, and after the first few not one of them counts.
    expect(new Set(history.slice(4).map(String))).toEqual(new Set(['8,3']))
    expect(test.stateOf(test.store.head).latestFinalized.slot).toBe(2)
  })

  it('our builder alone brings the votes of the late block into the chain, and finality goes on', () => {
    const duties = { ...asSpecified, build: asWeDo.build }
    const [justified, finalized] = honestSlots(afterTheLateBlock(), 11, 8, duties).at(-1)!
    expect(justified).toBeGreaterThanOrEqual(13)
    expect(finalized).toBeGreaterThanOrEqual(12)
  })

  it('our voters alone follow the checkpoints that the chain itself knows, and finality goes on', () => {
    const duties = { ...asSpecified, vote: asWeDo.vote }
    const [justified, finalized] = honestSlots(afterTheLateBlock(), 11, 12, duties).at(-1)!
    expect(justified).toBeGreaterThanOrEqual(13)
    expect(finalized).toBeGreaterThanOrEqual(12)
  })

  it('both together do it at once', () => {
    const test = afterTheLateBlock()
    const [justified, finalized] = honestSlots(test, 11, 6, asWeDo).at(-1)!
    expect(justified).toBeGreaterThanOrEqual(13)
    expect(finalized).toBeGreaterThanOrEqual(12)
  })
})
