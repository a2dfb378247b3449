import { computeLeaves, production } from '@trine/xmss'
import { createSimdEngine, type Engine } from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { plain } from './engines.ts'
import { byteString, declaredOrders, join, publicKey, treeLayer, words } from './fields.ts'
import { vectorsRunner } from './kind.ts'

const schema = z.looseObject({
  key: z.string(),
  public_key: publicKey,
  secret_prf_key: byteString,
  prf_bytes_per_fe: z.union([z.literal(8), z.literal(16)]),
  left_bottom_tree_index: z.int(),
  left_leaves_0_255: z.array(words),
  left_layer_8: treeLayer.nullable(),
  left_root: words,
  right_root: words,
  top_tree_layers: z.array(treeLayer.extend({ level: z.int() })),
})

type Vector = z.output<typeof schema>

/**
 * Trees of a production key: up to 256 leaves from the PRF key, the tree over them, the rest of the bottom tree from its layer
 * 8, and the whole top tree. (All 131,072 leaves would take half a minute.)
 */
export const treesRunner = vectorsRunner(
  'key trees',
  ['left_leaves_0_255', 'top_tree_layers'],
  schema,
  (vector, _index, json) => ({
    name: vector.key,
    check: () => {
      const scheme = {
        ...production,
        roundConstantOrder: declaredOrders(json)[0]!,
        prfBytesPerElement: vector.prf_bytes_per_fe,
      }
      const { secret_prf_key: prfKey, public_key: key, left_bottom_tree_index: treeIndex } = vector
      const first = treeIndex * 2 ** scheme.logBottomTreeLeaves
      const leaves = computeLeaves(scheme, prfKey, key.parameter, first, vector.left_leaves_0_255.length)
      return (
        difference('leaves', plain(join(vector.left_leaves_0_255)), plain(leaves)) ??
        bottomTreeDifference(vector, createSimdEngine(scheme)!, first, leaves) ??
        topTreeDifference(vector, createSimdEngine(scheme)!)
      )
    },
  }),
)

/** The nodes above some nodes, `levels` layers up. */
function climb(
  engine: Engine,
  parameter: Uint32Array,
  from: number,
  start: number,
  nodes: Uint32Array,
  levels: number,
) {
  let [index, layer] = [start, nodes]
  for (let level = from + 1; level <= from + levels; level++) {
    index /= 2
    layer = engine.parents(parameter, level, index, layer)
  }
  return layer
}

function bottomTreeDifference(
  vector: Vector,
  engine: Engine,
  first: number,
  leaves: Uint32Array,
): string | undefined {
  const { left_layer_8: middle, public_key: key } = vector
  if (!middle || leaves.length < 8 * 256) return undefined
  const nodes = join(middle.nodes)
  return (
    difference(
      'layer 8',
      plain(nodes.slice(0, 8)),
      plain(climb(engine, key.parameter, 0, first, leaves, 8)),
    ) ??
    difference(
      'left root',
      plain(vector.left_root),
      plain(climb(engine, key.parameter, 8, first / 256, nodes, 8)),
    )
  )
}

/** The stored bottom roots stand in the lowest layer, and each layer's parents in the next, up to the key's root. */
function topTreeDifference(vector: Vector, engine: Engine): string | undefined {
  const { parameter, root } = vector.public_key
  const layers = vector.top_tree_layers
  const lowest = join(layers[0]!.nodes)
  const at = 8 * (vector.left_bottom_tree_index - layers[0]!.start_index)
  const roots = join([vector.left_root, vector.right_root])
  const found = difference('bottom roots', plain(roots), plain(lowest.slice(at, at + 16)))
  if (found !== undefined) return found
  for (const [index, { level, start_index, nodes }] of layers.slice(1).entries()) {
    const below = layers[index]!
    const parents = engine.parents(parameter, level, below.start_index / 2, join(below.nodes))
    const place = 8 * (below.start_index / 2 - start_index)
    const stored = join(nodes).slice(place, place + parents.length)
    const wrong = difference(`parents in layer ${level}`, plain(stored), plain(parents))
    if (wrong !== undefined) return wrong
  }
  return difference('root', plain(root), plain(layers.at(-1)!.nodes[0]))
}
