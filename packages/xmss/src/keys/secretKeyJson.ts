import { HASH_LENGTH, PARAMETER_LENGTH, PRF_KEY_BYTES } from '../constants.ts'
import { type Result, success } from '../result.ts'
import type { Scheme, SecretKey, SubTree, TreeLayer } from '../types.ts'
import { type KeyError, keyFailure } from './error.ts'
import { elementsFromJson, elementsToJson, fieldsOf, parseJson } from './json.ts'
import { assertSecretKeyShape, checkRange, type LayerShape, type TreeShape, treesOfKey } from './shape.ts'

/** Longest accepted text: a production key for all 2^32 epochs, indented, takes 85 MB. */
export const MAX_SECRET_KEY_JSON_LENGTH = 128 * 1024 * 1024

const KEY_FIELDS = [
  'prf_key',
  'parameter',
  'activation_epoch',
  'num_active_epochs',
  'top_tree',
  'left_bottom_tree_index',
  'left_bottom_tree',
  'right_bottom_tree',
] as const

/**
 * Secret key as lean-quickstart's `validator_N_sk.json` (serde_json of leanSig f10dcbe, indented by two): field
 * elements in Montgomery form, and the marker field `_encoding_type` without which leanSig does not read it back.
 * Holds the secret in the clear; a minimal production key takes 56 MB of text.
 */
export function encodeSecretKeyJson(scheme: Scheme, secretKey: SecretKey): string {
  assertSecretKeyShape(scheme, secretKey)
  const fields = {
    prf_key: Array.from(secretKey.prfKey),
    parameter: elementsToJson(secretKey.parameter),
    activation_epoch: secretKey.activationEpoch,
    num_active_epochs: secretKey.numActiveEpochs,
    top_tree: treeToJson(secretKey.topTree),
    left_bottom_tree_index: secretKey.leftBottomTreeIndex,
    left_bottom_tree: treeToJson(secretKey.leftBottomTree),
    right_bottom_tree: treeToJson(secretKey.rightBottomTree),
    _encoding_type: null,
  }
  return JSON.stringify(fields, null, 2)
}

function treeToJson(tree: SubTree): unknown {
  return {
    depth: tree.depth,
    lowest_layer: tree.lowestLayer,
    layers: tree.layers.map((layer) => ({
      start_index: layer.startIndex,
      nodes: Array.from({ length: layer.nodes.length / HASH_LENGTH }, (_, index) =>
        elementsToJson(layer.nodes.subarray(index * HASH_LENGTH, (index + 1) * HASH_LENGTH)),
      ),
    })),
  }
}

/** Reads what `encodeSecretKeyJson` writes, in any spacing and field order; unknown fields are refused. */
export function decodeSecretKeyJson(scheme: Scheme, text: string): Result<SecretKey, KeyError> {
  const parsed = parseJson('secret key', text, MAX_SECRET_KEY_JSON_LENGTH)
  return parsed.ok ? secretKeyFromJson(scheme, parsed.value) : parsed
}

/** The same from JSON that is already parsed. */
export function secretKeyFromJson(scheme: Scheme, value: unknown): Result<SecretKey, KeyError> {
  const fields = fieldsOf('secret key', value, KEY_FIELDS, ['_encoding_type'])
  if (!fields.ok) return fields
  if (fields.value['_encoding_type'] != null) {
    return keyFailure('malformed', '_encoding_type: expected null')
  }
  const prfKey = bytesFromJson('prf_key', fields.value.prf_key, PRF_KEY_BYTES)
  if (!prfKey.ok) return prfKey
  const parameter = elementsFromJson('parameter', fields.value.parameter, PARAMETER_LENGTH)
  if (!parameter.ok) return parameter
  const range = checkRange(scheme, {
    activationEpoch: fields.value.activation_epoch,
    numActiveEpochs: fields.value.num_active_epochs,
    leftBottomTreeIndex: fields.value.left_bottom_tree_index,
  })
  if (!range.ok) return range
  const decoded: SubTree[] = []
  for (const shape of treesOfKey(scheme, range.value)) {
    const tree = treeFromJson(fields.value[shape.name], shape)
    if (!tree.ok) return tree
    decoded.push(tree.value)
  }
  const [topTree, leftBottomTree, rightBottomTree] = decoded as [SubTree, SubTree, SubTree]
  return success({
    prfKey: prfKey.value,
    parameter: parameter.value,
    ...range.value,
    topTree,
    leftBottomTree,
    rightBottomTree,
  })
}

function treeFromJson(value: unknown, shape: TreeShape): Result<SubTree, KeyError> {
  const { name, depth, lowestLayer } = shape
  const fields = fieldsOf(name, value, ['depth', 'lowest_layer', 'layers'])
  if (!fields.ok) return fields
  const { layers: found } = fields.value
  if (fields.value.depth !== depth || fields.value.lowest_layer !== lowestLayer) {
    return keyFailure('wrongShape', `${name}: expected depth ${depth} and lowest_layer ${lowestLayer}`)
  }
  if (!Array.isArray(found) || found.length !== shape.layers.length) {
    return keyFailure('wrongShape', `${name}.layers: expected ${shape.layers.length} layers`)
  }
  const layers: TreeLayer[] = []
  for (const [position, layerShape] of shape.layers.entries()) {
    const layer = layerFromJson(`${name}.layers[${position}]`, found[position], layerShape)
    if (!layer.ok) return layer
    layers.push(layer.value)
  }
  return success({ depth, lowestLayer, layers })
}

function layerFromJson(name: string, value: unknown, shape: LayerShape): Result<TreeLayer, KeyError> {
  const fields = fieldsOf(name, value, ['start_index', 'nodes'])
  if (!fields.ok) return fields
  const { start_index: startIndex, nodes: found } = fields.value
  if (startIndex !== shape.startIndex) {
    return keyFailure('wrongShape', `${name}.start_index: expected ${shape.startIndex}`)
  }
  if (!Array.isArray(found) || found.length !== shape.nodeCount) {
    return keyFailure('wrongShape', `${name}.nodes: expected ${shape.nodeCount} digests`)
  }
  const nodes = new Uint32Array(shape.nodeCount * HASH_LENGTH)
  for (const [index, digest] of found.entries()) {
    const elements = elementsFromJson(`${name}.nodes[${index}]`, digest, HASH_LENGTH)
    if (!elements.ok) return elements
    nodes.set(elements.value, index * HASH_LENGTH)
  }
  return success({ startIndex: shape.startIndex, nodes })
}

function bytesFromJson(name: string, value: unknown, length: number): Result<Uint8Array, KeyError> {
  const isByte = (item: unknown) => Number.isInteger(item) && (item as number) >= 0 && (item as number) < 256
  if (!Array.isArray(value) || value.length !== length || !value.every(isByte)) {
    return keyFailure('malformed', `${name}: expected ${length} integers from 0 to 255`)
  }
  return success(Uint8Array.from(value as number[]))
}
