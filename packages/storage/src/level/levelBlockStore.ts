import type { Reply } from '@trine/actors'
import type {
  BlockReference,
  BlockStore,
  HistoryStore,
  RootedBlock,
  StoreBatch,
  StoredHeads,
  StoredHistory,
  StoredImport,
  StoredVotes,
  WriteOutcome,
} from '@trine/messages'
import {
  decodeToView,
  describeDecodeError,
  failure,
  type Result,
  type RootHex,
  rootBytes,
  type Slot,
  type State,
  signedTypesFor,
  stateType,
  success,
  toHex,
} from '@trine/types'
import { historyRoots } from '../historyRoots.ts'
import { backUp } from './backup.ts'
import type { BackupError, BackupFigures } from './backupFile.ts'
import { BlockRows } from './blockRows.ts'
import { asBytes, type Database, del, describeFailure, type Operations, put } from './database.ts'
import { readImportPage } from './importPage.ts'
import { blockKey, boundsOf, finalizedKey, HEADS_KEY, slotOfKey, type TableName } from './keys.ts'
import type { StoreIdentity } from './meta.ts'
import type { Disk } from './openLevelBlockStore.ts'
import { Pruning, type Retention } from './retention.ts'
import { planSnapshots, type StoredStates } from './snapshots.ts'
import { tableSizesOf } from './tableSizes.ts'
import { VoteRows } from './voteRows.ts'

/** What is in the record of heads: those of the last batch, and the blocks whose states are stored. */
export type HeadsRecord = StoredHeads & { readonly storedStates: StoredStates }

/** The record of heads, if there is one; throws when it cannot be read. */
export function readRecord(bytes: Uint8Array | undefined): HeadsRecord | undefined {
  return bytes && JSON.parse(new TextDecoder().decode(bytes))
}

/** A BlockStore on disk, with an end. */
export interface LevelBlockStore extends BlockStore, HistoryStore {
  /** About how many bytes each table takes on disk; what was written in the last minutes may not be counted. */
  tableSizes(): Promise<Readonly<Record<TableName, number>>>
  /**
   * Writes everything to a new file, as it is at this moment, while the store is in use: `trine db import` makes a
   * database of it. Bounded in memory; batches go on meanwhile.
   */
  backup(file: string): Promise<Result<BackupFigures, BackupError>>
  /** Gives the disk back what was deleted; takes long, and other work goes on meanwhile. */
  compact(): Promise<void>
  /** Waits for the batches under way; then the folder is free for others. */
  close(): Promise<void>
}

/** The store on an open database whose identity was checked, and the record of heads read. */
export function createLevelBlockStore(parts: LevelStoreParts): LevelBlockStore {
  return new LevelStore(parts)
}

export type LevelStoreParts = {
  readonly database: Database
  readonly identity: Pick<StoreIdentity, 'signatureEncoding'>
  readonly retention: Retention
  readonly record: HeadsRecord | undefined
  readonly disk: Disk
}

class LevelStore implements LevelBlockStore {
  readonly #database: Database
  readonly #disk: Disk
  readonly #blocks: BlockRows
  readonly #votes: VoteRows
  readonly #pruning: Pruning
  readonly #snapshotSlots: number
  #record: HeadsRecord | undefined
  /** The last of the batches that were begun. */
  #writing: Promise<void> = Promise.resolve()
  /** After a failed write LevelDB takes no more until it is opened again. */
  #hasFailed = false
  #isClosed = false

  constructor({ database, identity, retention, record, disk }: LevelStoreParts) {
    const types = signedTypesFor(identity.signatureEncoding)
    this.#database = database
    this.#disk = disk
    this.#blocks = new BlockRows(database, types.signedBlockWithAttestationType)
    this.#votes = new VoteRows(database, types.signedAttestationType)
    this.#pruning = new Pruning(database, retention)
    this.#snapshotSlots = retention.snapshotSlots ?? 64
    this.#record = record
  }

  write(batch: StoreBatch, reply: Reply<WriteOutcome>): void {
    this.#writeNext(() => this.#write(batch), reply)
  }

  writeHistory(blocks: readonly RootedBlock[], reply: Reply<WriteOutcome>): void {
    this.#writeNext(() => this.#writeHistory(blocks), reply)
  }

  /** Batches are written one after another. */
  #writeNext(write: () => Promise<void>, reply: Reply<WriteOutcome>): void {
    if (this.#isClosed) {
      reply.answer(failure({ code: 'FAILED', message: 'the block store is closed' }))
      return
    }
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#prepare()
        await write()
        reply.answer(success('written'))
      } catch (error) {
        this.#hasFailed = true
        reply.answer(failure({ code: 'FAILED', message: describeFailure(error) }))
      }
    })
  }

  readHeads(reply: Reply<StoredHeads | undefined>): void {
    this.#answer(reply, async () => {
      if (this.#record === undefined) return undefined
      const { storedStates: _, ...heads } = this.#record
      return heads
    })
  }

  readBlock(root: RootHex, reply: Reply<RootedBlock | undefined>): void {
    this.#answer(reply, async () => {
      const slot = await this.#blocks.slotOf(root)
      return slot === undefined ? undefined : (await this.#blocks.read([{ root, slot }]))[0]
    })
  }

  readState(root: RootHex, reply: Reply<State | undefined>): void {
    this.#answer(reply, async () => {
      const stored = this.#storedStates.find((block) => block.root === root)
      return stored && this.#readState(stored)
    })
  }

  readHistory(reply: Reply<StoredHistory | undefined>): void {
    this.#answer(reply, async () => {
      for await (const [key, root] of this.#database.iterator({ ...boundsOf('finalized'), limit: 1 })) {
        const slot = slotOfKey(key)
        const final = this.#record?.storedStates.final.find((block) => block.slot >= slot)
        const state = final && (await this.#readState(final))
        return state && { lowest: { root: toHex(root), slot }, roots: historyRoots(state, slot) }
      }
      return undefined
    })
  }

  readStoredStates(reply: Reply<readonly BlockReference[]>): void {
    this.#answer(reply, async () => this.#storedStates)
  }

  readImports(after: Slot, reply: Reply<readonly StoredImport[]>): void {
    this.#answer(reply, () => readImportPage(this.#database, this.#blocks, after))
  }

  readVotes(reply: Reply<readonly StoredVotes[]>): void {
    this.#answer(reply, () => this.#votes.readAll())
  }

  readFinalizedRoot(slot: Slot, reply: Reply<RootHex | undefined>): void {
    this.#answer(reply, async () => {
      const bytes = await this.#database.get(finalizedKey(slot))
      return bytes && toHex(bytes)
    })
  }

  tableSizes(): Promise<Readonly<Record<TableName, number>>> {
    return tableSizesOf(this.#database)
  }

  backup(file: string): Promise<Result<BackupFigures, BackupError>> {
    return backUp(this.#database, file)
  }

  compact(): Promise<void> {
    return this.#database.compactRange(Uint8Array.of(0), Uint8Array.of(0xff))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#writing
    await this.#database.close()
  }

  get #storedStates(): readonly BlockReference[] {
    const { final, pending } = this.#record?.storedStates ?? { final: [], pending: [] }
    return [...final, ...pending]
  }

  async #readState({ root, slot }: BlockReference): Promise<State | undefined> {
    const bytes = await this.#database.get(blockKey('states', slot, root))
    if (bytes === undefined) return undefined
    const decoded = decodeToView(stateType, asBytes(bytes))
    if (!decoded.ok) throw new Error(`state of block ${root}: ${describeDecodeError(decoded.error)}`)
    return decoded.value
  }

  /** Makes the database ready for a batch, or throws. */
  async #prepare(): Promise<void> {
    if (this.#hasFailed) {
      await this.#disk.reopen()
      // A batch that failed may be on the disk all the same.
      this.#record = readRecord(await this.#database.get(HEADS_KEY))
      this.#votes.forget()
      this.#hasFailed = false
    }
    await this.#disk.check()
  }

  async #writeHistory(blocks: readonly RootedBlock[]): Promise<void> {
    const operations: Operations = []
    let first = Number.POSITIVE_INFINITY
    for (const block of blocks) {
      const slot = Number(block.signedBlock.message.block.slot)
      await this.#blocks.putHistoryInto(operations, block)
      operations.push(put(finalizedKey(slot), rootBytes(block.root)))
      first = Math.min(first, slot)
    }
    await this.#database.batch(operations, { sync: true })
    this.#pruning.noteWritten(first)
  }

  async #write(batch: StoreBatch): Promise<void> {
    const operations: Operations = []
    const states = new Map(batch.states.map(({ root, state }) => [root, state]))
    const discarded = new Set(batch.discarded)
    for (const block of batch.blocks) {
      // After an outage a batch may discard what it brings.
      if (discarded.has(block.root)) continue
      const state = states.get(block.root)
      if (state === undefined)
        throw new Error(`block ${block.root}: expected its post-state in the same batch`)
      this.#blocks.putInto(operations, block, state)
    }
    for (const { root, slot } of batch.finalizedPath)
      operations.push(put(finalizedKey(slot), rootBytes(root)))
    for (const root of discarded) await this.#blocks.deleteInto(operations, root)
    const votesWritten = await this.#votes.putInto(operations, batch.votes)
    const storedStates = this.#snapshot(batch, operations)
    const firstNeeded = storedStates.final[0]?.slot ?? 0
    const pruned = await this.#pruning.deleteInto(operations, batch.finalized.slot, firstNeeded)
    const { head, safeTarget, justified, finalized, time } = batch
    const record: HeadsRecord = { head, safeTarget, justified, finalized, time, storedStates }
    operations.push(put(HEADS_KEY, new TextEncoder().encode(JSON.stringify(record))))
    await this.#database.batch(operations, { sync: true })
    this.#record = record
    votesWritten()
    pruned()
  }

  #snapshot(batch: StoreBatch, operations: Operations): StoredStates {
    const before = this.#record?.storedStates ?? { final: [], pending: [] }
    const plan = planSnapshots(before, batch, this.#snapshotSlots)
    for (const { block, state } of plan.put) {
      operations.push(put(blockKey('states', block.slot, block.root), state.serialize()))
    }
    for (const { slot, root } of plan.drop) operations.push(del(blockKey('states', slot, root)))
    return plan.stored
  }

  #answer<T>(reply: Reply<T>, read: () => Promise<T>): void {
    read().then(
      (value) => reply.answer(value),
      (error) => reply.refuse('failed', describeFailure(error)),
    )
  }
}
