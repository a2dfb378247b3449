import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chainOf } from '../../network/test/support/blocks.ts'
import { GENESIS } from './support/bench.ts'
import { createModelNet, headsOf } from './support/modelNet.ts'

const link = (minimum: number, maximum: number, loss = 0) => ({
  latency: { minimum, maximum, skew: 1 },
  loss,
  duplication: 0,
  reordering: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
})

describe('a late joiner', () => {
  it('1,000 slots behind catches up while the chain goes on', async () => {
    const net = createModelNet(1, link(20, 60))
    const blocks = chainOf(1000, GENESIS)
    const old = ['a', 'b', 'c'].map((peerId) => net.add(peerId, { blocks }))
    const late = net.add('late')
    net.network.connectAll()
    await net.pass(1001, 1045, old)
    expect(headsOf(net.nodes)).toHaveLength(1)
    expect(late.chain.head.slot).toBe(1045)
    expect(late.states).toEqual(['syncing', 'synced'])
  })

  it('whose chain has room for few waiting blocks is not held up by what it cannot keep', async () => {
    const net = createModelNet(2, link(100, 300))
    const blocks = chainOf(300, GENESIS)
    const old = ['a', 'b', 'c'].map((peerId) => net.add(peerId, { blocks }))
    const limits = { maxHeld: 64, maxTold: 4 }
    const late = net.add('late', { maxPending: 3, limits })
    net.network.connectAll()
    // 300 questions of 0.4 s are 30 slots; then 300 blocks in batches.
    await net.pass(301, 345, old)
    expect(headsOf(net.nodes)).toHaveLength(1)
    expect(late.chain.head.slot).toBe(345)
  })
})

describe('over links that lose, double and reorder', () => {
  it('all nodes end synced with one head', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat(),
          loss: fc.double({ min: 0, max: 0.5, noNaN: true }),
          duplication: fc.double({ min: 0, max: 0.5, noNaN: true }),
          reordering: fc.double({ min: 0, max: 0.5, noNaN: true }),
          size: fc.integer({ min: 2, max: 5 }),
          behind: fc.integer({ min: 0, max: 40 }),
        }),
        async ({ seed, size, behind, ...faults }) => {
          const net = createModelNet(seed, { ...link(10, 300), ...faults })
          const blocks = chainOf(40, GENESIS)
          for (let index = 0; index < size; index++) {
            net.add(`n${index}`, { blocks: index === 0 ? blocks.slice(0, 40 - behind) : blocks })
          }
          net.network.connectAll()
          await net.pass(41, 56, net.nodes.slice(1))
          // Producers fall silent, so that everything can be had by asking.
          await net.pass(57, 90, [])
          expect(headsOf(net.nodes)).toHaveLength(1)
          expect(net.nodes.map(({ states }) => states.at(-1))).toEqual(net.nodes.map(() => 'synced'))
        },
      ),
      { numRuns: 20 },
    )
  })
})
