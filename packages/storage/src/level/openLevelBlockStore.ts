import { mkdir } from 'node:fs/promises'
import { type Result, success } from '@trine/types'
import { ClassicLevel } from 'classic-level'
import { type Database, describeFailure } from './database.ts'
import { HEADS_KEY, META_KEY } from './keys.ts'
import { createLevelBlockStore, type HeadsRecord, type LevelBlockStore } from './levelBlockStore.ts'
import { encodeMeta, problemOfMeta, refuse, type StoreIdentity, type StoreOpenError } from './meta.ts'
import type { Retention } from './retention.ts'

export type LevelBlockStoreOptions = StoreIdentity &
  Retention & {
    /** Made when it is not there; the folder above must be. */
    readonly folder: string
  }

/** Opens the database of a chain, or makes it. One process at a time has it. */
export async function openLevelBlockStore(
  options: LevelBlockStoreOptions,
): Promise<Result<LevelBlockStore, StoreOpenError>> {
  const { folder } = options
  const encoding = { keyEncoding: 'view', valueEncoding: 'view' } as const
  const database = new ClassicLevel<Uint8Array, Uint8Array>(folder, encoding)
  let result: Result<LevelBlockStore, StoreOpenError>
  try {
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await database.open()
    result = await check(database, options)
  } catch (error) {
    result = describe(error, folder)
  }
  if (!result.ok) await database.close()
  return result
}

async function check(
  database: Database,
  options: LevelBlockStoreOptions,
): Promise<Result<LevelBlockStore, StoreOpenError>> {
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
  const heads = await database.get(HEADS_KEY)
  let record: HeadsRecord | undefined
  try {
    record = heads && JSON.parse(new TextDecoder().decode(heads))
  } catch {
    return refuse('DAMAGED', folder, 'the record of heads cannot be read')
  }
  return success(createLevelBlockStore(database, identity, options, record))
}

function describe(error: unknown, folder: string) {
  const code = (error as { cause?: { code?: string } }).cause?.code
  if (code === 'LEVEL_LOCKED') return refuse('LOCKED', folder, 'another process has this database open')
  if (code === 'LEVEL_CORRUPTION') return refuse('DAMAGED', folder, describeFailure(error))
  return refuse('FILE_FAILED', folder, describeFailure(error))
}
