import { toHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { checkpoint, unwrapAsk, World } from './support.ts'

const everyone = [0, 1, 2, 3]

describe('finality', () => {
  it('is announced, pruned behind, and told to the neighbours', async () => {
    const world = new World()
    for (let slot = 1; slot <= 150; slot++) await world.slot(slot, everyone)
    const view = await world.view()
    expect(view.finalized.slot).toBeGreaterThanOrEqual(147)
    expect(view.headState.finalized).toEqual(view.finalized)
    const finalized = world.eventsOf('finalized')
    for (const [index, { checkpoint: at, previous }] of finalized.entries()) {
      expect(previous).toEqual(
        finalized[index - 1]?.checkpoint ?? { root: toHex(world.tree.genesis.root), slot: 0 },
      )
      expect(at.slot).toBeGreaterThan(previous.slot)
    }
    expect(world.eventsOf('justified').length).toBeGreaterThan(100)
    expect(world.eventsOf('finalityConflict')).toEqual([])
    expect(world.eventsOf('reorg')).toEqual([])
    const tree = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getForkChoice' }))
    expect(tree.nodes.length).toBeLessThan(5)
    expect(world.sync.of('chainStatus').at(-1)?.finalized).toEqual(view.finalized)
    expect(world.validator.of('chainStatus').at(-1)?.head).toEqual(view.head)
    expect(world.network.of('chainStatus').at(-1)?.head).toEqual(view.head)
  })

  it('leaves late blocks beside its chain importable for a while, since votes may name them', async () => {
    const world = new World()
    const { tree } = world
    const side = tree.block(tree.genesis, 1)
    for (let slot = 2; slot <= 100; slot++) await world.slot(slot, everyone)
    expect((await world.view()).finalized.slot).toBeGreaterThan(95)
    expect(world.reasons(await world.gossip([side]))).toEqual(['ACCEPTED'])
    await world.tick(101)
    expect(world.reasons(await world.gossipVotes([tree.vote(0, 101, checkpoint(side))]))).toEqual([
      'ACCEPTED',
    ])
  })

  it('makes blocks and parents from long before it useless, and what stands on them', async () => {
    const world = new World({ limits: { lateSlots: 4 } })
    const { tree } = world
    const side = tree.block(tree.genesis, 1)
    for (let slot = 2; slot <= 80; slot++) await world.slot(slot, everyone)
    const child = tree.block(tree.genesis, 79, { votes: [tree.vote(0, 2, tree.genesis)] })
    const grandchild = tree.block(checkpoint(child), 80)
    const ids = await world.gossip([side, grandchild, child, grandchild])
    expect(world.verdicts(ids)).toEqual([
      { verdict: 'ignore', reason: 'PARENT_PRUNED' },
      { verdict: 'ignore', reason: 'WAITS_FOR_PARENT' },
      { verdict: 'ignore', reason: 'PARENT_PRUNED' },
      { verdict: 'ignore', reason: 'PARENT_PRUNED' },
    ])
    const refused = world.sync.of('blockRefused')
    expect(refused.map(({ cause }) => cause)).toEqual(['settled', 'settled', 'settled', 'settled'])
    expect((await world.view()).pendingBlocks).toBe(0)
  })

  it.each([1, 2, 4, 5, 6])(
    'is reported when fewer than two thirds vote for one link (%i of 9)',
    async (votes) => {
      // Votes count for a target whatever their source: the last one, 1 -> 2, crosses two thirds and finalizes slot 1.
      const world = new World({ validatorCount: 9 })
      const { tree } = world
      const a1 = tree.block(tree.genesis, 1)
      const one = checkpoint(a1)
      const a2 = tree.block(one, 2, { votes: [0, 1, 2, 3, 4, 5].map((v) => tree.vote(v, 1, one)) })
      const two = checkpoint(a2)
      const link = (validator: number) => (validator >= 6 - votes ? { source: one } : {})
      const a3 = tree.block(two, 3, { votes: [0, 1, 2, 3, 4, 5].map((v) => tree.vote(v, 2, two, link(v))) })
      await world.tick(3)
      expect(world.reasons(await world.gossip([a1, a2, a3]))).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED'])
      expect((await world.view()).finalized.slot).toBe(1)
      const message = `finalized block of slot 1: expected 6 votes for one link from it, found ${votes}`
      const expected = votes < 6 ? [{ message, checkpoints: [{ slot: 1 }] }] : []
      expect(world.eventsOf('finalityConflict')).toMatchObject(expected)
    },
  )

  it('on two branches is an event, not a crash', async () => {
    const world = new World({ validatorCount: 3 })
    const { tree } = world
    const all = [0, 1, 2]
    // The same validators justify and finalize on one branch, then, further on, on another.
    const a1 = tree.block(tree.genesis, 1)
    const one = checkpoint(a1)
    const a2 = tree.block(one, 2, { votes: all.map((v) => tree.vote(v, 1, one)) })
    const two = checkpoint(a2)
    const a3 = tree.block(two, 3, { votes: all.map((v) => tree.vote(v, 2, two, { source: one })) })
    const b4 = tree.block(tree.genesis, 4)
    const four = checkpoint(b4)
    const b5 = tree.block(four, 5, { votes: all.map((v) => tree.vote(v, 4, four)) })
    const five = checkpoint(b5)
    const b6 = tree.block(five, 6, { votes: all.map((v) => tree.vote(v, 5, five, { source: four })) })
    await world.tick(6)
    await world.gossip([a1, b4, a2, b5, a3, b6])
    expect(world.eventsOf('finalized').map(({ checkpoint: at }) => at.slot)).toEqual([1, 4])
    expect(world.eventsOf('finalityConflict')).toMatchObject([
      {
        message: expect.stringContaining('expected a descendant of the one finalized before'),
        checkpoints: [{ slot: 1 }, { slot: 4 }],
      },
    ])
    await world.tick(7)
    expect((await world.view()).slot).toBe(7)
  })
})
