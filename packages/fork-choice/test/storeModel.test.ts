import { blockRoot, genesisBlock } from '@trine/state-transition'
import {
  type Attestation,
  type AttestationData,
  attestationType,
  type Block,
  type Checkpoint,
  checkpointType,
  type SignedAttestation,
  type State,
  toHex,
  toNumber,
  type Uint64,
} from '@trine/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { getForkchoiceStore, type Store } from '../src/index.ts'
import { NaiveStore } from './naiveStore.ts'
import { codeOf, GENESIS_TIME, genesis, signed, signedBlock, unwrap } from './support.ts'

const VALIDATORS = 4
const natural = fc.nat({ max: 10_000 })
const rarely = fc.nat({ max: 19 }).map((number) => number === 0)

const voteShape = fc.record({
  validator: fc.nat({ max: VALIDATORS - 1 }),
  head: natural,
  target: natural,
  source: natural,
  delay: fc.constantFrom<number>(-2, -1, -1, 0, 0, 0, 0, 1, 2),
  isLying: rarely,
  isUnknown: rarely,
})
const blockShape = fc.record({
  parent: natural,
  gap: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat({ max: 255 }),
  votes: fc.array(voteShape, { maxLength: 3, size: 'max' }),
  proposerVote: voteShape,
  justified: natural,
  finalized: natural,
  isConflicting: rarely,
})
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ type: fc.constant('block' as const), shape: blockShape }) },
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant('votes' as const),
        shape: voteShape,
        voters: fc.integer({ min: 1, max: VALIDATORS }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('tick' as const),
        seconds: fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 6 }) }, fc.nat({ max: 50 })),
        hasProposal: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('prune' as const), minimum: fc.nat({ max: 4 }) }) },
  ),
  { minLength: 20, maxLength: 80, size: 'max' },
)

type VoteShape = typeof voteShape extends fc.Arbitrary<infer Shape> ? Shape : never
type BlockShape = typeof blockShape extends fc.Arbitrary<infer Shape> ? Shape : never

/**
 * The store and the specification's, given the same steps. Blocks come with post-states whose checkpoints are any that
 * could be: the transition's part in it is the vectors' and the state transition's own tests.
 */
class Both {
  readonly store: Store
  readonly naive: NaiveStore
  readonly genesisState: State
  /** Every imported block, pruned ones too. */
  readonly blocks: { checkpoint: Checkpoint; parent: number }[] = []
  readonly seen: Map<string, number>

  constructor(seen: Map<string, number>) {
    this.seen = seen
    const { state, checkpoint } = genesis(VALIDATORS)
    this.genesisState = state
    this.store = unwrap(getForkchoiceStore(state, genesisBlock(state)))
    this.naive = new NaiveStore(state, genesisBlock(state))
    this.blocks.push({ checkpoint, parent: -1 })
  }

  vote(shape: VoteShape, own?: { checkpoint: Checkpoint; parent: number }): Attestation {
    const known = own ? [...this.blocks, own] : this.blocks
    // Mostly recent blocks.
    const pick = (number: number) => known[Math.max(0, known.length - 1 - (number % 7))]!
    const target = own && shape.target % 2 === 0 ? own : pick(shape.target)
    let source = target
    for (let back = shape.source % 4; back > 0 && source.parent >= 0; back--) source = known[source.parent]!
    const currentSlot = Math.floor(this.naive.time / 4)
    const lie = ({ root, slot }: Checkpoint): Checkpoint => ({ root, slot: toNumber(slot) + 1 })
    const data: AttestationData = {
      slot: Math.max(0, currentSlot + shape.delay),
      head: pick(shape.head).checkpoint,
      target: target.checkpoint,
      source: source.checkpoint,
    }
    if (shape.isLying) {
      if (shape.head % 3 === 0) data.source = lie(data.source)
      if (shape.head % 3 === 1) data.target = lie(data.target)
      if (shape.head % 3 === 2) [data.source, data.target] = [data.target, data.source]
    }
    if (shape.isUnknown) {
      const name = (['head', 'target', 'source'] as const)[shape.head % 3]!
      data[name] = { ...data[name], root: new Uint8Array(32).fill(9) }
    }
    return { validatorIndex: shape.validator, data }
  }

  importBlock(shape: BlockShape): void {
    const parentIndex = Math.max(0, this.blocks.length - 1 - (shape.parent % 6))
    const parent = this.blocks[parentIndex]!.checkpoint
    const slot = toNumber(parent.slot) + shape.gap
    const attestations = shape.votes.map((vote) => this.vote({ ...vote, delay: Math.min(vote.delay, 1) }))
    const stateRoot = new Uint8Array(32).fill(shape.seed)
    const block: Block = {
      slot,
      proposerIndex: 0,
      parentRoot: parent.root,
      stateRoot,
      body: { attestations },
    }
    const checkpoint = { root: blockRoot(block), slot }
    const proposerVote = this.vote(shape.proposerVote, { checkpoint, parent: parentIndex })
    const message = signedBlock(block, proposerVote)
    const postState = this.postState(shape, parentIndex)
    const outcome = codeOf(this.store.onBlock(message, { postState }))
    if (outcome === 'PARENT_PRUNED') {
      // What we refuse and the specification imports: blocks beside the finalized chain.
      expect(this.store.getBlock(toHex(parent.root))).toBeUndefined()
      this.count('pruned parent')
      return
    }
    expect(outcome).toBe(outcomeOf(() => this.naive.onBlock(message, postState)))
    this.count(outcome)
    const isNew = this.blocks.every((known) => toHex(known.checkpoint.root) !== toHex(checkpoint.root))
    if (outcome === 'accepted' && isNew) this.blocks.push({ checkpoint, parent: parentIndex })
  }

  /** A state whose checkpoints are ancestors of the block, justified after finalized; rarely anything in the tree. */
  private postState(shape: BlockShape, parentIndex: number): State {
    const ancestors: Checkpoint[] = []
    for (let index = parentIndex; index >= 0; index = this.blocks[index]!.parent) {
      ancestors.push(this.blocks[index]!.checkpoint)
    }
    const inTree = (list: Checkpoint[]) => list.filter(({ root }) => this.store.getBlock(toHex(root)))
    const all = inTree(this.blocks.map(({ checkpoint }) => checkpoint))
    const chain = shape.isConflicting ? all : inTree(ancestors)
    // A block on a pruned parent is refused whatever its state says.
    if (chain.length === 0) return this.genesisState
    const justifiedAt = shape.justified % Math.min(chain.length, 6)
    const finalizedAt = shape.isConflicting
      ? shape.finalized % chain.length
      : Math.min(chain.length - 1, justifiedAt + (shape.finalized % 4))
    const state = this.genesisState.clone(true)
    state.latestJustified = checkpointType.toViewDU(chain[justifiedAt]!)
    state.latestFinalized = checkpointType.toViewDU(chain[finalizedAt]!)
    state.commit()
    return state
  }

  private count(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1)
  }

  /** The same vote from several validators. */
  takeVotes(shape: VoteShape, voters: number): void {
    for (let offset = 0; offset < voters; offset++) {
      const vote = this.vote({ ...shape, validator: (shape.validator + offset) % VALIDATORS })
      const outcome = codeOf(this.store.onAttestation(signed(vote)))
      expect(outcome).toBe(outcomeOf(() => this.naive.onAttestation(vote, false)))
      this.count(outcome)
    }
  }

  prune(minimum: number): void {
    for (const { isCanonical } of this.store.prune(minimum))
      this.count(isCanonical ? 'pruned, canonical' : 'pruned, given up')
  }

  tick(seconds: number, hasProposal: boolean): void {
    const time = GENESIS_TIME + this.naive.time + seconds
    this.store.onTick(time, hasProposal)
    this.naive.onTick(time, hasProposal)
  }

  expectSame(): void {
    const { naive, store } = this
    const target = store.getAttestationTarget()
    if (!target.ok) this.count('no attestation target')
    if (store.safeTarget.slot > store.latestJustified.slot) this.count('safe target above justified')
    if (store.latestJustified.slot < store.latestFinalized.slot) this.count('justified below finalized')
    expect({
      time: store.time,
      head: toHex(store.head.root),
      safeTarget: toHex(store.safeTarget.root),
      justified: plain(store.latestJustified),
      finalized: plain(store.latestFinalized),
      target: target.ok ? plain(target.value) : undefined,
      known: votesOf(store.latestKnownAttestations),
      new: votesOf(store.latestNewAttestations),
    }).toEqual({
      time: naive.time,
      head: naive.head,
      safeTarget: naive.safeTarget,
      justified: naive.justified,
      finalized: naive.finalized,
      target: attempt(() => naive.getAttestationTarget()),
      known: naiveVotesOf(naive.known),
      new: naiveVotesOf(naive.new),
    })
  }
}

it('does what the specification does, step by step, whatever is pruned in between', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(steps, (sequence) => {
      const both = new Both(seen)
      for (const step of sequence) {
        if (step.type === 'block') both.importBlock(step.shape)
        if (step.type === 'votes') both.takeVotes(step.shape, step.voters)
        if (step.type === 'tick') both.tick(step.seconds, step.hasProposal)
        if (step.type === 'prune') both.prune(step.minimum)
        both.expectSame()
      }
    }),
    { numRuns: 200 },
  )
  // The steps were worth something only if they reached every rule.
  expect([...seen.keys()].sort()).toEqual([
    'ATTESTATION_FROM_FUTURE_SLOT',
    'ATTESTATION_TOO_FAR_IN_FUTURE',
    'SOURCE_AFTER_TARGET',
    'SOURCE_SLOT_MISMATCH',
    'TARGET_SLOT_MISMATCH',
    'UNKNOWN_HEAD_BLOCK',
    'UNKNOWN_SOURCE_BLOCK',
    'UNKNOWN_TARGET_BLOCK',
    'accepted',
    'justified below finalized',
    'no attestation target',
    'pruned parent',
    'pruned, canonical',
    'pruned, given up',
    'safe target above justified',
  ])
})

function outcomeOf(step: () => void): string {
  try {
    step()
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function plain({ root, slot }: Checkpoint) {
  return { root: toHex(root), slot }
}

/** In their order, which the order of a produced block's votes follows. */
function votesOf(votes: ReadonlyMap<number, SignedAttestation>) {
  return [...votes].map(([validator, { message }]) => [validator, idOf(message)])
}

function naiveVotesOf(votes: ReadonlyMap<Uint64, Attestation>) {
  return [...votes].map(([validator, message]) => [validator, idOf(message)])
}

function idOf(attestation: Attestation): string {
  return toHex(attestationType.hashTreeRoot(attestation))
}
