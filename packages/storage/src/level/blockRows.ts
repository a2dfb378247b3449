import type { RootedBlock } from '@trine/messages'
import {
  blockBodyType,
  blockHeaderType,
  type Checkpoint,
  checkpointType,
  decode,
  describeDecodeError,
  type RootHex,
  type SignedTypes,
  type Slot,
  type State,
} from '@trine/types'
import { asBytes, type Database, del, type Operations, put } from './database.ts'
import { blockKey, slotKey } from './keys.ts'

const HEADER_LENGTH = blockHeaderType.fixedSize!
const CHECKPOINT_LENGTH = checkpointType.fixedSize!
const IMPORT_LENGTH = HEADER_LENGTH + 2 * CHECKPOINT_LENGTH

type Checkpoints = { readonly latestJustified: Checkpoint; readonly latestFinalized: Checkpoint }

/** The rows of signed blocks: slot, header with checkpoints, the received bytes in two parts. */
export class BlockRows {
  readonly #database: Pick<Database, 'get' | 'getMany'>
  readonly #type: SignedTypes['signedBlockWithAttestationType']

  constructor(
    database: Pick<Database, 'get' | 'getMany'>,
    type: SignedTypes['signedBlockWithAttestationType'],
  ) {
    this.#database = database
    this.#type = type
  }

  /** Slot of a block, of which no more than the header may be left. */
  async slotOf(root: RootHex): Promise<Slot | undefined> {
    const key = slotKey(root)
    const bytes = key && (await this.#database.get(key))
    return bytes && Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0))
  }

  /** Writes a block; its post-state says what its header needs of its body, and its checkpoints. */
  putInto(operations: Operations, block: RootedBlock, postState: State): void {
    const { latestBlockHeader, latestJustified, latestFinalized } = postState.clone(true)
    const header = new Uint8Array(IMPORT_LENGTH)
    header.set(headerBytes(block, latestBlockHeader.bodyRoot))
    header.set(latestJustified.serialize(), HEADER_LENGTH)
    header.set(latestFinalized.serialize(), HEADER_LENGTH + CHECKPOINT_LENGTH)
    this.#putInto(operations, block, header)
  }

  /** Writes a block that has no post-state here: its row of the headers is shorter. One that was imported keeps its own. */
  async putHistoryInto(operations: Operations, block: RootedBlock): Promise<void> {
    const isImported = (await this.slotOf(block.root)) !== undefined
    const { body } = block.signedBlock.message.block
    this.#putInto(
      operations,
      block,
      isImported ? undefined : headerBytes(block, blockBodyType.hashTreeRoot(body)),
    )
  }

  #putInto(operations: Operations, { root, signedBlock }: RootedBlock, header: Uint8Array | undefined): void {
    const { slot } = signedBlock.message.block
    const key = slotKey(root)
    if (key === undefined) throw new Error(`expected a root of 32 bytes in hex, got "${root}"`)
    const slotBytes = new Uint8Array(8)
    new DataView(slotBytes.buffer).setBigUint64(0, BigInt(slot))
    const bytes = this.#type.serialize(signedBlock)
    // The second offset of the container: where the list of signatures begins.
    const signaturesAt = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)
    operations.push(
      put(key, slotBytes),
      put(blockKey('blocks', Number(slot), root), bytes.subarray(0, signaturesAt)),
      put(blockKey('signatures', Number(slot), root), bytes.subarray(signaturesAt)),
    )
    if (header !== undefined) operations.push(put(blockKey('headers', Number(slot), root), header))
  }

  /** Deletes all that there is of a block. */
  async deleteInto(operations: Operations, root: RootHex): Promise<void> {
    const slot = await this.slotOf(root)
    if (slot === undefined) return
    operations.push(del(slotKey(root)!))
    for (const table of ['headers', 'blocks', 'signatures', 'states'] as const) {
      operations.push(del(blockKey(table, slot, root)))
    }
  }

  /** Whole blocks: undefined where there is none, or its signatures are gone. Throws when bytes cannot be read. */
  async read(
    references: readonly { readonly root: RootHex; readonly slot: Slot }[],
  ): Promise<(RootedBlock | undefined)[]> {
    const keys = references.flatMap(({ slot, root }) => [
      blockKey('blocks', slot, root),
      blockKey('signatures', slot, root),
    ])
    const rows = await this.#database.getMany(keys)
    return references.map(({ root }, index) => {
      const [block, signatures] = rows.slice(2 * index, 2 * index + 2)
      if (block === undefined || signatures === undefined) return undefined
      const bytes = new Uint8Array(block.length + signatures.length)
      bytes.set(block)
      bytes.set(signatures, block.length)
      const decoded = decode(this.#type, bytes)
      if (!decoded.ok) throw new Error(`block ${root}: ${describeDecodeError(decoded.error)}`)
      return { root, signedBlock: decoded.value }
    })
  }
}

/** Whether a row of the headers is of a block that was imported, and so says something of checkpoints. */
export function isImport(row: Uint8Array): boolean {
  return row.length !== HEADER_LENGTH
}

function headerBytes({ signedBlock }: RootedBlock, bodyRoot: Uint8Array): Uint8Array {
  const { slot, proposerIndex, parentRoot, stateRoot } = signedBlock.message.block
  return blockHeaderType.serialize({ slot, proposerIndex, parentRoot, stateRoot, bodyRoot })
}

/** What a row of the headers says of checkpoints; throws when it cannot be read. */
export function checkpointsOf(row: Uint8Array, root: RootHex): Checkpoints {
  const [latestJustified, latestFinalized] = [0, 1].map((index) => {
    const at = HEADER_LENGTH + index * CHECKPOINT_LENGTH
    const decoded = decode(checkpointType, asBytes(row).slice(at, at + CHECKPOINT_LENGTH))
    if (!decoded.ok) throw new Error(`header of block ${root}: ${describeDecodeError(decoded.error)}`)
    return decoded.value
  })
  return { latestJustified: latestJustified!, latestFinalized: latestFinalized! }
}
