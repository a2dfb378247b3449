import type { Attestation } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { describeAttestationError } from '../src/index.ts'
import {
  codeOf,
  GENESIS_TIME,
  proposerVote,
  signed,
  signedBlock,
  TestStore,
  UNKNOWN_ROOT,
  unwrap,
} from './support.ts'

const MAX_UINT64 = 2n ** 64n - 1n

describe('onAttestation', () => {
  const huge = { slot: MAX_UINT64 }
  it.each<[string, (test: TestStore) => Attestation]>([
    [
      'VALIDATOR_OUT_OF_RANGE: expected a validator below 4, got 18446744073709551615',
      (test) => ({ ...test.vote(0, 1, test.genesis, test.genesis), validatorIndex: MAX_UINT64 }),
    ],
    [
      'VALIDATOR_OUT_OF_RANGE: expected a validator below 4, got 4',
      (test) => test.vote(4, 1, test.genesis, test.genesis),
    ],
    [
      'SOURCE_AFTER_TARGET: expected a source slot of at most 0, got 18446744073709551615',
      (test) => test.vote(0, 1, test.genesis, { ...test.genesis, ...huge }),
    ],
    [
      "SOURCE_SLOT_MISMATCH: expected the source block's slot 0, got 1",
      (test) => test.vote(0, 1, { ...test.genesis, slot: 1 }, { ...test.genesis, slot: 1 }),
    ],
    [
      "TARGET_SLOT_MISMATCH: expected the target block's slot 0, got 18446744073709551615",
      (test) => test.vote(0, 1, { ...test.genesis, ...huge }, test.genesis),
    ],
    [
      'ATTESTATION_TOO_FAR_IN_FUTURE: expected a slot of at most 2, got 3',
      (test) => test.vote(0, 3, test.genesis, test.genesis),
    ],
    [
      'ATTESTATION_FROM_FUTURE_SLOT: expected a slot of at most 1, got 2',
      (test) => test.vote(0, 2, test.genesis, test.genesis),
    ],
    [
      'UNKNOWN_SOURCE_BLOCK: expected a known block, got 0x0909090909090909090909090909090909090909090909090909090909090909 (slot 0)',
      (test) => test.vote(0, 1, test.genesis, { root: UNKNOWN_ROOT, slot: 0 }),
    ],
  ])('refuses with %s', (text, make) => {
    const test = new TestStore(4)
    test.tickTo(1)
    const refused = test.store.onAttestation(signed(make(test)))
    if (refused.ok) throw new Error('expected a refusal')
    expect(describeAttestationError(refused.error)).toBe(text)
    expect(test.store.latestNewAttestations.size).toBe(0)
  })

  it('looks at the root of the head only, as the specification does', () => {
    const test = new TestStore(4)
    const vote = test.vote(0, 0, test.genesis, test.genesis, { ...test.genesis, ...huge })
    expect(codeOf(test.store.onAttestation(signed(vote)))).toBe('accepted')
  })

  it('hands over both votes of a validator that voted twice in a slot', () => {
    const test = new TestStore(4)
    const one = test.addBlock(test.genesis, 1)
    const [first, second] = [test.vote(3, 1, one, test.genesis), test.vote(3, 1, test.genesis, test.genesis)]
    expect(unwrap(test.store.onAttestation(signed(first)))).toEqual({ isAdded: true })
    expect(unwrap(test.store.onAttestation(signed(first)))).toEqual({ isAdded: false })
    const { isAdded, equivocation } = unwrap(test.store.onAttestation(signed(second)))
    expect([isAdded, equivocation?.earlier.message, equivocation?.later.message]).toEqual([
      false,
      first,
      second,
    ])

    const block = test.makeBlock(one, 2, [second])
    test.tickTo(2)
    const imported = unwrap(test.store.onBlock(signedBlock(block, proposerVote(test, block))))
    expect(imported.equivocations).toMatchObject([
      { earlier: { message: first }, later: { message: second } },
    ])
  })
})

describe('the clock', () => {
  it('reaches a far time at once', () => {
    const test = new TestStore(4)
    const one = test.addBlock(test.genesis, 1)
    for (const validator of [0, 2, 3]) {
      unwrap(test.store.onAttestation(signed(test.vote(validator, 1, one, test.genesis))))
    }
    const moves = test.store.onTick(2 ** 40, true)
    expect(test.store.time).toBe(2 ** 40 - GENESIS_TIME)
    expect([...test.store.latestKnownAttestations.keys()]).toEqual([1, 0, 2, 3])
    expect(moves).toEqual({})
  })

  it('stands still for a time that has passed', () => {
    const test = new TestStore(4)
    test.tickTo(3)
    test.store.onTick(GENESIS_TIME + 5, true)
    test.store.onTick(0, true)
    expect(test.store.time).toBe(12)
  })

  it('says when the safe target moved', () => {
    const test = new TestStore(4)
    const one = test.addBlock(test.genesis, 1)
    for (const validator of [0, 2, 3]) {
      unwrap(test.store.onAttestation(signed(test.vote(validator, 1, one, test.genesis))))
    }
    expect(test.store.onTick(GENESIS_TIME + 6, false)).toEqual({
      safeTarget: { from: test.genesis, to: one },
    })
  })
})
