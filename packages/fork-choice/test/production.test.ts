import { blockRoot, genesisBlock, processBlock, processSlots, proposerOf } from '@trine/state-transition'
import {
  type Attestation,
  type AttestationData,
  type Block,
  bytesEqual,
  type Checkpoint,
  fromHex,
  toHex,
  toNumber,
  ZERO_ROOT,
} from '@trine/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NaiveStore } from './naiveStore.ts'
import {
  codeOf,
  GENESIS_TIME,
  genesis,
  signatureOf,
  signed,
  signedBlock,
  TestStore,
  unwrap,
} from './support.ts'

const VALIDATORS = 4

/** What happens in a slot. Bits of `heard` say whose vote arrives, those of `late` whose vote only comes a slot later. */
const slots = fc.array(
  fc.record({
    isProposed: fc.nat({ max: 4 }).map((number) => number > 0),
    /** 0: the proposer builds on its head; else on an older block, with no votes. */
    fork: fc.nat({ max: 7 }).map((number) => Math.max(0, number - 5)),
    heard: fc.nat({ max: 15 }),
    late: fc.nat({ max: 15 }),
  }),
  { minLength: 10, maxLength: 30, size: 'max' },
)

it('produces, from real blocks and votes, the blocks of the specification, which every store accepts', () => {
  let carried = 0
  let highestFinalized = 0
  fc.assert(
    fc.property(slots, (sequence) => {
      const test = new TestStore(VALIDATORS)
      const { store } = test
      const { state } = genesis(VALIDATORS)
      const naive = new NaiveStore(state, genesisBlock(state))
      const chain: Checkpoint[] = [test.genesis]
      const forward = (interval: number) => {
        store.onTick(GENESIS_TIME + interval, false)
        naive.onTick(GENESIS_TIME + interval, false)
        expect(toHex(store.head.root)).toBe(naive.head)
        expect(toHex(store.safeTarget.root)).toBe(naive.safeTarget)
      }
      let late: Attestation[] = []
      for (const [index, { isProposed, fork, heard, late: lateBits }] of sequence.entries()) {
        const slot = index + 1
        forward(4 * slot)
        const proposer = proposerOf(slot, VALIDATORS)
        if (isProposed) {
          const isForking = fork > 0 && chain.length > fork
          const { block, vote } = isForking
            ? sideBlock(test, chain[chain.length - 1 - fork]!, slot)
            : produceBoth(test, naive, slot)
          expect(codeOf(store.onBlock(signedBlock(block, vote)))).toBe('accepted')
          naive.onBlock(signedBlock(block, vote))
          if (!isForking) expect(vote.data).toEqual(store.produceAttestationData(slot))
          chain.push({ root: blockRoot(block), slot })
          carried += block.body.attestations.length
        }
        forward(4 * slot + 1)
        const data = store.produceAttestationData(slot)
        expectVoteOf(naive, data)
        const cast: Attestation[] = [0, 1, 2, 3].map((validatorIndex) => ({ validatorIndex, data }))
        const isIn =
          (bits: number) =>
          ({ validatorIndex }: Attestation) =>
            validatorIndex !== proposer && ((bits >> Number(validatorIndex)) & 1) === 1
        for (const vote of [...late, ...cast.filter(isIn(heard & ~lateBits))]) {
          expect(codeOf(store.onAttestation(signed(vote)))).toBe('accepted')
          naive.onAttestation(vote, false)
        }
        late = cast.filter(isIn(heard & lateBits))
        forward(4 * slot + 3)
        highestFinalized = Math.max(highestFinalized, toNumber(store.latestFinalized.slot))
      }
    }),
    { numRuns: 100 },
  )
  expect(carried).toBeGreaterThan(500)
  expect(highestFinalized).toBeGreaterThan(5)
})

type Proposal = { readonly block: Block; readonly vote: Attestation }

/** An empty block beside the head. */
function sideBlock(test: TestStore, parent: Checkpoint, slot: number): Proposal {
  const block = test.makeBlock(parent, slot)
  const { latestJustified } = test.store
  return { block, vote: test.vote(proposerOf(slot, VALIDATORS), slot, latestJustified, latestJustified) }
}

/** The block of our store; its votes must be those of the specification while the remedy has no part in them. */
function produceBoth(test: TestStore, naive: NaiveStore, slot: number): Proposal {
  const validatorIndex = proposerOf(slot, VALIDATORS)
  const built = unwrap(test.store.produceBlockWithSignatures(slot, validatorIndex))
  const { attestations } = built.block.body
  expect(built.signatures).toEqual(attestations.map(signatureOf))
  naive.onTick(GENESIS_TIME + 4 * slot, true)
  naive.acceptNewAttestations()
  expect(toHex(built.block.parentRoot)).toBe(naive.head)
  const { latestJustified, latestFinalized } = naive.states.get(naive.head)!
  if (latestJustified.slot === naive.justified.slot && latestFinalized.slot === naive.finalized.slot) {
    expect(attestations).toEqual(naiveChoice(naive, slot))
  }
  const data = test.store.produceProposerAttestationData(built)
  return { block: built.block, vote: { validatorIndex, data } }
}

/** The vote of the specification, unless that is one which no store would accept. */
function expectVoteOf(naive: NaiveStore, { head, source, target }: AttestationData): void {
  expect(toHex(head.root)).toBe(naive.head)
  expect(toHex(source.root)).toBe(naive.justified.root)
  const specified = naive.getAttestationTarget()
  const isValid = specified.slot >= naive.justified.slot
  expect(toHex(target.root)).toBe(isValid ? specified.root : naive.justified.root)
}

/** The votes that the specification's builder takes, in its order. */
function naiveChoice(naive: NaiveStore, slot: number): Attestation[] {
  const parentState = naive.states.get(naive.head)!
  const chosen: Attestation[] = []
  for (;;) {
    const block: Block = {
      slot,
      proposerIndex: proposerOf(slot, VALIDATORS),
      parentRoot: fromHex(naive.head)!,
      stateRoot: ZERO_ROOT,
      body: { attestations: chosen },
    }
    const post = unwrap(processBlock(unwrap(processSlots(parentState.clone(), slot)), block))
    const source = post.latestJustified
    const added = [...naive.known.values()].filter(
      (vote) =>
        naive.blocks.has(toHex(vote.data.head.root)) &&
        vote.data.source.slot === source.slot &&
        bytesEqual(vote.data.source.root, source.root) &&
        !chosen.includes(vote),
    )
    if (added.length === 0) return chosen
    chosen.push(...added)
  }
}
