import {
  ByteVectorType,
  ContainerType,
  ListCompositeType,
  UintNumberType,
  VectorBasicType,
} from '@chainsafe/ssz'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSecretKeySsz, encodeSecretKeySsz } from '../../src/keys/secretKeySsz.ts'
import { bottomTreeShape, topTreeShape } from '../../src/keys/shape.ts'
import { devnet, production, test as testScheme } from '../../src/schemes.ts'
import type { Scheme, SecretKey, SubTree } from '../../src/types.ts'
import { vectorKeys } from './support.ts'

// The container as another SSZ library understands it.
const u32 = new UintNumberType(4)
const u64 = new UintNumberType(8)
const layer = new ContainerType({
  start_index: u64,
  nodes: new ListCompositeType(new VectorBasicType(u32, 8), 2 ** 16),
})
const tree = new ContainerType({ depth: u64, lowest_layer: u64, layers: new ListCompositeType(layer, 64) })
const secretKeyType = new ContainerType({
  prf_key: new ByteVectorType(32),
  parameter: new VectorBasicType(u32, 5),
  activation_epoch: u64,
  num_active_epochs: u64,
  top_tree: tree,
  left_bottom_tree_index: u64,
  left_bottom_tree: tree,
  right_bottom_tree: tree,
})

function oracleBytes(key: SecretKey): Uint8Array {
  const treeValue = ({ depth, lowestLayer, layers }: SubTree) => ({
    depth,
    lowest_layer: lowestLayer,
    layers: layers.map(({ startIndex, nodes }) => ({
      start_index: startIndex,
      nodes: Array.from({ length: nodes.length / 8 }, (_, index) => [
        ...nodes.subarray(8 * index, 8 * index + 8),
      ]),
    })),
  })
  return secretKeyType.serialize({
    prf_key: key.prfKey,
    parameter: [...key.parameter],
    activation_epoch: key.activationEpoch,
    num_active_epochs: key.numActiveEpochs,
    top_tree: treeValue(key.topTree),
    left_bottom_tree_index: key.leftBottomTreeIndex,
    left_bottom_tree: treeValue(key.leftBottomTree),
    right_bottom_tree: treeValue(key.rightBottomTree),
  })
}

/** A key of the right shape whose nodes are just counted. */
function shapedKey(scheme: Scheme): SecretKey {
  const range = {
    activationEpoch: 2 * 2 ** scheme.logBottomTreeLeaves,
    numActiveEpochs: 2 * 2 ** scheme.logBottomTreeLeaves,
    leftBottomTreeIndex: 2,
  }
  const fill = (lowestLayer: number, shape: ReturnType<typeof topTreeShape>): SubTree => ({
    depth: scheme.logLifetime,
    lowestLayer,
    layers: shape.map(({ startIndex, nodeCount }) => ({
      startIndex,
      nodes: Uint32Array.from({ length: 8 * nodeCount }, (_, index) => index),
    })),
  })
  return {
    prfKey: new Uint8Array(32).fill(7),
    parameter: Uint32Array.of(1, 2, 3, 4, 5),
    ...range,
    topTree: fill(scheme.logBottomTreeLeaves, topTreeShape(scheme, range)),
    leftBottomTree: fill(0, bottomTreeShape(scheme, 2)),
    rightBottomTree: fill(0, bottomTreeShape(scheme, 3)),
  }
}

describe('SSZ secret key', () => {
  it.each(vectorKeys())('$name: the bytes another SSZ library writes, and back', ({ scheme, secretKey }) => {
    const bytes = encodeSecretKeySsz(scheme, secretKey)
    expect(Buffer.from(bytes).equals(oracleBytes(secretKey))).toBe(true)
    expect(decodeSecretKeySsz(scheme, bytes)).toEqual({ ok: true, value: secretKey })
  })

  it('has the length of a minimal production key of leanSig', () => {
    const key = shapedKey(production)
    const bytes = encodeSecretKeySsz(production, key)
    expect(bytes.length).toBe(8_390_596)
    expect(decodeSecretKeySsz(production, bytes)).toEqual({ ok: true, value: key })
  })

  it('tells the scheme of another shape by its length', () => {
    const bytes = encodeSecretKeySsz(devnet, shapedKey(devnet))
    const decoded = decodeSecretKeySsz(production, bytes)
    expect(decoded.ok).toBe(false)
  })

  it('copies the secret, also out of a Buffer', () => {
    const { scheme, secretKey } = vectorKeys()[0]!
    const buffer = Buffer.from(encodeSecretKeySsz(scheme, secretKey))
    const decoded = decodeSecretKeySsz(scheme, buffer)
    buffer.fill(0)
    expect(decoded).toEqual({ ok: true, value: secretKey })
  })

  it('refuses elements not below P', () => {
    const { scheme, secretKey } = vectorKeys()[0]!
    const bytes = encodeSecretKeySsz(scheme, secretKey)
    for (const [position, field] of [
      [32, 'parameter'],
      [bytes.length - 4, 'right_bottom_tree'],
    ] as const) {
      const changed = bytes.slice()
      new DataView(changed.buffer).setUint32(position, 2130706433, true)
      const decoded = decodeSecretKeySsz(scheme, changed)
      expect(decoded).toMatchObject({
        ok: false,
        error: { code: 'notCanonical', message: expect.stringContaining(field) },
      })
    }
  })

  it('compares the length before it allocates', () => {
    const head = new Uint8Array(88)
    const view = new DataView(head.buffer)
    view.setBigUint64(60, 2n ** 32n, true)
    expect(decodeSecretKeySsz(production, head)).toMatchObject({ ok: false, error: { code: 'wrongLength' } })
    view.setBigUint64(60, 2n ** 64n - 1n, true)
    expect(decodeSecretKeySsz(production, head)).toMatchObject({ ok: false, error: { code: 'malformed' } })
  })

  it('random bytes are refused without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
        expect(decodeSecretKeySsz(testScheme, bytes).ok).toBe(false)
      }),
    )
  })

  it('changed bytes are refused, or are the encoding of what they decode to', () => {
    const { scheme, secretKey } = vectorKeys()[1]!
    const valid = encodeSecretKeySsz(scheme, secretKey)
    const change = fc.record({ position: fc.nat(valid.length - 1), byte: fc.nat(255) })
    // Heads of key, trees and layers are rare among the bytes: aim at the first of them.
    const headChange = fc.record({ position: fc.nat(200), byte: fc.nat(255) })
    fc.assert(
      fc.property(
        fc.array(fc.oneof(change, headChange), { maxLength: 4 }),
        fc.integer({ min: -40, max: 40 }),
        fc.boolean(),
        (changes, lengthChange, keepLength) => {
          const length = keepLength ? valid.length : valid.length + lengthChange
          const bytes = new Uint8Array(length)
          bytes.set(valid.subarray(0, length))
          for (const { position, byte } of changes) if (position < length) bytes[position] = byte
          const decoded = decodeSecretKeySsz(scheme, bytes)
          if (decoded.ok) expect(encodeSecretKeySsz(scheme, decoded.value)).toEqual(bytes)
        },
      ),
      { numRuns: 500 },
    )
  })
})
