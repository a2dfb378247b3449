import { rename, rm, stat } from 'node:fs/promises'
import { failure, type Result, success } from '@trine/types'
import { type BackupError, type BackupFigures, readBackupFile, writeBackupFile } from './backupFile.ts'
import { type Database, describeFailure, newDatabase, type Operations, put } from './database.ts'
import { META_KEY } from './keys.ts'
import { readMeta, refuse, type StoreIdentity, type StoreOpenError } from './meta.ts'

/** Written to the database at one time, in bytes. */
const IMPORT_BATCH = 4 * 2 ** 20

/** Writes all rows to a file, as they are at this moment, whatever is written meanwhile. */
export async function backUp(database: Database, file: string): Promise<Result<BackupFigures, BackupError>> {
  const snapshot = database.snapshot()
  try {
    const meta = await database.get(META_KEY, { snapshot })
    if (meta === undefined) throw new Error(`${file}: expected a database with a description`)
    return await writeBackupFile(file, meta, database.iterator({ snapshot }))
  } catch (error) {
    return failure({ code: 'FILE_FAILED', message: describeFailure(error) })
  } finally {
    await snapshot.close()
  }
}

/** Makes a database of a file. The folder has its name only when all is there and right; it must not exist before. */
export async function restoreBackup(
  file: string,
  folder: string,
): Promise<Result<BackupFigures & { readonly identity: StoreIdentity }, BackupError | StoreOpenError>> {
  if (await exists(folder))
    return refuse('FILE_FAILED', folder, 'expected a folder that does not exist yet, to import into')
  const part = `${folder}.importing`
  let database: Database | undefined
  try {
    await rm(part, { recursive: true, force: true })
    database = newDatabase(part)
    await database.open()
    const restored = await fill(database, file)
    await database.close()
    if (restored.ok) await rename(part, folder)
    return restored
  } catch (error) {
    return refuse('FILE_FAILED', folder, describeFailure(error))
  } finally {
    await database?.close()
    await rm(part, { recursive: true, force: true })
  }
}

async function fill(database: Database, file: string) {
  let identity: StoreIdentity | undefined
  let operations: Operations = []
  let bytes = 0
  const flush = async (sync: boolean) => {
    await database.batch(operations, { sync })
    operations = []
    bytes = 0
  }
  const read = await readBackupFile(file, {
    description: (description) => {
      const meta = readMeta(description, file)
      if (!meta.ok) return failure({ code: 'NOT_A_BACKUP', message: meta.error.message })
      identity = meta.value.identity
      return success(undefined)
    },
    row: async ({ key, value }) => {
      operations.push(put(key, value))
      bytes += key.length + value.length
      if (bytes >= IMPORT_BATCH) await flush(false)
    },
  })
  if (!read.ok) return read
  await flush(true)
  return success({ ...read.value, identity: identity! })
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
