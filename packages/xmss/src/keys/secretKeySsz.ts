import { ELEMENT_BYTES, HASH_LENGTH, PARAMETER_LENGTH, PRF_KEY_BYTES } from '../constants.ts'
import { type Result, success } from '../result.ts'
import type { Scheme, SecretKey, SubTree, TreeLayer } from '../types.ts'
import { findNonCanonical } from './elements.ts'
import { type KeyError, keyFailure } from './error.ts'
import { assertSecretKeyShape, checkRange, type LayerShape, type TreeShape, treesOfKey } from './shape.ts'

/*
 * Layout (leanSig f10dcbe, Encode of GeneralizedXMSSSecretKey, HashSubTree, HashTreeLayer; all little-endian):
 *   key:   prf_key 32 | parameter 5 u32 | activation_epoch u64 | num_active_epochs u64 | offset u32 of top_tree
 *          | left_bottom_tree_index u64 | offset u32 of left_bottom_tree | offset u32 of right_bottom_tree | trees
 *   tree:  depth u64 | lowest_layer u64 | offset u32 = 20 | one offset u32 per layer | layers
 *   layer: start_index u64 | offset u32 = 12 | nodes of 8 u32
 */
const KEY_HEAD_BYTES = PRF_KEY_BYTES + PARAMETER_LENGTH * ELEMENT_BYTES + 36
const TREE_HEAD_BYTES = 20
const LAYER_HEAD_BYTES = 12
const DIGEST_BYTES = HASH_LENGTH * ELEMENT_BYTES

function layerBytes(shape: LayerShape): number {
  return LAYER_HEAD_BYTES + shape.nodeCount * DIGEST_BYTES
}

function treeBytes(shape: TreeShape): number {
  return shape.layers.reduce((sum, layer) => sum + 4 + layerBytes(layer), TREE_HEAD_BYTES)
}

/**
 * Secret key bytes as leanSig writes them (`validator_N_sk.ssz`; 8,390,596 bytes for a minimal production key).
 * They hold the secret in the clear. The round-trip is lossless, padding nodes included.
 */
export function encodeSecretKeySsz(scheme: Scheme, secretKey: SecretKey): Uint8Array {
  assertSecretKeyShape(scheme, secretKey)
  const [topBytes, leftBytes, rightBytes] = treesOfKey(scheme, secretKey).map(treeBytes) as [
    number,
    number,
    number,
  ]
  const writer = new Writer(KEY_HEAD_BYTES + topBytes + leftBytes + rightBytes)
  writer.bytes(secretKey.prfKey)
  writer.elements(secretKey.parameter)
  writer.u64(secretKey.activationEpoch)
  writer.u64(secretKey.numActiveEpochs)
  writer.u32(KEY_HEAD_BYTES)
  writer.u64(secretKey.leftBottomTreeIndex)
  writer.u32(KEY_HEAD_BYTES + topBytes)
  writer.u32(KEY_HEAD_BYTES + topBytes + leftBytes)
  for (const tree of [secretKey.topTree, secretKey.leftBottomTree, secretKey.rightBottomTree]) {
    writeTree(writer, tree)
  }
  return writer.output
}

function writeTree(writer: Writer, tree: SubTree): void {
  writer.u64(tree.depth)
  writer.u64(tree.lowestLayer)
  writer.u32(TREE_HEAD_BYTES)
  let offset = 4 * tree.layers.length
  for (const layer of tree.layers) {
    writer.u32(offset)
    offset += LAYER_HEAD_BYTES + layer.nodes.length * ELEMENT_BYTES
  }
  for (const layer of tree.layers) {
    writer.u64(layer.startIndex)
    writer.u32(LAYER_HEAD_BYTES)
    writer.elements(layer.nodes)
  }
}

/**
 * Reads what `encodeSecretKeySsz` writes. The head fixes the length of everything, which is compared before anything
 * is allocated; every offset, index and length must be the one the scheme gives.
 */
export function decodeSecretKeySsz(scheme: Scheme, bytes: Uint8Array): Result<SecretKey, KeyError> {
  if (bytes.length < KEY_HEAD_BYTES) {
    return keyFailure(
      'wrongLength',
      `secret key: expected at least ${KEY_HEAD_BYTES} bytes, got ${bytes.length}`,
    )
  }
  const head = new Reader(bytes)
  const prfKey = head.bytes(PRF_KEY_BYTES)
  const parameter = head.elements(PARAMETER_LENGTH)
  const activationEpoch = head.u64()
  const numActiveEpochs = head.u64()
  const topOffset = head.u32()
  const leftBottomTreeIndex = head.u64()
  const leftOffset = head.u32()
  const rightOffset = head.u32()

  const range = checkRange(scheme, { activationEpoch, numActiveEpochs, leftBottomTreeIndex })
  if (!range.ok) return range
  const trees = treesOfKey(scheme, range.value)
  const sizes = trees.map(treeBytes) as [number, number, number]
  const length = KEY_HEAD_BYTES + sizes[0] + sizes[1] + sizes[2]
  if (bytes.length !== length) {
    return keyFailure(
      'wrongLength',
      `secret key: expected ${length} bytes for its range, got ${bytes.length}`,
    )
  }
  const offsets = [KEY_HEAD_BYTES, KEY_HEAD_BYTES + sizes[0], KEY_HEAD_BYTES + sizes[0] + sizes[1]]
  for (const [position, actual] of [topOffset, leftOffset, rightOffset].entries()) {
    if (actual !== offsets[position]) {
      return keyFailure(
        'malformed',
        `offset of ${trees[position]!.name}: expected ${offsets[position]}, got ${actual}`,
      )
    }
  }
  if (findNonCanonical(parameter) !== undefined) {
    return keyFailure('notCanonical', 'parameter: an element is not below P')
  }
  const decoded: SubTree[] = []
  for (const shape of trees) {
    const tree = readTree(head, shape)
    if (!tree.ok) return tree
    decoded.push(tree.value)
  }
  const [topTree, leftBottomTree, rightBottomTree] = decoded as [SubTree, SubTree, SubTree]
  return success({ prfKey, parameter, ...range.value, topTree, leftBottomTree, rightBottomTree })
}

/** Depth and lowest layer that the top tree of SSZ secret key bytes claims, undefined where bytes are missing. */
export function treeHeightsOfSsz(bytes: Uint8Array): {
  readonly depth: number | undefined
  readonly lowestLayer: number | undefined
} {
  if (bytes.length < KEY_HEAD_BYTES + TREE_HEAD_BYTES) return { depth: undefined, lowestLayer: undefined }
  const tree = new Reader(bytes.subarray(KEY_HEAD_BYTES))
  return { depth: tree.u64(), lowestLayer: tree.u64() }
}

function readTree(reader: Reader, shape: TreeShape): Result<SubTree, KeyError> {
  const { name, depth, lowestLayer } = shape
  const numbers: [string, number, number][] = [
    ['depth', depth, reader.u64()],
    ['lowest_layer', lowestLayer, reader.u64()],
    ['offset of layers', TREE_HEAD_BYTES, reader.u32()],
  ]
  let offset = 4 * shape.layers.length
  for (const [position, layer] of shape.layers.entries()) {
    numbers.push([`offset of layer ${position}`, offset, reader.u32()])
    offset += layerBytes(layer)
  }
  const layers: TreeLayer[] = []
  for (const [position, { startIndex, nodeCount }] of shape.layers.entries()) {
    numbers.push([`layer ${position}.start_index`, startIndex, reader.u64()])
    numbers.push([`layer ${position}.offset of nodes`, LAYER_HEAD_BYTES, reader.u32()])
    layers.push({ startIndex, nodes: reader.elements(nodeCount * HASH_LENGTH) })
  }
  for (const [field, wanted, actual] of numbers) {
    if (actual !== wanted)
      return keyFailure('malformed', `${name}.${field}: expected ${wanted}, got ${actual}`)
  }
  for (const [position, layer] of layers.entries()) {
    const bad = findNonCanonical(layer.nodes)
    if (bad !== undefined) {
      return keyFailure('notCanonical', `${name}.layers[${position}]: element ${bad} is not below P`)
    }
  }
  return success({ depth, lowestLayer, layers })
}

class Writer {
  readonly output: Uint8Array
  private readonly view: DataView
  private position = 0

  constructor(length: number) {
    this.output = new Uint8Array(length)
    this.view = new DataView(this.output.buffer)
  }

  bytes(bytes: Uint8Array): void {
    this.output.set(bytes, this.position)
    this.position += bytes.length
  }

  u32(value: number): void {
    this.view.setUint32(this.position, value, true)
    this.position += 4
  }

  u64(value: number): void {
    this.view.setBigUint64(this.position, BigInt(value), true)
    this.position += 8
  }

  elements(elements: Uint32Array): void {
    for (let index = 0; index < elements.length; index++) {
      this.view.setUint32(this.position + 4 * index, elements[index]!, true)
    }
    this.position += 4 * elements.length
  }
}

/** Reads a buffer whose length was compared before: running over its end is a broken invariant and throws. */
class Reader {
  private readonly input: Uint8Array
  private readonly view: DataView
  private position = 0

  constructor(input: Uint8Array) {
    this.input = input
    this.view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  }

  /** A copy, also of a Buffer, whose own `slice` is a view. */
  bytes(length: number): Uint8Array {
    this.position += length
    return Uint8Array.from(this.input.subarray(this.position - length, this.position))
  }

  u32(): number {
    this.position += 4
    return this.view.getUint32(this.position - 4, true)
  }

  /** Rounded above 2^53: still out of every range it is compared with. */
  u64(): number {
    this.position += 8
    return Number(this.view.getBigUint64(this.position - 8, true))
  }

  elements(count: number): Uint32Array {
    const elements = new Uint32Array(count)
    for (let index = 0; index < count; index++) {
      elements[index] = this.view.getUint32(this.position + 4 * index, true)
    }
    this.position += 4 * count
    return elements
  }
}
