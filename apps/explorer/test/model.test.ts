import { isJustifiableAfter } from '@trine/state-transition/slots'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareNodes } from '../src/model/compare.ts'
import type { ModelEvent } from '../src/model/events.ts'
import { justifiability, nextJustifiable } from '../src/model/justifiable.ts'
import { Model } from '../src/model/model.ts'
import { timeline } from '../src/model/timeline.ts'
import { TreeLayout, weightsOf } from '../src/model/tree.ts'
import { slotVotes, validatorRow, voteStatus } from '../src/model/validators.ts'

type BlockSpec = { readonly name: string; readonly slot: number; readonly parent: string }

const block = ({ name, slot, parent }: BlockSpec): ModelEvent => ({
  type: 'block',
  block: { root: name, slot },
  parentRoot: parent,
  proposerIndex: slot % 4,
  votes: 0,
  origin: 'gossip',
})

const vote = (validatorIndex: number, slot: number, head: BlockSpec, target: BlockSpec): ModelEvent => ({
  type: 'vote',
  vote: {
    validatorIndex,
    slot,
    head: { root: head.name, slot: head.slot },
    target: { root: target.name, slot: target.slot },
    source: undefined,
  },
  origin: 'gossip',
})

function modelOf(events: readonly ModelEvent[], validatorCount = 4): Model {
  const model = new Model()
  const times = { ticksPerSlot: 4, millisecondsPerTick: 1000, genesisTime: undefined }
  model.apply({ type: 'setup', name: 'test', validatorCount, ...times })
  for (const event of events) model.apply(event)
  return model
}

const genesis = { name: 'g', slot: 0, parent: '' }
const a1 = { name: 'a1', slot: 1, parent: 'g' }
const a2 = { name: 'a2', slot: 2, parent: 'a1' }
const b3 = { name: 'b3', slot: 3, parent: 'a1' }
const a4 = { name: 'a4', slot: 4, parent: 'a2' }

/** A tree of up to 40 blocks, each built on an earlier one at a later slot. */
const randomTree = fc
  .array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 40 })
  .map((choices) => {
    const blocks: BlockSpec[] = [genesis]
    for (const [choice, gap] of choices) {
      const parent = blocks[choice % blocks.length]!
      blocks.push({ name: `b${blocks.length}`, slot: parent.slot + gap, parent: parent.name })
    }
    return blocks
  })

describe('justifiability', () => {
  it('agrees with the state transition and gives the numbers', () => {
    for (let distance = 0; distance < 500; distance++) {
      const { isJustifiable, why } = justifiability(7 + distance, 7)
      expect(isJustifiable).toBe(isJustifiableAfter(7 + distance, 7))
      expect(why).toContain(`${distance} after finalized slot 7`)
    }
    expect(justifiability(19, 7).why).toBe('12 after finalized slot 7: allowed, 12 = 3 × 4')
    expect(justifiability(20, 7).why).toBe(
      '13 after finalized slot 7: not allowed, between 12 = 3 × 4 and 16 = 4 × 4',
    )
    expect(nextJustifiable(12, 7, 3)).toEqual([13, 16, 19])
  })
})

describe('the tree', () => {
  it('keeps the chain of the head in lane 0 and branches apart', () => {
    fc.assert(
      fc.property(randomTree, fc.nat(), (blocks, choice) => {
        const head = blocks[choice % blocks.length]!
        const model = modelOf([
          ...blocks.map(block),
          { type: 'head', head: { root: head.name, slot: head.slot } },
        ])
        const { blocks: placed } = new TreeLayout(model).window(0, 200)
        expect(placed).toHaveLength(blocks.length)
        const taken = new Set(placed.map(({ block: { slot }, lane }) => `${slot} ${lane}`))
        expect(taken.size).toBe(placed.length)
        for (const {
          lane,
          block: { root },
        } of placed)
          expect(lane === 0).toBe(model.chain.roots.has(root))
      }),
    )
  })

  it('counts weights as a naive walk does', () => {
    fc.assert(
      fc.property(randomTree, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (blocks, heads) => {
        const votes = heads.map((choice, index) => vote(index, 300, blocks[choice % blocks.length]!, genesis))
        const model = modelOf([...blocks.map(block), ...votes], 8)
        const parents = new Map(blocks.map(({ name, parent }) => [name, parent]))
        const naive = new Map<string, number>()
        for (const choice of heads) {
          let at: string | undefined = blocks[choice % blocks.length]!.name
          for (; at !== undefined && at !== ''; at = parents.get(at)) naive.set(at, (naive.get(at) ?? 0) + 1)
        }
        expect(weightsOf(model)).toEqual(naive)
      }),
    )
  })

  it('tells side branches from orphans, and marks a second block of one proposer', () => {
    const second = { name: 'c3', slot: 3, parent: 'a2' }
    const tree = [genesis, a1, a2, b3, second, a4].map(block)
    const model = modelOf([...tree, { type: 'head', head: { root: 'a4', slot: 4 } }])
    const standings = () =>
      Object.fromEntries(
        new TreeLayout(model).window(0, 9).blocks.map(({ block: { root }, standing }) => [root, standing]),
      )
    expect(standings()).toMatchObject({ a2: 'canonical', b3: 'side', c3: 'side' })
    model.apply({ type: 'finalized', checkpoint: { root: 'a2', slot: 2 } })
    expect(standings()).toMatchObject({
      a1: 'finalized',
      a2: 'finalized',
      b3: 'orphaned',
      c3: 'side',
      a4: 'canonical',
    })
    const twice = new TreeLayout(model).window(3, 3).blocks.map(({ isEquivocation }) => isEquivocation)
    expect(twice).toEqual([true, true])
  })
})

describe('votes', () => {
  it('are told apart by when they came and for what', () => {
    const model = modelOf([
      ...[genesis, a1, a2].map(block),
      { type: 'tick', tick: 0 },
      { type: 'tick', tick: 8 },
      vote(2, 2, a2, a1),
      { type: 'tick', tick: 9 },
      { type: 'head', head: { root: 'a2', slot: 2 } },
      vote(0, 2, a2, a1),
      vote(3, 2, a1, a1),
      { type: 'tick', tick: 10 },
      vote(1, 2, a2, a1),
      { type: 'tick', tick: 12 },
    ])
    expect([0, 1, 2, 3].map((index) => voteStatus(model, index, 2))).toEqual([
      'onTime',
      'late',
      'onTime',
      'otherHead',
    ])
    expect(voteStatus(model, 0, 1)).toBe('missed')
    expect(voteStatus(model, 0, 3)).toBe('pending')
    expect(slotVotes(model, 2)).toEqual({
      slot: 2,
      byInterval: [1, 2, 1, 0],
      later: 0,
      total: 4,
      otherHead: 1,
    })
    expect(validatorRow(model, 3, 8)).toMatchObject({ status: 'otherHead', nextProposal: 7 })
  })

  it('a second vote for something else is an equivocation, the same one from a block is not', () => {
    const first = vote(1, 2, a2, a1)
    const model = modelOf([
      first,
      { ...first, origin: 'block' } as ModelEvent,
      vote(1, 2, a1, a1),
      vote(1, 2, a1, a1),
    ])
    expect(model.equivocations).toHaveLength(1)
    expect(model.votes.tallies.get('a1')!.voters.get(1)!.isInBlock).toBe(true)
  })

  it('are forgotten, oldest first, when there are too many', () => {
    const model = modelOf([], 4096)
    for (let slot = 1; slot <= 100; slot++) {
      model.apply({ type: 'tick', tick: slot * 4 })
      const at = { name: `s${slot}`, slot, parent: '' }
      for (let index = 0; index < 4096; index++) model.apply(vote(index, slot, at, at))
    }
    const kept = [...model.votes.bySlot.values()].reduce((sum, { size }) => sum + size, 0)
    expect(kept).toBeLessThanOrEqual(254_096)
    expect(model.votes.firstSlot).toBeGreaterThan(30)
    expect(voteStatus(model, 7, 3)).toBe('unknown')
  })
})

describe('a long life', () => {
  it('forgets blocks of long ago', () => {
    const model = modelOf([block(genesis)])
    for (let slot = 1; slot <= 10_000; slot++) {
      model.apply({ type: 'tick', tick: slot * 4 })
      model.apply(block({ name: `n${slot}`, slot, parent: slot === 1 ? 'g' : `n${slot - 1}` }))
      model.apply({ type: 'head', head: { root: `n${slot}`, slot } })
    }
    expect(model.blocks.size).toBeLessThan(8192 + 512)
    expect(model.chain.bySlot.size).toBe(model.blocks.size)
    expect(timeline(model, 9990, 10_002)).toHaveLength(13)
  })
})

describe('nodes side by side', () => {
  const node = (name: string, heads: readonly [at: number, root: string][]) => {
    const changes = heads.map(([at, root]) => ({ root, slot: at, at }))
    const latest = changes.at(-1)
    return { name, head: latest, heads: changes, justified: undefined, finalized: undefined, tick: 100 }
  }

  it('says which heads differ from that of most, and since when', () => {
    const most: [number, string][] = [
      [1, 'a'],
      [5, 'b'],
      [9, 'c'],
    ]
    const standings = compareNodes([
      node('x', most),
      node('y', most),
      node('z', [
        [1, 'a'],
        [5, 'b'],
        [8, 'q'],
      ]),
    ])
    expect(standings.map(({ group, differsSince }) => [group, differsSince])).toEqual([
      ['A', undefined],
      ['A', undefined],
      ['B', 8],
    ])
  })

  it('takes long histories of disagreement', () => {
    const long = (name: string) =>
      node(
        name,
        Array.from({ length: 20_000 }, (_, at): [number, string] => [at, at === 0 ? 'a' : `${name}${at}`]),
      )
    const [, other] = compareNodes([long('x'), long('y')])
    expect(other!.differsSince).toBe(1)
  })
})
