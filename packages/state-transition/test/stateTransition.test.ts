import type { Attestation, Block, State } from '@trine/types'
import { bytesEqual, PRESET, toHex, ZERO_ROOT } from '@trine/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  blockRoot,
  describeTransitionError,
  isJustifiableAfter,
  isProposer,
  processBlock,
  processSlots,
  proposerOf,
  stateRoot,
  stateTransition,
} from '../src/index.ts'
import { naiveIsJustifiable, naiveTransition } from './naive.ts'
import { genesis, sortVotes, toNaive, unwrap } from './support.ts'

describe('slots', () => {
  it('are justifiable exactly at the distances of the definition', () => {
    for (let distance = 0; distance < 5000; distance++) {
      expect(isJustifiableAfter(7 + distance, 7), `distance ${distance}`).toBe(
        naiveIsJustifiable(7 + distance, 7),
      )
    }
    expect(() => isJustifiableAfter(6, 7)).toThrow('expected a slot not before 7, got 6')
  })

  it('have their proposer round robin', () => {
    expect([0, 1, 2, 3, 4].map((slot) => proposerOf(slot, 3))).toEqual([0, 1, 2, 0, 1])
    expect(isProposer(2n ** 64n - 1n, 5, 3)).toBe(false)
  })
})

type VoteShape = {
  validator: number
  /** Slot of the source; undefined means the state's latest justified one. */
  source: number | undefined
  target: number
  wrongSource: boolean
  wrongTarget: boolean
  /** Whether slots may lie beyond the history. */
  unbounded: boolean
}
type BlockShape = { gap: number; votes: VoteShape[] }

const slotShape = fc.integer({ min: 0, max: 14 })
const wrong = fc.integer({ min: 0, max: 19 }).map((value) => value === 0)
const voteShape: fc.Arbitrary<VoteShape> = fc.record({
  validator: fc.integer({ min: 0, max: 40 }).map((value) => (value === 40 ? 5 : value % 5)),
  source: fc.option(slotShape, { nil: undefined }),
  target: slotShape,
  unbounded: wrong,
  wrongSource: wrong,
  wrongTarget: wrong,
})
/** Several validators with one link, so that targets do get justified. */
const voteBatch = fc
  .tuple(voteShape, fc.integer({ min: 1, max: 5 }))
  .map(([vote, count]) => Array.from({ length: count }, (_, index) => ({ ...vote, validator: index })))
const blockShape: fc.Arbitrary<BlockShape> = fc.record({
  gap: fc.integer({ min: 1, max: 3 }),
  votes: fc
    .array(
      fc.oneof(
        voteBatch,
        voteShape.map((vote) => [vote]),
      ),
      { maxLength: 5 },
    )
    .map((parts) => parts.flat()),
})

/** The block that a shape describes on top of a state; roots come from the history unless they are to be wrong. */
function blockFrom(shape: BlockShape, state: State, rootAt: (slot: number) => Uint8Array): Block {
  const slot = Number(state.slot) + shape.gap
  const advanced = unwrap(processSlots(state, slot))
  const bogus = new Uint8Array(32).fill(9)
  const attestations: Attestation[] = shape.votes.map((vote) => {
    const bound = (wanted: number) => (vote.unbounded ? wanted : wanted % slot)
    const source = bound(vote.source ?? Number(state.latestJustified.slot))
    const target = bound(vote.source === undefined ? source + 1 + (vote.target % 4) : vote.target)
    return {
      validatorIndex: vote.validator,
      data: {
        slot,
        head: { root: ZERO_ROOT, slot: 0 },
        source: { root: vote.wrongSource ? bogus : rootAt(source), slot: source },
        target: { root: vote.wrongTarget ? bogus : rootAt(target), slot: target },
      },
    }
  })
  return {
    slot,
    proposerIndex: proposerOf(slot, state.validators.length),
    parentRoot: advanced.latestBlockHeader.hashTreeRoot(),
    stateRoot: ZERO_ROOT,
    body: { attestations },
  }
}

/** Sets the root that the transition asks for, where that is all that is wrong. */
function withStateRoot(state: State, block: Block): Block {
  const post = processBlock(unwrap(processSlots(state, Number(block.slot))), block)
  return post.ok ? { ...block, stateRoot: stateRoot(post.value) } : block
}

describe('state transition', () => {
  it('agrees with the specification written plainly, block after block', () => {
    let justified = 0
    let finalized = 0
    let rejected = 0
    fc.assert(
      fc.property(fc.array(blockShape, { minLength: 1, maxLength: 12 }), (shapes) => {
        let { state, checkpoint } = genesis(5)
        const roots = new Map([[0, checkpoint.root]])
        for (const shape of shapes) {
          const block = withStateRoot(
            state,
            blockFrom(shape, state, (slot) => roots.get(slot) ?? ZERO_ROOT),
          )
          const before = toHex(stateRoot(state))
          const expected = naiveTransition(toNaive(state), block, before)
          const actual = stateTransition(state, block)
          expect(toHex(stateRoot(state)), 'the pre-state is left alone').toBe(before)
          expect(actual.ok, actual.ok ? 'accepted' : describeTransitionError(actual.error)).toBe(
            expected !== undefined,
          )
          if (!actual.ok || expected === undefined) {
            rejected += 1
            continue
          }
          expect(toNaive(actual.value)).toEqual(sortVotes(expected))
          expect(toHex(stateRoot(actual.value))).toBe(
            toHex(actual.value.type.hashTreeRoot(actual.value.toValue())),
          )
          if (Number(actual.value.latestJustified.slot) > 0) justified += 1
          if (Number(actual.value.latestFinalized.slot) > 0) finalized += 1
          state = actual.value
          roots.set(Number(block.slot), blockRoot(block))
        }
      }),
      { numRuns: 600, seed: 20251128 },
    )
    // The property is worth something only when all three happen often.
    expect(Math.min(justified, finalized, rejected)).toBeGreaterThan(50)
  })
})

describe('rejections say what was expected and what came', () => {
  const { state } = genesis(4)
  const valid = withStateRoot(
    state,
    blockFrom({ gap: 1, votes: [] }, state, () => ZERO_ROOT),
  )
  const cases: [string, Partial<Block>, string][] = [
    ['an old slot', { slot: 0 }, 'SLOT_NOT_AFTER_STATE: expected a slot after 0, got 0'],
    ['the wrong proposer', { proposerIndex: 3 }, 'WRONG_PROPOSER: expected proposer 1, got 3'],
    [
      'an unknown parent',
      { parentRoot: ZERO_ROOT },
      `PARENT_ROOT_MISMATCH: expected parent root ${toHex(valid.parentRoot)}, got ${toHex(ZERO_ROOT)}`,
    ],
    [
      'a wrong state root',
      { stateRoot: ZERO_ROOT },
      `STATE_ROOT_MISMATCH: expected state root ${toHex(valid.stateRoot)}, got ${toHex(ZERO_ROOT)}`,
    ],
    [
      'a slot that no history can hold',
      { slot: PRESET.historicalRootsLimit + 1 },
      'HISTORY_LIMIT_EXCEEDED: expected a history of at most (slots) 262144, got 262145',
    ],
    [
      'the largest slot there is, at no cost',
      { slot: 2n ** 64n - 1n },
      'HISTORY_LIMIT_EXCEEDED: expected a history of at most (slots) 262144, got 18446744073709551615',
    ],
  ]
  it.each(cases)('%s', (_, change, message) => {
    const outcome = stateTransition(state, { ...valid, ...change })
    expect(outcome.ok ? 'accepted' : describeTransitionError(outcome.error)).toBe(message)
  })

  it('a block of another slot than the state', () => {
    const outcome = processBlock(unwrap(processSlots(state, 2)), valid)
    expect(outcome).toMatchObject({ error: { code: 'BLOCK_SLOT_MISMATCH', expected: 2, actual: 1 } })
  })

  it('a vote beyond the history, with its position', () => {
    const first = unwrap(stateTransition(state, valid))
    const shape = { validator: 0, wrongSource: false, wrongTarget: false, unbounded: true }
    const outOfRange = (source: number, target: number) =>
      blockFrom(
        {
          gap: 1,
          votes: [
            { ...shape, source: 0, target: 1 },
            { ...shape, source, target },
          ],
        },
        first,
        () => ZERO_ROOT,
      )
    const at = (source: number, target: number) => stateTransition(first, outOfRange(source, target))
    expect(at(2, 1)).toMatchObject({
      error: { code: 'SOURCE_SLOT_OUT_OF_RANGE', expected: 2, actual: 2, attestationIndex: 1 },
    })
    expect(at(0, 2)).toMatchObject({
      error: { code: 'TARGET_SLOT_OUT_OF_RANGE', expected: 2, actual: 2, attestationIndex: 1 },
    })
  })
})

describe('history limit', () => {
  it('holds a block at the last slot and none after it', () => {
    const { state } = genesis(4)
    const last = withStateRoot(
      state,
      blockFrom({ gap: PRESET.historicalRootsLimit, votes: [] }, state, () => ZERO_ROOT),
    )
    const post = unwrap(stateTransition(state, last))
    expect(post.historicalBlockHashes.length).toBe(PRESET.historicalRootsLimit)
    expect(post.justifiedSlots.bitLen).toBe(PRESET.historicalRootsLimit)
    const next = { ...last, slot: PRESET.historicalRootsLimit + 1 }
    expect(stateTransition(post, next)).toMatchObject({ error: { code: 'HISTORY_LIMIT_EXCEEDED' } })
  })
})

it('consecutive states share what did not change', () => {
  let { state } = genesis(64)
  for (let slot = 1; slot < 20; slot++) {
    const block = withStateRoot(
      state,
      blockFrom({ gap: 1, votes: [] }, state, () => ZERO_ROOT),
    )
    const post = unwrap(stateTransition(state, block))
    expect(post.validators.node).toBe(state.validators.node)
    expect(bytesEqual(stateRoot(post), stateRoot(state))).toBe(false)
    state = post
  }
})
