import { type Result, success } from '@trine/types'
import { type LedgerError, refuse } from './errors.ts'
import type { LedgerFile, LedgerFiles } from './files.ts'
import { decodeRecord, encodeRecord, type LedgerRecord, RECORD_LENGTH } from './record.ts'

/** Distance of the two slots: apart by a page, so that no write touches both. */
export const SLOT_STRIDE = 4096
export const SLOT_FILE_LENGTH = 2 * SLOT_STRIDE

/** What a slot holds: a record; nothing, ever; or something unreadable, as an interrupted write leaves it. */
export type SlotContent =
  | { readonly is: 'record'; readonly record: LedgerRecord }
  | { readonly is: 'empty' }
  | { readonly is: 'unreadable'; readonly reason: string }

export type SlotFileContent = {
  readonly slots: readonly [SlotContent, SlotContent]
  /** The record with the higher sequence, and which of the two slots has it. */
  readonly latest: LedgerRecord
  readonly latestSlot: 0 | 1
}

/** Reads a whole ledger or marker. DAMAGED when neither slot can be read, NEWER_VERSION when either is of a later one. */
export function readSlotFile(bytes: Uint8Array): Result<SlotFileContent, LedgerError> {
  if (bytes.length !== SLOT_FILE_LENGTH)
    return refuse('DAMAGED', `expected a key ledger of ${SLOT_FILE_LENGTH} bytes, got ${bytes.length}`)
  const slots: SlotContent[] = []
  for (const start of [0, SLOT_STRIDE]) {
    const part = bytes.subarray(start, start + RECORD_LENGTH)
    const decoded = decodeRecord(part)
    if (decoded.ok) slots.push({ is: 'record', record: decoded.value })
    else if (decoded.error.code === 'NEWER_VERSION') return decoded
    else if (part.every((byte) => byte === 0)) slots.push({ is: 'empty' })
    else slots.push({ is: 'unreadable', reason: decoded.error.message })
  }
  const [first, second] = slots as [SlotContent, SlotContent]
  const sequenceOf = (slot: SlotContent) => (slot.is === 'record' ? slot.record.sequence : -1)
  const latestSlot = sequenceOf(second) > sequenceOf(first) ? 1 : 0
  const latest = latestSlot === 1 ? second : first
  if (latest.is !== 'record') return refuse('DAMAGED', 'neither of the two records can be read')
  return success({ slots: [first, second], latest: latest.record, latestSlot })
}

/** A file of two slots that are written in turn: while one is being written, the other keeps the last durable record. */
export class SlotFile {
  readonly #file: LedgerFile
  #latest: LedgerRecord
  #latestSlot: 0 | 1

  private constructor(file: LedgerFile, latest: LedgerRecord, latestSlot: 0 | 1) {
    this.#file = file
    this.#latest = latest
    this.#latestSlot = latestSlot
  }

  /** Opens a file, and makes sure of its latest record; undefined when there is none. Rejects when the disk does. */
  static async open(files: LedgerFiles, path: string): Promise<Result<SlotFile, LedgerError> | undefined> {
    const file = await files.open(path)
    if (file === undefined) return undefined
    try {
      const content = readSlotFile(await file.read(SLOT_FILE_LENGTH + 1))
      if (content.ok) {
        const { latest, latestSlot } = content.value
        // After a sync that failed, what is read may not be on the disk: without this the next write could destroy the
        // only record that is.
        await file.write(latestSlot * SLOT_STRIDE, encodeRecord(latest))
        await file.sync()
        return success(new SlotFile(file, latest, latestSlot))
      }
      await file.close()
      return refuse(content.error.code, `${path}: ${content.error.message}`)
    } catch (error) {
      await file.close().catch(() => {})
      throw error
    }
  }

  static async create(files: LedgerFiles, path: string, record: LedgerRecord): Promise<SlotFile> {
    const content = new Uint8Array(SLOT_FILE_LENGTH)
    content.set(encodeRecord(record))
    return new SlotFile(await files.create(path, content), record, 0)
  }

  /** The last durable record. */
  get latest(): LedgerRecord {
    return this.#latest
  }

  /** Resolves when the record is durable. When it rejects the record may be there or not; the one before is. */
  async write(record: LedgerRecord): Promise<void> {
    const slot = this.#latestSlot === 0 ? 1 : 0
    await this.#file.write(slot * SLOT_STRIDE, encodeRecord(record))
    await this.#file.sync()
    this.#latest = record
    this.#latestSlot = slot
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
