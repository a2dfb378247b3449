import { blockHeader, genesisBlock } from '@trine/state-transition'
import { type Attestation, type Block, type Checkpoint, toHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { createBlockStates, describeForkChoiceError, getForkchoiceStore, type Store } from '../src/index.ts'
import {
  codeOf,
  GENESIS_TIME,
  genesis,
  proposerVote,
  signed,
  signedBlock,
  TestStore,
  UNKNOWN_ROOT,
  unwrap,
} from './support.ts'

const MAX_UINT64 = 2n ** 64n - 1n

/** Everything of a store that a caller can see. */
function snapshot(store: Store) {
  const votes = (lane: Store['latestKnownAttestations']) =>
    [...lane].map(([key, vote]) => [key, vote.message])
  const { time, head, safeTarget, latestJustified, latestFinalized, blockCount } = store
  const [known, waiting] = [votes(store.latestKnownAttestations), votes(store.latestNewAttestations)]
  return { time, head, safeTarget, latestJustified, latestFinalized, blockCount, known, waiting }
}

describe('getForkchoiceStore', () => {
  it('refuses a block whose state root is another', () => {
    const { state } = genesis(4)
    const started = getForkchoiceStore(state, { ...genesisBlock(state), stateRoot: UNKNOWN_ROOT })
    expect(codeOf(started)).toBe('ANCHOR_STATE_ROOT_MISMATCH')
    if (!started.ok)
      expect(describeForkChoiceError(started.error)).toMatch(
        /^ANCHOR_STATE_ROOT_MISMATCH: expected state root 0x\w{64}, got 0x0909/,
      )
  })

  it('starts from any block, whose history votes may name', () => {
    const source = new TestStore(4)
    const one = source.addBlock(source.genesis, 1)
    const block = source.makeBlock(one, 2)
    const two = source.importBlock(block)
    const store = unwrap(getForkchoiceStore(source.stateOf(two), block))
    expect(snapshot(store)).toMatchObject({ time: 8, head: two, latestJustified: two, latestFinalized: two })

    const votes = [0, 1, 2].map((validator) => source.vote(validator, 2, two, source.genesis))
    const next = source.makeBlock(two, 3, votes)
    store.onTick(GENESIS_TIME + 12, false)
    const vote = source.vote(3, 3, two, one)
    const imported = store.onBlock(signedBlock(next, vote))
    expect(codeOf(imported)).toBe('accepted')
    // A block before the anchor is nothing new.
    const old = store.onBlock(signedBlock(source.makeBlock(source.genesis, 1), vote))
    expect(unwrap(old).isDuplicate).toBe(true)
  })
})

describe('onBlock', () => {
  it('says what moved', () => {
    const test = new TestStore(4)
    const one = test.addBlock(test.genesis, 1)
    const two = test.addBlock(
      one,
      2,
      [0, 1, 2].map((validator) => test.vote(validator, 1, one, test.genesis)),
    )
    const block = test.makeBlock(
      two,
      3,
      [0, 1, 2].map((validator) => test.vote(validator, 2, two, one)),
    )
    test.tickTo(3)
    const { moves, root } = unwrap(test.store.onBlock(signedBlock(block, proposerVote(test, block))))
    expect(moves).toEqual({
      head: { from: two, to: { root, slot: 3 } },
      justified: { from: one, to: two },
      finalized: { from: test.genesis, to: one },
    })
    expect(test.store.weightedBlocks().map(({ block: { slot }, weight }) => [slot, weight])).toEqual([
      [2, 0],
      [3, 0],
    ])
  })

  it('takes a known block as no news, whatever comes with it', () => {
    const test = new TestStore(4)
    const block = test.makeBlock(test.genesis, 1)
    test.importBlock(block)
    const before = snapshot(test.store)
    const nonsense = test.vote(77, 99, { root: UNKNOWN_ROOT, slot: 5 }, test.genesis)
    expect(unwrap(test.store.onBlock(signedBlock(block, nonsense)))).toMatchObject({
      isDuplicate: true,
      moves: {},
    })
    expect(snapshot(test.store)).toEqual(before)
  })

  it('takes header and post-state from a caller who has them', () => {
    const [test, other] = [new TestStore(4), new TestStore(4)]
    const block = test.makeBlock(test.genesis, 1)
    const imported = test.importBlock(block)
    other.tickTo(1)
    const prepared = { header: blockHeader(block), postState: test.stateOf(imported) }
    unwrap(other.store.onBlock(signedBlock(block, proposerVote(test, block)), prepared))
    expect(snapshot(other.store)).toEqual(snapshot(test.store))
    expect(toHex(other.stateOf(imported).hashTreeRoot())).toBe(toHex(block.stateRoot))
  })

  it.each<[string, string, (test: TestStore, good: Block) => { block?: Block; vote?: Attestation }]>([
    [
      'PARENT_UNKNOWN',
      'expected a known parent, got 0x0909',
      (_, good) => ({ block: { ...good, parentRoot: UNKNOWN_ROOT } }),
    ],
    [
      'INVALID_TRANSITION',
      'STATE_ROOT_MISMATCH: expected state root 0x',
      (_, good) => ({ block: { ...good, stateRoot: UNKNOWN_ROOT } }),
    ],
    [
      'INVALID_TRANSITION',
      'HISTORY_LIMIT_EXCEEDED: expected a history of at most (slots) 262144, got 18446744073709551615',
      (_, good) => ({ block: { ...good, slot: MAX_UINT64 } }),
    ],
    [
      'INVALID_ATTESTATION (1)',
      'UNKNOWN_HEAD_BLOCK: expected a known block, got 0x0909',
      (test, good) => ({
        block: {
          ...good,
          body: {
            attestations: [
              test.vote(2, 1, test.genesis, test.genesis),
              test.vote(3, 1, test.genesis, test.genesis, { root: UNKNOWN_ROOT, slot: 0 }),
            ],
          },
        },
      }),
    ],
    [
      'INVALID_ATTESTATION (proposer)',
      'ATTESTATION_FROM_FUTURE_SLOT: expected a slot of at most 1, got 2',
      (test) => ({ vote: test.vote(1, 2, test.genesis, test.genesis) }),
    ],
    [
      'INVALID_ATTESTATION (proposer)',
      "TARGET_SLOT_MISMATCH: expected the target block's slot 0, got 1",
      (test) => ({ vote: test.vote(1, 1, { ...test.genesis, slot: 1 }, test.genesis) }),
    ],
  ])('refuses with %s: %s, and changes nothing', (code, text, change) => {
    const test = new TestStore(4)
    test.tickTo(1)
    unwrap(test.store.onAttestation(signed(test.vote(2, 1, test.genesis, test.genesis))))
    const good = test.makeBlock(test.genesis, 1)
    const { block = good, vote = proposerVote(test, good) } = change(test, good)
    const before = snapshot(test.store)
    const refused = test.store.onBlock(signedBlock(block, vote))
    if (refused.ok) throw new Error('expected a refusal')
    expect(describeForkChoiceError(refused.error)).toContain(`${code}: ${text}`)
    expect(snapshot(test.store)).toEqual(before)
  })

  it('refuses a block whose parent state is gone', () => {
    const { state } = genesis(4)
    const states = createBlockStates()
    const store = unwrap(
      getForkchoiceStore(state, genesisBlock(state), { states: { ...states, get: () => undefined } }),
    )
    const test = new TestStore(4)
    const block = test.makeBlock(test.genesis, 1)
    store.onTick(GENESIS_TIME + 4, false)
    expect(codeOf(store.onBlock(signedBlock(block, proposerVote(test, block))))).toBe('STATE_MISSING')
    expect(codeOf(store.produceBlockWithSignatures(1, 1))).toBe('STATE_MISSING')
    expect(store.blockCount).toBe(1)
  })
})

describe('produceBlockWithSignatures', () => {
  it('refuses whoever is not the proposer, without moving the clock', () => {
    const { store } = new TestStore(4)
    const refused = store.produceBlockWithSignatures(3, 2)
    if (refused.ok) throw new Error('expected a refusal')
    expect(describeForkChoiceError(refused.error)).toBe('NOT_PROPOSER: expected proposer 3, got 2')
    expect(store.time).toBe(0)
  })

  it('refuses a slot that is not after the head', () => {
    const test = new TestStore(4)
    test.addBlock(test.genesis, 1)
    expect(codeOf(test.store.produceBlockWithSignatures(1, 1))).toBe('SLOT_NOT_AFTER_STATE')
  })

  it('leaves the import of the block to onBlock', () => {
    const { store } = new TestStore(4)
    const built = unwrap(store.produceBlockWithSignatures(1, 1))
    expect([store.blockCount, store.time]).toEqual([1, 4])
    const vote = { validatorIndex: 1, data: store.produceProposerAttestationData(built) }
    const imported = unwrap(store.onBlock(signedBlock(built.block, vote), { postState: built.postState }))
    expect(store.head).toEqual({ root: imported.root, slot: 1 })
    expect(store.latestNewAttestations.get(1)?.message).toEqual(vote)
  })
})

describe('prune', () => {
  /** A chain in which everybody votes for each block in the next one, pruned whenever finality moves. */
  function finalizingChain(slots: number) {
    const test = new TestStore(4)
    let [parent, source]: [Checkpoint, Checkpoint] = [test.genesis, test.genesis]
    let mostBlocks = 0
    const pruned = []
    for (let slot = 1; slot <= slots; slot++) {
      const votes =
        slot === 1 ? [] : [0, 1, 2].map((validator) => test.vote(validator, slot - 1, parent, source))
      if (slot > 1) source = parent
      parent = test.addBlock(parent, slot, votes)
      pruned.push(...test.store.prune())
      mostBlocks = Math.max(mostBlocks, test.store.blockCount)
    }
    return { test, pruned, mostBlocks }
  }

  it('keeps few blocks of a chain that finalizes, and no state of the others', () => {
    const { test, pruned, mostBlocks } = finalizingChain(200)
    expect(test.store.latestFinalized.slot).toBe(198)
    expect(mostBlocks).toBeLessThan(70)
    expect(pruned.length + test.store.blockCount).toBe(201)
    expect(
      pruned.every(({ block, isCanonical }) => isCanonical && test.states.get(block.rootHex) === undefined),
    ).toBe(true)
    expect(pruned.map(({ block }) => block.slot)).toEqual(pruned.map((_, index) => index))
  })

  it('keeps the last ancestors of the finalized block when asked to, and takes late blocks on them', () => {
    const { test } = finalizingChain(30)
    const chain = test.store.weightedBlocks()
    expect(chain[0]?.block.slot).toBe(29)
    expect(test.store.prune(1, 10).map(({ block }) => block.slot)).toEqual(
      Array.from({ length: 18 }, (_, slot) => slot),
    )
    const rootAt = (slot: number) => {
      const history = test.stateOf(test.store.head).historicalBlockHashes
      return { root: history.get(slot), slot }
    }
    expect(test.store.getBlock(toHex(rootAt(17).root))).toBeUndefined()
    const late = test.makeBlock(rootAt(18), 20, [test.vote(3, 19, rootAt(18), test.genesis)])
    const { root } = test.importBlock(late)
    expect(test.store.getBlock(toHex(root))?.slot).toBe(20)
    const dropped = test.store.prune(1)
    expect(dropped.at(-1)).toMatchObject({ block: { slot: 20 }, isCanonical: false })
    expect(dropped.filter(({ isCanonical }) => isCanonical).map(({ block }) => block.slot)).toEqual(
      Array.from({ length: 10 }, (_, index) => 18 + index),
    )
  })

  it('refuses what stands beside the finalized chain', () => {
    const test = new TestStore(4)
    const one = test.addBlock(test.genesis, 1)
    const side = test.makeBlock(one, 5)
    const everybody = (slot: number, target: Checkpoint, source: Checkpoint) =>
      [0, 1, 2].map((validator) => test.vote(validator, slot, target, source))
    const two = test.addBlock(one, 2, everybody(1, one, test.genesis))
    const three = test.addBlock(two, 3, everybody(2, two, one))
    const four = test.addBlock(three, 4, everybody(3, three, two))
    expect(test.store.latestFinalized).toEqual(two)
    expect(test.store.prune(3)).toEqual([])
    expect(test.store.prune(2).map(({ block }) => block.slot)).toEqual([0, 1])
    test.tickTo(5)
    const refused = test.store.onBlock(signedBlock(side, proposerVote(test, side)))
    expect(codeOf(refused)).toBe('PARENT_PRUNED')
    // A vote may still name the settled ones.
    expect(codeOf(test.store.onAttestation(signed(test.vote(0, 5, one, test.genesis))))).toBe('accepted')
    expect(test.store.isSettled(toHex(one.root))).toBe(true)
    expect(test.store.head).toEqual(four)
    // But no block of ours carries a vote whose head is settled: others may have forgotten it.
    const [kept, leftOut] = [four, one].map((head, index) => test.vote(2 + index, 5, four, three, head))
    for (const vote of [kept!, leftOut!]) unwrap(test.store.onAttestation(signed(vote)))
    const { block } = unwrap(test.store.produceBlockWithSignatures(6, 2))
    expect(block.body.attestations).toEqual([kept])
  })
})

it('hands out states that their reader may change', () => {
  const { state, checkpoint } = genesis(4)
  const states = createBlockStates()
  const root = toHex(checkpoint.root)
  states.set(root, state)
  for (const view of [state, states.get(root)!]) {
    view.slot = 99
    view.commit()
  }
  expect(states.get(root)?.slot).toBe(0)
})
