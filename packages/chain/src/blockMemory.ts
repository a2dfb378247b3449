import type { RootedBlock } from '@trine/messages'
import type { RootHex, SignedBlockWithAttestation } from '@trine/types'

/** What a vote or a block takes beside its signatures, in bytes, roughly. */
const VOTE_SIZE = 300
const BLOCK_SIZE = 500

/** About how many bytes of memory a signed block takes. */
export function sizeOf({ signature, message }: SignedBlockWithAttestation): number {
  let size = BLOCK_SIZE + VOTE_SIZE * (message.block.body.attestations.length + 1)
  for (const { length } of signature) size += length
  return size
}

/** The signed blocks imported last, bounded by count and bytes; the oldest are dropped. */
export class BlockMemory {
  readonly #maxBlocks: number
  readonly #maxBytes: number
  readonly #blocks = new Map<RootHex, RootedBlock>()
  #bytes = 0

  constructor(maxBlocks: number, maxBytes: number) {
    this.#maxBlocks = maxBlocks
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#blocks.size
  }

  get(root: RootHex): RootedBlock | undefined {
    return this.#blocks.get(root)
  }

  add(block: RootedBlock): void {
    if (this.#blocks.has(block.root)) return
    this.#blocks.set(block.root, block)
    this.#bytes += sizeOf(block.signedBlock)
    for (const oldest of this.#blocks.values()) {
      if (this.#blocks.size <= this.#maxBlocks && this.#bytes <= this.#maxBytes) return
      this.#blocks.delete(oldest.root)
      this.#bytes -= sizeOf(oldest.signedBlock)
    }
  }
}
