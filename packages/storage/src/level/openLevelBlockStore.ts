import { access, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { bytesEqual, type Result, success } from '@trine/types'
import { type Database, describeFailure, newDatabase } from './database.ts'
import { HEADS_KEY, META_KEY } from './keys.ts'
import {
  createLevelBlockStore,
  type HeadsRecord,
  type LevelBlockStore,
  readRecord,
} from './levelBlockStore.ts'
import {
  encodeMeta,
  type OpenedMeta,
  problemOfMeta,
  readMeta,
  refuse,
  type StoreIdentity,
  type StoreOpenError,
} from './meta.ts'
import type { Retention } from './retention.ts'

export type LevelBlockStoreOptions = StoreIdentity &
  Retention & {
    /** Made when it is not there; the folder above must be. */
    readonly folder: string
  }

/** An open database, whatever chain it is of. */
export type OpenDatabase = OpenedMeta & {
  readonly database: Database
  readonly record: HeadsRecord | undefined
}

/** Opens the database of a chain, or makes it. One process at a time has it. */
export async function openLevelBlockStore(
  options: LevelBlockStoreOptions,
): Promise<Result<LevelBlockStore, StoreOpenError>> {
  const { folder } = options
  const opened = await openFolder(folder, true, (database) => check(database, options))
  if (!opened.ok) return opened
  const { database, record } = opened.value
  const disk = await watchDisk(folder, database)
  return success(createLevelBlockStore({ database, identity: options, retention: options, record, disk }))
}

/** Opens a database that exists, to look into it; refused while a node has it. */
export async function openExistingDatabase(folder: string): Promise<Result<OpenDatabase, StoreOpenError>> {
  try {
    await access(join(folder, 'CURRENT'))
  } catch {
    return refuse('FILE_FAILED', folder, 'expected the database of a node, found none')
  }
  return openFolder(folder, false, async (database) => {
    const meta = await database.get(META_KEY)
    if (meta === undefined) return refuse('DAMAGED', folder, 'expected a database of Trine, got another one')
    const read = readMeta(meta, folder)
    return read.ok ? withHeads(database, read.value, folder) : read
  })
}

async function openFolder(
  folder: string,
  makes: boolean,
  look: (database: Database) => Promise<Result<OpenDatabase, StoreOpenError>>,
): Promise<Result<OpenDatabase, StoreOpenError>> {
  let database: Database | undefined
  let result: Result<OpenDatabase, StoreOpenError>
  try {
    if (makes) await makeFolder(folder)
    database = newDatabase(folder, makes)
    await database.open()
    result = await look(database)
  } catch (error) {
    result = describe(error, folder)
  }
  if (!result.ok) await database?.close()
  return result
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

async function check(
  database: Database,
  options: LevelBlockStoreOptions,
): Promise<Result<OpenDatabase, StoreOpenError>> {
  const { folder, genesisRoot, protocol, signatureEncoding } = options
  const identity = { genesisRoot, protocol, signatureEncoding }
  const meta = await database.get(META_KEY)
  if (meta !== undefined) {
    const problem = problemOfMeta(meta, identity, folder)
    if (problem !== undefined) return problem
  } else {
    for await (const _ of database.iterator({ limit: 1 })) {
      return refuse('DAMAGED', folder, 'expected a database of Trine, got another one')
    }
    await database.batch([{ type: 'put', key: META_KEY, value: encodeMeta(identity) }], { sync: true })
  }
  return withHeads(database, { identity, meta: encodeMeta(identity) }, folder)
}

async function withHeads(
  database: Database,
  meta: OpenedMeta,
  folder: string,
): Promise<Result<OpenDatabase, StoreOpenError>> {
  const heads = await database.get(HEADS_KEY)
  try {
    return success({ database, record: readRecord(heads), ...meta })
  } catch {
    return refuse('DAMAGED', folder, 'the record of heads cannot be read')
  }
}

/** What the store must know of the disk below its database. */
export type Disk = {
  /** Rejects when the folder is gone or another: LevelDB goes on writing to files that were removed, and all is lost. */
  check(): Promise<void>
  /** Opens the database again after a failure; rejects while the disk is not what it was. */
  reopen(): Promise<void>
}

async function watchDisk(folder: string, database: Database): Promise<Disk> {
  const meta = await database.get(META_KEY)
  let opened = await stat(folder)
  return {
    async check() {
      const now = await stat(folder)
      await access(join(folder, 'CURRENT'))
      if (now.ino !== opened.ino || now.dev !== opened.dev)
        throw new Error(`${folder}: expected the folder that was opened, another one took its place`)
    },
    async reopen() {
      await database.close()
      await access(join(folder, 'CURRENT'))
      await database.open({ createIfMissing: false })
      const found = await database.get(META_KEY)
      if (found === undefined || meta === undefined || !bytesEqual(found, meta))
        throw new Error(`${folder}: expected the database that was open, another one took its place`)
      opened = await stat(folder)
    },
  }
}

function describe(error: unknown, folder: string) {
  const code = (error as { cause?: { code?: string } }).cause?.code
  if (code === 'LEVEL_LOCKED') return refuse('LOCKED', folder, 'another process has this database open')
  if (code === 'LEVEL_CORRUPTION') return refuse('DAMAGED', folder, describeFailure(error))
  return refuse('FILE_FAILED', folder, describeFailure(error))
}
