import { HASH_LENGTH } from './constants.ts'
import type { Engine } from './engine/engine.ts'
import { LANES } from './engine/engine.ts'
import { engineFor } from './engine/engines.ts'
import type { Scheme, SubTree, TreeLayer } from './types.ts'

/** Gives the digest that stands in for a missing neighbour at an end of a layer of the whole tree. */
export type Padding = (layer: number, side: 'left' | 'right') => Uint32Array

/**
 * The leaves of `count` epochs from `firstEpoch` on, as canonical digests: one secret start per chain from the PRF,
 * every chain walked to its end, the ends hashed. 0.1 to 0.2 ms per leaf at production parameters.
 */
export function computeLeaves(
  scheme: Scheme,
  prfKey: Uint8Array,
  parameter: Uint32Array,
  firstEpoch: number,
  count: number,
): Uint32Array {
  const leaves = new Uint32Array(Math.ceil(count / LANES) * LANES * HASH_LENGTH)
  engineFor(scheme).leaves({ prfKey, parameter }, firstEpoch, leaves)
  return leaves.subarray(0, count * HASH_LENGTH)
}

/** The bottom tree of the given index over its 2^logBottomTreeLeaves leaves. The last layer is its root alone. */
export function buildBottomTree(
  scheme: Scheme,
  parameter: Uint32Array,
  index: number,
  leaves: Uint32Array,
): SubTree {
  const engine = engineFor(scheme)
  const layers: TreeLayer[] = [{ startIndex: index * 2 ** scheme.logBottomTreeLeaves, nodes: leaves }]
  for (let level = 1; level <= scheme.logBottomTreeLeaves; level++) {
    layers.push(parentLayer(engine, parameter, level, layers[level - 1]!))
  }
  return { depth: scheme.logLifetime, lowestLayer: 0, layers }
}

/**
 * The top tree over the roots of neighbouring bottom trees, of which the first has the given index. Layers are padded
 * to whole pairs, the root's own too (leanSpec xmss/subtree.py).
 */
export function buildTopTree(
  scheme: Scheme,
  parameter: Uint32Array,
  firstIndex: number,
  roots: Uint32Array,
  padding: Padding,
): SubTree {
  const engine = engineFor(scheme)
  const lowestLayer = scheme.logBottomTreeLeaves
  const layers: TreeLayer[] = [padded({ startIndex: firstIndex, nodes: roots }, lowestLayer, padding)]
  for (let level = lowestLayer + 1; level <= scheme.logLifetime; level++) {
    layers.push(padded(parentLayer(engine, parameter, level, layers.at(-1)!), level, padding))
  }
  return { depth: scheme.logLifetime, lowestLayer, layers }
}

/** The root of a top or bottom tree. */
export function rootOf(tree: SubTree): Uint32Array {
  return tree.layers.at(-1)!.nodes.slice(0, HASH_LENGTH)
}

/** The siblings on the way from a node of a tree's lowest layer up to its root, lowest first. */
export function siblings(tree: SubTree, index: number): Uint32Array {
  const path = new Uint32Array((tree.layers.length - 1) * HASH_LENGTH)
  let position = index
  tree.layers.slice(0, -1).forEach(({ startIndex, nodes }, layer) => {
    const sibling = position % 2 === 0 ? position + 1 : position - 1
    const at = (sibling - startIndex) * HASH_LENGTH
    path.set(nodes.subarray(at, at + HASH_LENGTH), layer * HASH_LENGTH)
    position = Math.floor(position / 2)
  })
  return path
}

function parentLayer(engine: Engine, parameter: Uint32Array, level: number, below: TreeLayer): TreeLayer {
  const startIndex = Math.floor(below.startIndex / 2)
  return { startIndex, nodes: engine.parents(parameter, level, startIndex, below.nodes) }
}

/** The layer made to start at an even index and to end at an odd one. */
function padded({ startIndex, nodes }: TreeLayer, layer: number, padding: Padding): TreeLayer {
  const parts = [nodes]
  const end = startIndex + nodes.length / HASH_LENGTH
  if (startIndex % 2 === 1) parts.unshift(padding(layer, 'left'))
  if (end % 2 === 1) parts.push(padding(layer, 'right'))
  const all = new Uint32Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return { startIndex: startIndex - (startIndex % 2), nodes: all }
}
