import { createRandom } from '@trine/actors'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SCENARIO, type Topology } from '../src/index.ts'
import { linksOf } from '../src/topology.ts'

function links(topology: Topology, nodes: number, degree = 4, seed = '0'): [number, number][] {
  return linksOf({ ...DEFAULT_SCENARIO, topology, nodes, degree }, createRandom(seed))
}

/** Nodes that can be reached from node 0. */
function reachable(pairs: readonly [number, number][]): Set<number> {
  const reached = new Set([0])
  for (let grows = true; grows; ) {
    const before = reached.size
    for (const [left, right] of pairs) {
      if (reached.has(left)) reached.add(right)
      if (reached.has(right)) reached.add(left)
    }
    grows = reached.size > before
  }
  return reached
}

describe('a topology', () => {
  it('links what its name says', () => {
    expect(links('line', 4)).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ])
    expect(links('star', 4)).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ])
    expect(links('ring', 3)).toEqual([
      [0, 2],
      [1, 0],
      [2, 1],
    ])
    expect(links('ring', 2)).toEqual([[1, 0]])
    expect(links('full', 5)).toHaveLength(10)
  })

  it('connects everybody, nobody with itself, and no two twice', () => {
    const topology = fc.constantFrom<Topology>('full', 'ring', 'line', 'star', 'random')
    fc.assert(
      fc.property(
        topology,
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (name, nodes, degree) => {
          const pairs = links(name, nodes, degree)
          expect(reachable(pairs).size).toBe(nodes)
          const names = pairs.map(([left, right]) => [left, right].sort((a, b) => a - b).join())
          expect(new Set(names).size).toBe(pairs.length)
          expect(pairs.every(([left, right]) => left !== right && left < nodes && right < nodes)).toBe(true)
        },
      ),
    )
  })

  it('of one node has no links', () => {
    for (const name of ['full', 'line', 'star', 'ring', 'random'] as const)
      expect(links(name, 1), name).toEqual([])
  })

  it('at random is another with another seed, and has about as many links as asked for', () => {
    expect(links('random', 50, 6, 'a')).toEqual(links('random', 50, 6, 'a'))
    expect(links('random', 50, 6, 'a')).not.toEqual(links('random', 50, 6, 'b'))
    const perNode = (2 * links('random', 200, 8).length) / 200
    expect(perNode).toBeGreaterThan(7)
    expect(perNode).toBeLessThanOrEqual(8)
  })
})
