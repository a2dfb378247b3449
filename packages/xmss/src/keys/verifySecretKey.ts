import { HASH_LENGTH } from '../constants.ts'
import { engineFor } from '../engine/engines.ts'
import { type Result, success } from '../result.ts'
import { computeLeaves } from '../trees.ts'
import type { Scheme, SecretKey, SubTree, TreeLayer } from '../types.ts'
import { type KeyError, keyFailure } from './error.ts'

/** What was computed again and found right. */
export interface VerifiedKey {
  /** Inner nodes of the three stored trees. */
  readonly hashes: number
  readonly leaves: number
}

/** The leaf of an epoch, computed from the secret. */
export function leafOf(scheme: Scheme, { prfKey, parameter }: SecretKey, epoch: number): Uint32Array {
  return computeLeaves(scheme, prfKey, parameter, epoch, 1)
}

/**
 * Computes a secret key's hashes again, without signing anything: every stored node from its two children, up to the
 * root that is the public key (65 ms each 2^16), and the leaves of the given epochs from the secret (0.2 ms each).
 * One right leaf shows that prf_key, parameter and scheme are those the trees were made with. Epochs outside the two
 * stored bottom trees are a broken invariant. Error: `inconsistent`.
 */
export function verifySecretKey(
  scheme: Scheme,
  secretKey: SecretKey,
  epochs: readonly number[],
): Result<VerifiedKey, KeyError> {
  const { topTree, leftBottomTree, rightBottomTree, leftBottomTreeIndex } = secretKey
  const named = [
    ['top_tree', topTree],
    ['left_bottom_tree', leftBottomTree],
    ['right_bottom_tree', rightBottomTree],
  ] as const
  let hashes = 0
  for (const [name, tree] of named) {
    const nodes = checkTree(scheme, secretKey.parameter, name, tree)
    if (!nodes.ok) return nodes
    hashes += nodes.value
  }
  const roots = topTree.layers[0] as TreeLayer
  for (const [offset, tree] of [leftBottomTree, rightBottomTree].entries()) {
    if (
      !sameNode(
        roots,
        leftBottomTreeIndex + offset,
        nodeAt(tree.layers.at(-1) as TreeLayer, leftBottomTreeIndex + offset),
      )
    ) {
      return keyFailure(
        'inconsistent',
        `bottom tree ${leftBottomTreeIndex + offset}: its root is not in top_tree`,
      )
    }
  }
  for (const epoch of epochs) {
    const tree =
      epoch < (leftBottomTreeIndex + 1) * 2 ** scheme.logBottomTreeLeaves ? leftBottomTree : rightBottomTree
    if (!sameNode(tree.layers[0] as TreeLayer, epoch, leafOf(scheme, secretKey, epoch))) {
      return keyFailure('inconsistent', `epoch ${epoch}: the secret gives another leaf`)
    }
  }
  return success({ hashes, leaves: epochs.length })
}

/** Compares every layer with the parents of the layer below; gives the number of hashes. */
function checkTree(
  scheme: Scheme,
  parameter: Uint32Array,
  name: string,
  tree: SubTree,
): Result<number, KeyError> {
  let hashes = 0
  for (let above = 1; above < tree.layers.length; above++) {
    const below = tree.layers[above - 1] as TreeLayer
    const layer = tree.layers[above] as TreeLayer
    const first = Math.floor(below.startIndex / 2)
    const parents = engineFor(scheme).parents(parameter, tree.lowestLayer + above, first, below.nodes)
    const count = parents.length / HASH_LENGTH
    for (let index = 0; index < count; index++) {
      if (!sameNode(layer, first + index, parents.subarray(index * HASH_LENGTH, (index + 1) * HASH_LENGTH))) {
        return keyFailure(
          'inconsistent',
          `${name}.layers[${above}]: node ${first + index} is not the hash of its children`,
        )
      }
    }
    hashes += count
  }
  return success(hashes)
}

function nodeAt({ startIndex, nodes }: TreeLayer, index: number): Uint32Array {
  return nodes.subarray((index - startIndex) * HASH_LENGTH, (index - startIndex + 1) * HASH_LENGTH)
}

function sameNode(layer: TreeLayer, index: number, digest: Uint32Array): boolean {
  const node = nodeAt(layer, index)
  return node.length === HASH_LENGTH && node.every((element, position) => element === digest[position])
}
