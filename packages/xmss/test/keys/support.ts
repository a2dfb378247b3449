import { readFileSync } from 'node:fs'
import { hexToBytes } from '@noble/hashes/utils.js'
import { vectorsPath } from '../../../../test/support/vectors.ts'
import { test as testScheme } from '../../src/schemes.ts'
import type { Scheme, SecretKey, SubTree } from '../../src/types.ts'

interface VectorLayer {
  readonly start_index: number
  readonly nodes: readonly string[]
}

interface VectorKey {
  readonly name: string
  readonly activation_epoch: number
  readonly num_active_epochs: number
  readonly left_bottom_tree_index: number
  readonly prf_key: string
  readonly parameter: string
  readonly public_key: string
  readonly left_bottom_tree_layers: readonly VectorLayer[]
  readonly right_bottom_tree_layers: readonly VectorLayer[]
  readonly top_tree_layers: readonly VectorLayer[]
}

export interface TestKey {
  readonly name: string
  readonly scheme: Scheme
  readonly secretKey: SecretKey
  /** 52 bytes in hex. */
  readonly publicKey: string
}

/** The complete keys of the test scheme in the vectors, of both round-constant orders. */
export function vectorKeys(): TestKey[] {
  return (['plonky3', 'leanspec'] as const).flatMap((roundConstantOrder) => {
    const path = vectorsPath('xmss', `test-${roundConstantOrder}`, 'test_keys.json')
    const file = JSON.parse(readFileSync(path, 'utf8')) as { keys: VectorKey[] }
    return file.keys.map((key) => ({
      name: `${roundConstantOrder} ${key.name}`,
      scheme: { ...testScheme, roundConstantOrder },
      secretKey: secretKeyOf(key),
      publicKey: key.public_key.slice(2),
    }))
  })
}

function secretKeyOf(key: VectorKey): SecretKey {
  const { logLifetime, logBottomTreeLeaves } = testScheme
  const tree = (lowestLayer: number, layers: readonly VectorLayer[]): SubTree => ({
    depth: logLifetime,
    lowestLayer,
    layers: layers.map((layer) => ({
      startIndex: layer.start_index,
      nodes: elements(layer.nodes.map((node) => node.slice(2)).join('')),
    })),
  })
  return {
    prfKey: hexToBytes(key.prf_key.slice(2)),
    parameter: elements(key.parameter.slice(2)),
    activationEpoch: key.activation_epoch,
    numActiveEpochs: key.num_active_epochs,
    topTree: tree(logBottomTreeLeaves, key.top_tree_layers),
    leftBottomTreeIndex: key.left_bottom_tree_index,
    leftBottomTree: tree(0, key.left_bottom_tree_layers),
    rightBottomTree: tree(0, key.right_bottom_tree_layers),
  }
}

/** Little-endian u32 elements. */
export function elements(hex: string): Uint32Array {
  const bytes = hexToBytes(hex)
  const view = new DataView(bytes.buffer)
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(4 * index, true))
}
