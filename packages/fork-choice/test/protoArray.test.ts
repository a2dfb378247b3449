import { fromHex, type RootHex, toHex, ZERO_ROOT_HEX } from '@trine/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type BlockNode, ProtoArray } from '../src/protoArray.ts'
import { naiveHead } from './naiveStore.ts'

const VALIDATORS = 9
const natural = fc.nat({ max: 1000 })

/** Steps are numbers that mean something only beside the tree at that moment. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant('block' as const),
        parent: natural,
        gap: fc.integer({ min: 1, max: 3 }),
        seed: natural,
      }),
    },
    {
      weight: 10,
      arbitrary: fc.record({
        type: fc.constant('vote' as const),
        validator: fc.nat({ max: VALIDATORS - 1 }),
        block: natural,
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('prune' as const), block: natural }) },
  ),
  { maxLength: 120, size: 'max' },
)

/** The tree twice: as the array under test, and as a plain map that forgets nothing. */
class Trees {
  readonly array = new ProtoArray()
  readonly nodes: BlockNode[] = []
  readonly naive = new Map<RootHex, { slot: number; parentRoot: RootHex }>()
  readonly votes = new Map<number, BlockNode>()

  constructor() {
    this.add(undefined, 0, 7)
  }

  add(parent: BlockNode | undefined, slot: number, seed: number): void {
    // Few different first bytes, so that many ties are decided, some of them far back in the root.
    const root = new Uint8Array(32).fill(seed % 3)
    root[31] = seed % 251
    root[30] = this.nodes.length % 256
    const rootHex = toHex(root)
    const parentRoot = parent?.rootHex ?? ZERO_ROOT_HEX
    const block = { root, rootHex, slot, parentRoot: fromHex(parentRoot)!, proposerIndex: 0 }
    this.nodes.push(this.array.add(block, parent))
    this.naive.set(rootHex, { slot, parentRoot })
  }

  live(): BlockNode[] {
    return this.nodes.filter((node) => node.index >= 0)
  }

  expectSameHeads(): void {
    const votes = [...this.votes.values()]
    const heads = votes.map(({ rootHex }) => rootHex)
    const headVotes = votes.map((headNode) => ({ headNode }))
    for (const start of this.live()) {
      for (const minimum of [0, 1, 3, Math.ceil((2 * VALIDATORS) / 3)]) {
        const expected = naiveHead(this.naive, start.rootHex, heads, minimum)
        expect(this.array.findHead(start, headVotes, minimum).rootHex).toBe(expected)
      }
    }
  }
}

it('finds the head of the naive walk from every block, over random trees, votes and prunings', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const trees = new Trees()
      for (const step of sequence) {
        const live = trees.live()
        if (step.type === 'block') {
          const parent = live[step.parent % live.length]!
          trees.add(parent, parent.slot + step.gap, step.seed)
        } else if (step.type === 'vote') {
          trees.votes.set(step.validator, trees.nodes[step.block % trees.nodes.length]!)
        } else {
          const root = live[step.block % live.length]!
          const expected = live.filter((node) => !isBelow(trees, node, root))
          const pruned = trees.array.prune(root)
          expect(pruned.map(({ block }) => block)).toEqual(expected)
          for (const { block, isCanonical } of pruned) {
            expect(isCanonical).toBe(isBelow(trees, root, block as BlockNode))
          }
        }
      }
      trees.expectSameHeads()
    }),
    { numRuns: 300 },
  )
})

function isBelow({ naive }: Trees, node: BlockNode, ancestor: BlockNode): boolean {
  let root: RootHex | undefined = node.rootHex
  while (root !== undefined && root !== ancestor.rootHex) root = naive.get(root)?.parentRoot
  return root === ancestor.rootHex
}

it('counts the votes for each subtree', () => {
  const trees = new Trees()
  const [genesis] = trees.nodes
  trees.add(genesis, 1, 1)
  trees.add(trees.nodes[1], 2, 2)
  trees.add(trees.nodes[1], 3, 3)
  const votes = [2, 3, 3, 1, 0].map((block) => ({ headNode: trees.nodes[block]! }))
  const weights = trees.array.weightsFrom(trees.nodes[1]!, votes)
  expect(weights.map(({ block, weight }) => [block.slot, weight])).toEqual([
    [1, 3],
    [2, 1],
    [3, 2],
  ])
})
