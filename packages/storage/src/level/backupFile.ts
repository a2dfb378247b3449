import { createHash } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { platform } from 'node:os'
import { dirname } from 'node:path'
import { failure, type Result, success } from '@trine/types'
import { describeFailure } from './database.ts'

/**
 * A file of rows with a checksum: magic and version, 12 bytes; the length of the description in 4, and that; rows, each
 * with the lengths of key and value in 4 bytes each; 0xffffffff; SHA-256 of all before. Integers are little-endian.
 */
const MAGIC = new TextEncoder().encode('trinedb\n')
const VERSION = 1
const END = 0xffff_ffff
const CHECKSUM_LENGTH = 32
const MAX_KEY = 64
const MAX_VALUE = 2 ** 28
const MAX_DESCRIPTION = 4096
const CHUNK = 2 ** 20

export type BackupFigures = { readonly rows: number; readonly bytes: number }

export type BackupRow = { readonly key: Uint8Array; readonly value: Uint8Array }

/**
 * NOT_A_BACKUP: another kind of file, or of a later version. DAMAGED: truncated or changed. FILE_EXISTS: something is
 * where it should be written. FILE_FAILED: the disk refused.
 */
export type BackupError = {
  readonly code: 'NOT_A_BACKUP' | 'DAMAGED' | 'FILE_EXISTS' | 'FILE_FAILED'
  readonly message: string
}

/** Writes rows to a new file, which has its name only once it is whole and durable. */
export async function writeBackupFile(
  file: string,
  description: Uint8Array,
  rows: AsyncIterable<readonly [Uint8Array, Uint8Array]>,
): Promise<Result<BackupFigures, BackupError>> {
  try {
    // Reserves both names: a backup never replaces another, nor disturbs one that is under way.
    await (await open(file, 'wx')).close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      return refuse('FILE_EXISTS', file, 'expected a new file, something is there already')
    return refuse('FILE_FAILED', file, describeFailure(error))
  }
  const part = `${file}.part`
  let handle: FileHandle | undefined
  try {
    handle = await open(part, 'w', 0o600)
    const writer = new ChunkWriter(handle)
    await writer.add(MAGIC, lengths(VERSION, description.length), description)
    let count = 0
    for await (const [key, value] of rows) {
      await writer.add(lengths(key.length, value.length), key, value)
      count += 1
    }
    await writer.add(lengths(END))
    const bytes = await writer.end()
    await handle.close()
    await rename(part, file)
    await syncFolder(dirname(file))
    return success({ rows: count, bytes })
  } catch (error) {
    await handle?.close().catch(() => {})
    await rm(part, { force: true })
    await rm(file, { force: true })
    return refuse('FILE_FAILED', file, describeFailure(error))
  }
}

/**
 * Reads a file, row by row: what comes before its end is known to be right only when the whole was read.
 *
 * @param take gets the description once, before the first row
 */
export async function readBackupFile(
  file: string,
  take: {
    readonly description: (bytes: Uint8Array) => Result<unknown, BackupError>
    readonly row: (row: BackupRow) => Promise<void>
  },
): Promise<Result<BackupFigures, BackupError>> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file, 'r')
    return await readAll(file, new ChunkReader(handle, (await handle.stat()).size), take)
  } catch (error) {
    return refuse('FILE_FAILED', file, describeFailure(error))
  } finally {
    await handle?.close()
  }
}

async function readAll(
  file: string,
  reader: ChunkReader,
  take: Parameters<typeof readBackupFile>[1],
): Promise<Result<BackupFigures, BackupError>> {
  const damaged = () => refuse('DAMAGED', file, 'the file is truncated, or was changed')
  const magic = await reader.next(MAGIC.length)
  if (magic === undefined || Buffer.compare(magic, MAGIC) !== 0)
    return refuse('NOT_A_BACKUP', file, 'expected an export of a database of Trine')
  const version = await reader.nextLength()
  if (version !== VERSION) {
    return refuse('NOT_A_BACKUP', file, `expected an export of version ${VERSION}, got ${version}`)
  }
  const descriptionLength = (await reader.nextLength()) ?? END
  const description = descriptionLength > MAX_DESCRIPTION ? undefined : await reader.next(descriptionLength)
  if (description === undefined) return damaged()
  const described = take.description(description)
  if (!described.ok) return described
  let rows = 0
  for (;;) {
    const keyLength = await reader.nextLength()
    if (keyLength === END) break
    const valueLength = await reader.nextLength()
    if (keyLength === undefined || valueLength === undefined) return damaged()
    if (keyLength > MAX_KEY || valueLength > MAX_VALUE) return damaged()
    const key = await reader.next(keyLength)
    const value = await reader.next(valueLength)
    if (key === undefined || value === undefined) return damaged()
    await take.row({ key, value })
    rows += 1
  }
  return (await reader.endsWithChecksum()) ? success({ rows, bytes: reader.size }) : damaged()
}

function refuse(code: BackupError['code'], file: string, message: string) {
  return failure<BackupError>({ code, message: `${file}: ${message}` })
}

function lengths(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value, true)
  return bytes
}

async function syncFolder(folder: string): Promise<void> {
  if (platform() === 'win32') return // it has no way to do that
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

class ChunkWriter {
  readonly #handle: FileHandle
  readonly #hash = createHash('sha256')
  #parts: Uint8Array[] = []
  #waiting = 0
  #written = 0

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async add(...parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      this.#hash.update(part)
      this.#parts.push(part)
      this.#waiting += part.length
    }
    if (this.#waiting >= CHUNK) await this.#flush()
  }

  /** Adds the checksum; resolves to the length of the file when it is durable. */
  async end(): Promise<number> {
    const checksum = this.#hash.digest()
    this.#parts.push(checksum)
    this.#waiting += checksum.length
    await this.#flush()
    await this.#handle.sync()
    return this.#written
  }

  async #flush(): Promise<void> {
    const { bytesWritten } = await this.#handle.writev(this.#parts)
    if (bytesWritten !== this.#waiting) {
      throw new Error(`expected to write ${this.#waiting} bytes, wrote ${bytesWritten}`)
    }
    this.#written += bytesWritten
    this.#parts = []
    this.#waiting = 0
  }
}

class ChunkReader {
  readonly size: number
  readonly #handle: FileHandle
  readonly #hash = createHash('sha256')
  #chunk: Uint8Array = new Uint8Array(0)
  /** Where in the file the chunk begins, and how much of it was taken. */
  #chunkAt = 0
  #taken = 0

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.size = size
  }

  /** A copy of the next bytes; undefined when the file, without its checksum, has not so many. */
  async next(length: number): Promise<Uint8Array | undefined> {
    const at = this.#chunkAt + this.#taken
    if (at + length > this.size - CHECKSUM_LENGTH) return undefined
    const bytes = await this.#read(at, length)
    this.#hash.update(bytes)
    return bytes
  }

  async nextLength(): Promise<number | undefined> {
    const bytes = await this.next(4)
    return bytes && new DataView(bytes.buffer).getUint32(0, true)
  }

  /** Whether nothing is left but the right checksum. */
  async endsWithChecksum(): Promise<boolean> {
    const at = this.#chunkAt + this.#taken
    if (at !== this.size - CHECKSUM_LENGTH) return false
    return Buffer.compare(await this.#read(at, CHECKSUM_LENGTH), this.#hash.digest()) === 0
  }

  async #read(at: number, length: number): Promise<Uint8Array> {
    if (this.#taken + length > this.#chunk.length) {
      const size = Math.min(Math.max(CHUNK, length), this.size - at)
      const { buffer, bytesRead } = await this.#handle.read(new Uint8Array(size), 0, size, at)
      if (bytesRead !== size) throw new Error(`expected to read ${size} bytes, read ${bytesRead}`)
      this.#chunk = buffer
      this.#chunkAt = at
      this.#taken = 0
    }
    this.#taken += length
    return this.#chunk.slice(this.#taken - length, this.#taken)
  }
}
