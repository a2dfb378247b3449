import { HASH_LENGTH, PARAMETER_LENGTH, PRF_KEY_BYTES } from '../constants.ts'
import { type Result, success } from '../result.ts'
import type { PublicKey, Scheme, SecretKey, SubTree, TreeLayer } from '../types.ts'
import { type KeyError, keyFailure } from './error.ts'

/** Where a layer of a stored tree starts and how many digests it has. */
export interface LayerShape {
  readonly startIndex: number
  readonly nodeCount: number
}

/** The numbers that fix the shape of every tree of a secret key. */
export interface KeyRange {
  readonly activationEpoch: number
  readonly numActiveEpochs: number
  readonly leftBottomTreeIndex: number
}

/** Layers of bottom tree `index`: 2^logBottomTreeLeaves leaves, halved up to the root, which stands alone. */
export function bottomTreeShape(scheme: Scheme, index: number): LayerShape[] {
  return Array.from({ length: scheme.logBottomTreeLeaves + 1 }, (_, layer) => {
    const nodeCount = 2 ** (scheme.logBottomTreeLeaves - layer)
    return { startIndex: index * nodeCount, nodeCount }
  })
}

/**
 * Layers of the top tree over a key's bottom trees. Each is padded to start at an even and end at an odd index
 * (leanSig HashTreeLayer::padded); so even the root's layer has two nodes, the second without meaning.
 */
export function topTreeShape(scheme: Scheme, range: KeyRange): LayerShape[] {
  const leaves = 2 ** scheme.logBottomTreeLeaves
  let first = range.activationEpoch / leaves
  let last = first + range.numActiveEpochs / leaves - 1
  const layers: LayerShape[] = []
  for (let layer = scheme.logBottomTreeLeaves; layer <= scheme.logLifetime; layer++) {
    const startIndex = first - (first % 2)
    layers.push({ startIndex, nodeCount: last - (last % 2) + 2 - startIndex })
    first = Math.floor(first / 2)
    last = Math.floor(last / 2)
  }
  return layers
}

/**
 * Checks three values as they were read: integers, a range made of whole bottom trees (at least two) within the
 * lifetime, and the prepared window inside it.
 */
export function checkRange(
  scheme: Scheme,
  values: Readonly<Record<keyof KeyRange, unknown>>,
): Result<KeyRange, KeyError> {
  for (const name of ['activationEpoch', 'numActiveEpochs', 'leftBottomTreeIndex'] as const) {
    const value = values[name]
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      return keyFailure('malformed', `${name}: expected an integer from 0 to 2^53 - 1`)
    }
  }
  const { activationEpoch, numActiveEpochs, leftBottomTreeIndex } = values as unknown as KeyRange
  const leaves = 2 ** scheme.logBottomTreeLeaves
  if (activationEpoch % leaves !== 0) {
    return keyFailure(
      'wrongShape',
      `activationEpoch: expected a multiple of ${leaves}, got ${activationEpoch}`,
    )
  }
  if (numActiveEpochs % leaves !== 0 || numActiveEpochs < 2 * leaves) {
    const expected = `a multiple of ${leaves}, at least ${2 * leaves}`
    return keyFailure('wrongShape', `numActiveEpochs: expected ${expected}, got ${numActiveEpochs}`)
  }
  const end = activationEpoch + numActiveEpochs
  if (end > 2 ** scheme.logLifetime) {
    return keyFailure('wrongShape', `active epochs: expected to end by 2^${scheme.logLifetime}, got ${end}`)
  }
  const firstTree = activationEpoch / leaves
  const lastLeftTree = end / leaves - 2
  if (leftBottomTreeIndex < firstTree || leftBottomTreeIndex > lastLeftTree) {
    const expected = `${firstTree} to ${lastLeftTree}`
    return keyFailure('wrongShape', `leftBottomTreeIndex: expected ${expected}, got ${leftBottomTreeIndex}`)
  }
  return success({ activationEpoch, numActiveEpochs, leftBottomTreeIndex })
}

/** One tree of a key: the name leanSig gives it, and its shape. */
export interface TreeShape {
  readonly name: 'top_tree' | 'left_bottom_tree' | 'right_bottom_tree'
  readonly depth: number
  readonly lowestLayer: number
  readonly layers: readonly LayerShape[]
}

/** The three trees of a key, in the order in which they are stored. */
export function treesOfKey(scheme: Scheme, range: KeyRange): readonly [TreeShape, TreeShape, TreeShape] {
  const depth = scheme.logLifetime
  const left = range.leftBottomTreeIndex
  return [
    { name: 'top_tree', depth, lowestLayer: scheme.logBottomTreeLeaves, layers: topTreeShape(scheme, range) },
    { name: 'left_bottom_tree', depth, lowestLayer: 0, layers: bottomTreeShape(scheme, left) },
    { name: 'right_bottom_tree', depth, lowestLayer: 0, layers: bottomTreeShape(scheme, left + 1) },
  ]
}

/** The public key that a secret key carries: the top tree's root and the parameter. */
export function publicKeyOf(secretKey: SecretKey): PublicKey {
  const rootLayer = secretKey.topTree.layers.at(-1) as TreeLayer
  return { root: rootLayer.nodes.slice(0, HASH_LENGTH), parameter: secretKey.parameter.slice() }
}

/** Throws where a secret key made by this program does not have the shape its own numbers demand: a broken invariant. */
export function assertSecretKeyShape(scheme: Scheme, secretKey: SecretKey): void {
  const range = checkRange(scheme, secretKey)
  if (!range.ok) throw new Error(`secret key: ${range.error.message}`)
  if (secretKey.prfKey.length !== PRF_KEY_BYTES) throw new Error('secret key: prf_key has the wrong length')
  if (secretKey.parameter.length !== PARAMETER_LENGTH)
    throw new Error('secret key: parameter has the wrong length')
  const trees = [secretKey.topTree, secretKey.leftBottomTree, secretKey.rightBottomTree]
  for (const [position, shape] of treesOfKey(scheme, secretKey).entries()) {
    if (!hasShape(trees[position] as SubTree, shape)) {
      throw new Error(`secret key: ${shape.name} does not have the shape of its range`)
    }
  }
}

function hasShape(tree: SubTree, shape: TreeShape): boolean {
  return (
    tree.depth === shape.depth &&
    tree.lowestLayer === shape.lowestLayer &&
    tree.layers.length === shape.layers.length &&
    shape.layers.every(({ startIndex, nodeCount }, position) => {
      const layer = tree.layers[position] as TreeLayer
      return layer.startIndex === startIndex && layer.nodes.length === nodeCount * HASH_LENGTH
    })
  )
}
