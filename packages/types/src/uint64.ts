import { LeafNode, type Node } from '@chainsafe/persistent-merkle-tree'
import { BasicType, type ByteViews } from '@chainsafe/ssz'

/**
 * A uint64 as it can stand on the wire: a plain number up to 2^53 - 1, a bigint above, never the other way round.
 *
 * The two compare with `<` and `>` as they are; before arithmetic a value is narrowed with `toNumber`.
 */
export type Uint64 = number | bigint

/** A slot inside the node. On the wire a slot is a `Uint64`. */
export type Slot = number

/** Position of a validator in the registry. On the wire it is a `Uint64`. */
export type ValidatorIndex = number

const TWO_POW_32 = 2 ** 32
const MAX_UINT64 = 2n ** 64n - 1n

/** Whether a value is a canonical `Uint64`. */
export function isUint64(value: unknown): value is Uint64 {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0
  return typeof value === 'bigint' && value > Number.MAX_SAFE_INTEGER && value <= MAX_UINT64
}

/** The canonical form of an integer: a number where it is exact, else a bigint. Throws RangeError outside 0..2^64-1. */
export function toUint64(value: number | bigint): Uint64 {
  const canonical = typeof value === 'bigint' && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  if (!isUint64(canonical)) throw new RangeError(`expected an integer from 0 to 2^64 - 1, got ${value}`)
  return canonical
}

/** A `Uint64` that has been checked to be small, as a number. Throws RangeError above 2^53 - 1: a broken invariant. */
export function toNumber(value: Uint64): number {
  if (typeof value === 'number') return value
  throw new RangeError(`expected a uint64 of at most 2^53 - 1 at this point, got ${value}`)
}

/** SSZ `uint64` over its full range: 8 bytes little-endian, decoded to a `Uint64`. */
export class Uint64Type extends BasicType<Uint64> {
  readonly typeName = 'uint64'
  readonly byteLength = 8
  readonly itemsPerChunk = 4
  readonly fixedSize = 8
  readonly minSize = 8
  readonly maxSize = 8

  defaultValue(): Uint64 {
    return 0
  }

  value_serializeToBytes({ dataView }: ByteViews, offset: number, value: Uint64): number {
    if (typeof value === 'bigint') {
      dataView.setBigUint64(offset, value, true)
    } else {
      dataView.setUint32(offset, value % TWO_POW_32, true)
      dataView.setUint32(offset + 4, value / TWO_POW_32, true)
    }
    return offset + 8
  }

  value_deserializeFromBytes({ dataView }: ByteViews, start: number, end: number): Uint64 {
    this.assertValidSize(end - start)
    return combine(dataView.getUint32(start, true), dataView.getUint32(start + 4, true))
  }

  tree_serializeToBytes(output: ByteViews, offset: number, node: Node): number {
    return this.value_serializeToBytes(output, offset, this.tree_getFromNode(node as LeafNode))
  }

  tree_deserializeFromBytes(data: ByteViews, start: number, end: number): Node {
    const node = LeafNode.fromZero()
    this.tree_setToNode(node, this.value_deserializeFromBytes(data, start, end))
    return node
  }

  tree_getFromNode(node: LeafNode): Uint64 {
    return this.tree_getFromPackedNode(node, 0)
  }

  tree_setToNode(node: LeafNode, value: Uint64): void {
    this.tree_setToPackedNode(node, 0, value)
  }

  tree_getFromPackedNode(node: LeafNode, index: number): Uint64 {
    const offset = 8 * (index % this.itemsPerChunk)
    return combine(node.getUint(4, offset), node.getUint(4, offset + 4))
  }

  tree_setToPackedNode(node: LeafNode, index: number, value: Uint64): void {
    const offset = 8 * (index % this.itemsPerChunk)
    if (typeof value === 'bigint') {
      node.setUintBigint(8, offset, value)
    } else {
      node.setUint(4, offset, value % TWO_POW_32)
      node.setUint(4, offset + 4, Math.floor(value / TWO_POW_32))
    }
  }

  fromJson(json: unknown): Uint64 {
    if (!isUint64(json)) throw new Error(`expected a uint64, got ${String(json)}`)
    return json
  }

  toJson(value: Uint64): unknown {
    return value
  }
}

function combine(low: number, high: number): Uint64 {
  // Below 2^21 in the high word a double is exact.
  return high < 2 ** 21 ? high * TWO_POW_32 + low : (BigInt(high) << 32n) | BigInt(low)
}
