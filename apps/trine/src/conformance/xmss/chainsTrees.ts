import { buildTopTree, production, rootOf, type Scheme } from '@trine/xmss'
import { domainSeparator, type Engine } from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { engineDifference, enginesOf, plain } from './engines.ts'
import { byteString, declaredOrders, elements, join, treeLayer, words } from './fields.ts'
import { type Check, xmssRunner } from './kind.ts'

const schema = z.looseObject({
  prf_key: byteString,
  parameter: words,
  capacity_value: elements,
  chains: z.array(z.object({ epoch: z.int(), chain_index: z.int(), digests_step_0_to_7: z.array(words) })),
  leaves: z.array(z.object({ epoch: z.int(), chain_ends: z.array(words), leaf: words })),
  nodes: z.array(z.object({ level: z.int(), index: z.int(), left: words, right: words, parent: words })),
  bottom_trees: z.array(
    z.object({
      depth: z.int(),
      bottom_tree_index: z.int(),
      leaves: z.array(words),
      layers: z.array(treeLayer),
      root: words,
    }),
  ),
  top_trees: z.array(
    z.object({
      depth: z.int(),
      start_bottom_tree_index: z.int(),
      bottom_tree_roots: z.array(words),
      padding_nodes_in_draw_order: z.array(words),
      layers: z.array(treeLayer),
      root: words,
    }),
  ),
})

type File = z.output<typeof schema>

/** Chains, leaves, tree nodes and small trees of the production scheme. */
export const chainsTreesRunner = xmssRunner(
  'chains and trees',
  ['chains', 'leaves', 'nodes', 'bottom_trees', 'top_trees'],
  schema,
  function* (file, json) {
    const scheme = { ...production, roundConstantOrder: declaredOrders(json)[0]! }
    yield { name: 'capacity_value', check: () => capacityDifference(scheme, file.capacity_value) }
    const engines = enginesOf(scheme)
    for (const [index, node] of file.nodes.entries()) {
      const children = join([node.left, node.right])
      const parent = (engine: Engine) => engine.parents(file.parameter, node.level, node.index, children)
      yield { name: `nodes[${index}]`, check: () => engineDifference(engines, 'parent', node.parent, parent) }
    }
    yield* chainChecks(file, engines)
    yield* leafChecks(file, scheme)
    yield* bottomTreeChecks(file, engines)
    yield* topTreeChecks(file, scheme)
  },
)

function capacityDifference({ dimension, roundConstantOrder }: Scheme, expected: Uint32Array) {
  return difference(
    'capacity',
    plain(expected),
    plain(domainSeparator([5, 2, dimension, 8], 9, roundConstantOrder)),
  )
}

/** Every step of a chain: all chains of its epoch revealed after that many steps. */
function* chainChecks(
  { prf_key: prfKey, parameter, chains }: File,
  engines: readonly Engine[],
): Generator<Check> {
  for (const [index, { epoch, chain_index: chain, digests_step_0_to_7: digests }] of chains.entries()) {
    for (const [steps, digest] of digests.entries()) {
      const codeword = new Uint8Array(production.dimension).fill(steps)
      const reveal = (engine: Engine) =>
        engine.revealChains({ prfKey, parameter }, epoch, codeword).slice(8 * chain, 8 * chain + 8)
      yield {
        name: `chains[${index}], step ${steps}`,
        check: () => engineDifference(engines, 'digest', digest, reveal),
      }
    }
  }
}

/**
 * Leaves of given chain ends. An engine hashes them on its way to a root; in a tree of height one, that root must be
 * the parent of the expected leaf and its sibling.
 */
function* leafChecks({ parameter, leaves }: File, scheme: Scheme): Generator<Check> {
  const engines = enginesOf({ ...scheme, logLifetime: 1 })
  const codeword = new Uint8Array(scheme.dimension).fill(scheme.base - 1)
  const sibling = new Uint32Array(8)
  for (const [index, { epoch, chain_ends, leaf }] of leaves.entries()) {
    const pair = epoch % 2 === 0 ? [leaf, sibling] : [sibling, leaf]
    const expected = engines[0]!.parents(parameter, 1, Math.floor(epoch / 2), join(pair))
    const opening = { parameter, epoch, codeword, hashes: join(chain_ends), path: sibling }
    yield {
      name: `leaves[${index}]`,
      check: () =>
        engineDifference(engines, 'parent of the leaf', expected, (engine) => engine.roots([opening])[0]),
    }
  }
}

function* bottomTreeChecks({ parameter, bottom_trees }: File, engines: readonly Engine[]): Generator<Check> {
  for (const [index, tree] of bottom_trees.entries()) {
    yield {
      name: `bottom_trees[${index}]`,
      check: () => {
        const height = tree.depth / 2
        const first = tree.bottom_tree_index * 2 ** height
        const expected = tree.layers.map(({ start_index, nodes }) => ({
          start_index,
          nodes: plain(join(nodes)),
        }))
        return engineDifference(engines, 'layers', expected, (engine) => {
          const layers = [{ start_index: first, nodes: join(tree.leaves) }]
          for (let level = 1; level <= height; level++) {
            const below = layers[level - 1]!
            const start_index = below.start_index / 2
            layers.push({ start_index, nodes: engine.parents(parameter, level, start_index, below.nodes) })
          }
          return layers.map(({ start_index, nodes }) => ({ start_index, nodes: plain(nodes) }))
        })
      },
    }
  }
}

/** Top trees, padded with the given nodes in the order in which they are drawn. */
function* topTreeChecks({ parameter, top_trees }: File, scheme: Scheme): Generator<Check> {
  for (const [index, tree] of top_trees.entries()) {
    yield {
      name: `top_trees[${index}]`,
      check: () => {
        const small = { ...scheme, logLifetime: tree.depth, logBottomTreeLeaves: tree.depth / 2 }
        const padding = [...tree.padding_nodes_in_draw_order]
        const roots = join(tree.bottom_tree_roots)
        const built = buildTopTree(
          small,
          parameter,
          tree.start_bottom_tree_index,
          roots,
          () => padding.shift()!,
        )
        const layers = built.layers.map(({ startIndex, nodes }) => ({
          start: startIndex,
          nodes: plain(nodes),
        }))
        const expected = tree.layers.map(({ start_index, nodes }) => ({
          start: start_index,
          nodes: plain(join(nodes)),
        }))
        return (
          difference('layers', expected, layers) ??
          difference('root', plain(tree.root), plain(rootOf(built))) ??
          difference('padding left', 0, padding.length)
        )
      },
    }
  }
}
