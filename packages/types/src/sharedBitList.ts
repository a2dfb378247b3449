import {
  BranchNode,
  getHashComputations,
  getNodeAtDepth,
  type HashComputationLevel,
  LeafNode,
  type Node,
  setNodesAtDepth,
} from '@chainsafe/persistent-merkle-tree'
import { type BitArray, BitListType, type CompositeType, TreeViewDU } from '@chainsafe/ssz'

const BITS_PER_CHUNK = 256
const BITS_PER_WORD = 32

/**
 * A bit list whose views change single chunks of the tree. The library's own view writes the whole list again on every
 * commit, so that a long list would neither be shared between states nor keep its hashes.
 */
export type SharedBitListType = CompositeType<BitArray, unknown, SharedBitListView> & {
  readonly chunkDepth: number
  readonly limitBits: number
}

class BitListWithSharedView extends BitListType {
  // The library fixes the view's class in the type of its method; all the rest of it is what is wanted here.
  override getViewDU(node: Node): ReturnType<BitListType['getViewDU']> {
    const view: unknown = new SharedBitListView(this as unknown as SharedBitListType, node)
    return view as ReturnType<BitListType['getViewDU']>
  }
}

/** SSZ `Bitlist[limitBits]` with shared views. */
export function sharedBitListType(limitBits: number): SharedBitListType {
  return new BitListWithSharedView(limitBits) as unknown as SharedBitListType
}

/** View of a `SharedBitListType`: reads and writes bits in place in the tree, appends with `push`. */
export class SharedBitListView extends TreeViewDU<CompositeType<BitArray, unknown, unknown>> {
  readonly type: SharedBitListType
  private rootNode: Node
  private length: number
  /** Chunks changed since the last commit, by index. */
  private readonly changed = new Map<number, LeafNode>()

  constructor(type: SharedBitListType, node: Node) {
    super()
    this.type = type
    this.rootNode = node
    this.length = lengthOf(node)
  }

  override get node(): Node {
    return this.rootNode
  }

  /** Nothing is cached beyond the tree. */
  override get cache(): undefined {
    return undefined
  }

  /** Number of bits. */
  get bitLen(): number {
    return this.length
  }

  /** The bit at an index below `bitLen`; throws RangeError beyond. */
  get(bitIndex: number): boolean {
    this.assertIndex(bitIndex)
    const chunk = this.changed.get(Math.floor(bitIndex / BITS_PER_CHUNK)) ?? this.chunkAt(bitIndex)
    return ((wordOf(chunk, bitIndex) >>> (bitIndex % BITS_PER_WORD)) & 1) === 1
  }

  /** Sets the bit at an index below `bitLen`; throws RangeError beyond. */
  set(bitIndex: number, bit: boolean): void {
    this.assertIndex(bitIndex)
    const chunkIndex = Math.floor(bitIndex / BITS_PER_CHUNK)
    let chunk = this.changed.get(chunkIndex)
    if (chunk === undefined) {
      chunk = this.chunkAt(bitIndex).clone()
      this.changed.set(chunkIndex, chunk)
    }
    const mask = 1 << (bitIndex % BITS_PER_WORD)
    const word = wordOf(chunk, bitIndex)
    chunk.setUint(4, byteOffsetOf(bitIndex), (bit ? word | mask : word & ~mask) >>> 0)
  }

  /** Appends a bit; throws RangeError over the list's limit. */
  push(bit: boolean): void {
    this.pushZeros(1)
    if (bit) this.set(this.length - 1, true)
  }

  /** Appends a number of zero bits; throws RangeError over the list's limit. */
  pushZeros(count: number): void {
    if (this.length + count > this.type.limitBits) {
      throw new RangeError(
        `bit list: expected at most ${this.type.limitBits} bits, got ${this.length + count}`,
      )
    }
    // Beyond the length the tree holds zeros only, so there is nothing to write.
    this.length += count
  }

  /** All bits, `bitLen` of them. */
  toBoolArray(): boolean[] {
    return Array.from({ length: this.length }, (_, index) => this.get(index))
  }

  override commit(hashOffset = 0, hashesByLevel: HashComputationLevel[] | null = null): void {
    const lengthChanged = this.length !== lengthOf(this.rootNode)
    if (this.changed.size > 0 || lengthChanged) {
      const indexes = [...this.changed.keys()].sort((left, right) => left - right)
      const chunks = indexes.map((index) => this.changed.get(index) as Node)
      const contents = setNodesAtDepth(this.rootNode.left, this.type.chunkDepth, indexes, chunks)
      this.rootNode = new BranchNode(contents, LeafNode.fromUint32(this.length))
      this.changed.clear()
    }
    if (hashesByLevel !== null && this.rootNode.h0 === null) {
      getHashComputations(this.rootNode, hashOffset, hashesByLevel)
    }
  }

  protected override clearCache(): void {
    this.changed.clear()
    this.length = lengthOf(this.rootNode)
  }

  private chunkAt(bitIndex: number): LeafNode {
    const chunkIndex = Math.floor(bitIndex / BITS_PER_CHUNK)
    return getNodeAtDepth(this.rootNode.left, this.type.chunkDepth, chunkIndex) as LeafNode
  }

  private assertIndex(bitIndex: number): void {
    if (bitIndex >= 0 && bitIndex < this.length) return
    throw new RangeError(`bit list: expected an index below ${this.length}, got ${bitIndex}`)
  }
}

function lengthOf(node: Node): number {
  return (node.right as LeafNode).getUint(4, 0)
}

function byteOffsetOf(bitIndex: number): number {
  return 4 * Math.floor((bitIndex % BITS_PER_CHUNK) / BITS_PER_WORD)
}

function wordOf(chunk: LeafNode, bitIndex: number): number {
  return chunk.getUint(4, byteOffsetOf(bitIndex))
}
