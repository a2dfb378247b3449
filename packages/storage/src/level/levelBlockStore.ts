import type { Reply } from '@trine/actors'
import type { BlockStore, RootedBlock, StoreBatch, StoredHeads } from '@trine/messages'
import {
  decode,
  decodeToView,
  describeDecodeError,
  failure,
  type RootHex,
  type Slot,
  type State,
  signedTypesFor,
  stateType,
  success,
  toHex,
} from '@trine/types'
import type { ClassicLevel } from 'classic-level'
import { blockKey, finalizedKey, HEADS_KEY, stateKey } from './keys.ts'
import type { StoreIdentity } from './meta.ts'

export type Database = Pick<
  ClassicLevel<Uint8Array, Uint8Array>,
  'get' | 'batch' | 'iterator' | 'open' | 'close'
>

export type Retention = {
  /**
   * A finalized state is stored when it is so many slots after the one stored before: 64 unless given. The last four
   * are kept. A restart replays the blocks after one of them.
   */
  readonly snapshotSlots?: number
  /** How far before the finalized block, in slots, blocks are kept; all of them unless given. */
  readonly retainSlots?: number | undefined
}

type Operations = (
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }
)[]

type StoredState = { readonly root: RootHex; readonly slot: Slot }

/** What is in the record of heads: those of the last batch, and the finalized blocks whose states are stored, oldest first. */
export type HeadsRecord = StoredHeads & { readonly storedStates: readonly StoredState[] }

/** Finalized states kept. A restart may go back further than the last one, for blocks beside the chain. */
const SNAPSHOTS = 4

/** Old blocks dropped with one batch, so that no batch takes long. */
const PRUNED_PER_BATCH = 64

/** A BlockStore on disk, with an end. */
export interface LevelBlockStore extends BlockStore {
  /** Waits for the batches under way; then the folder is free for others. */
  close(): Promise<void>
}

/** The store on an open database whose identity was checked, and the record of heads read. */
export function createLevelBlockStore(
  database: Database,
  identity: Pick<StoreIdentity, 'signatureEncoding'>,
  retention: Retention,
  record: HeadsRecord | undefined,
): LevelBlockStore {
  return new LevelStore(database, identity, retention, record)
}

class LevelStore implements LevelBlockStore {
  readonly #database: Database
  readonly #blockType: ReturnType<typeof signedTypesFor>['signedBlockWithAttestationType']
  readonly #snapshotSlots: number
  readonly #retainSlots: number | undefined
  #record: HeadsRecord | undefined
  /** Batches are written one after another. */
  #writing: Promise<void> = Promise.resolve()
  /** After a failed write LevelDB takes no more until it is opened again. */
  #hasFailed = false
  #isClosed = false

  constructor(
    database: Database,
    { signatureEncoding }: Pick<StoreIdentity, 'signatureEncoding'>,
    { snapshotSlots = 64, retainSlots }: Retention,
    record: HeadsRecord | undefined,
  ) {
    this.#database = database
    this.#blockType = signedTypesFor(signatureEncoding).signedBlockWithAttestationType
    this.#snapshotSlots = snapshotSlots
    this.#retainSlots = retainSlots
    this.#record = record
  }

  write(batch: StoreBatch, reply: Parameters<BlockStore['write']>[1]): void {
    if (this.#isClosed) {
      reply.answer(failure({ code: 'FAILED', message: 'the block store is closed' }))
      return
    }
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#write(batch)
        reply.answer(success('written'))
      } catch (error) {
        this.#hasFailed = true
        reply.answer(failure({ code: 'FAILED', message: describeFailure(error) }))
      }
    })
  }

  readHeads(reply: Reply<StoredHeads | undefined>): void {
    this.#answer(reply, async () => {
      const record = this.#record
      return record && { head: record.head, justified: record.justified, finalized: record.finalized }
    })
  }

  readBlock(root: RootHex, reply: Reply<RootedBlock | undefined>): void {
    this.#answer(reply, async () => {
      const bytes = await this.#get(blockKey(root))
      if (bytes === undefined) return undefined
      const decoded = decode(this.#blockType, bytes)
      if (!decoded.ok) throw new Error(`block ${root}: ${describeDecodeError(decoded.error)}`)
      return { root, signedBlock: decoded.value }
    })
  }

  readState(root: RootHex, reply: Reply<State | undefined>): void {
    this.#answer(reply, async () => {
      const bytes = await this.#get(stateKey(root))
      if (bytes === undefined) return undefined
      const decoded = decodeToView(stateType, bytes)
      if (!decoded.ok) throw new Error(`state of block ${root}: ${describeDecodeError(decoded.error)}`)
      return decoded.value
    })
  }

  readFinalizedRoot(slot: Slot, reply: Reply<RootHex | undefined>): void {
    this.#answer(reply, async () => {
      const bytes = await this.#get(finalizedKey(slot))
      return bytes && toHex(bytes)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#writing
    await this.#database.close()
  }

  async #write(batch: StoreBatch): Promise<void> {
    if (this.#hasFailed) {
      await this.#database.close()
      await this.#database.open()
      this.#hasFailed = false
    }
    const operations: Operations = []
    for (const { root, signedBlock } of batch.blocks) {
      operations.push({
        type: 'put',
        key: expectKey(blockKey(root)),
        value: this.#blockType.serialize(signedBlock),
      })
    }
    for (const { root, slot } of batch.finalizedPath) {
      operations.push({ type: 'put', key: finalizedKey(slot), value: expectKey(blockKey(root)).subarray(1) })
    }
    for (const root of batch.discarded) operations.push({ type: 'del', key: expectKey(blockKey(root)) })
    const storedStates = this.#snapshot(batch, operations)
    await this.#prune(batch.finalized.slot, storedStates[0], operations)
    const { head, justified, finalized } = batch
    const record: HeadsRecord = { head, justified, finalized, storedStates }
    operations.push({
      type: 'put',
      key: HEADS_KEY,
      value: new TextEncoder().encode(JSON.stringify(record)),
    })
    await this.#database.batch(operations, { sync: true })
    this.#record = record
  }

  /** Stores the finalized state when it is time, and drops the oldest; returns which ones are stored then. */
  #snapshot({ states, finalized }: StoreBatch, operations: Operations): readonly StoredState[] {
    const before = this.#record?.storedStates ?? []
    const latest = before.at(-1)
    if (latest !== undefined && finalized.slot < latest.slot + this.#snapshotSlots) return before
    const state = states.find(({ root }) => root === finalized.root)?.state
    if (state === undefined || finalized.root === latest?.root) return before
    operations.push({ type: 'put', key: expectKey(stateKey(finalized.root)), value: state.serialize() })
    const after = [...before, finalized]
    for (const { root } of after.slice(0, -SNAPSHOTS)) {
      operations.push({ type: 'del', key: expectKey(stateKey(root)) })
    }
    return after.slice(-SNAPSHOTS)
  }

  /** Drops old blocks of the finalized chain, never one that a restart needs: those from the oldest stored state on. */
  async #prune(finalizedSlot: Slot, stored: StoredState | undefined, operations: Operations): Promise<void> {
    if (this.#retainSlots === undefined || stored === undefined) return
    const end = Math.min(finalizedSlot - this.#retainSlots, stored.slot)
    if (end <= 0) return
    const range = { gte: finalizedKey(0), lt: finalizedKey(end), limit: PRUNED_PER_BATCH }
    for await (const [key, root] of this.#database.iterator(range)) {
      operations.push({ type: 'del', key }, { type: 'del', key: expectKey(blockKey(toHex(root))) })
    }
  }

  async #get(key: Uint8Array | undefined): Promise<Uint8Array | undefined> {
    const bytes = key && (await this.#database.get(key))
    // A Buffer, whatever its type says: its `slice` does not copy, so that decoded values would hang on to it.
    return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  #answer<T>(reply: Reply<T>, read: () => Promise<T>): void {
    read().then(
      (value) => reply.answer(value),
      (error) => reply.refuse('failed', describeFailure(error)),
    )
  }
}

function expectKey(key: Uint8Array | undefined): Uint8Array {
  if (key === undefined) throw new Error('expected a root of 32 bytes in hex')
  return key
}

/** The message of an error, and of what caused it. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}: ${describeFailure(error.cause)}`
}
