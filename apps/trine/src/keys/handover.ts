import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeHandover, encodeHandover, type HandedKey, handOver, takeOver } from '@trine/key-ledger'
import { nodeLedgerFiles as files } from '@trine/key-ledger/node'
import { toHex } from '@trine/types'
import { readLimited } from '@trine/xmss/node'
import { UserError } from '../userError.ts'
import { parseCount, readOrUserError, withFileErrors } from '../userInput.ts'
import { readLedger } from './ledger.ts'

export interface HandoverFlags {
  readonly at?: string
  readonly markerFolder?: string
}

const MOST_BYTES = 2 ** 24

/**
 * Marks all ledgers of a folder as handed over, then writes the file for the other machine. When it fails on the way it
 * can be done again: ledgers that are marked already come into the file as they are.
 */
export async function handover(
  folder: string,
  file: string,
  { at, markerFolder }: HandoverFlags,
): Promise<void> {
  const slot = at === undefined ? undefined : parseCount('--at', at, 0, 2 ** 32)
  const names = await withFileErrors(folder, () => readdir(folder))
  const ledgers = names.filter((name) => name.endsWith('.ledger')).sort()
  if (ledgers.length === 0) throw new UserError(`${folder}: expected ledgers (*.ledger), found none`)
  const handle = await withFileErrors(file, () => open(file, 'wx', 0o600))
  try {
    const keys: HandedKey[] = []
    for (const name of ledgers) {
      const { publicKey, genesisRoot } = (await readLedger(join(folder, name))).latest
      const handed = await handOver({ files, folder, markerFolder, publicKey, genesisRoot }, slot)
      if (!handed.ok) throw new UserError(handed.error.message)
      keys.push(handed.value)
    }
    await withFileErrors(file, async () => {
      await handle.writeFile(encodeHandover(keys))
      await handle.sync()
    })
    for (const { publicKey, firstEpoch } of keys) console.log(`${toHex(publicKey)} from slot ${firstEpoch}`)
    console.log(`${file}: for trine keys takeover, on one machine only`)
  } catch (error) {
    await rm(file, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

/** Makes or opens the ledgers of the keys in a handover file, so that they sign from its slots on. */
export async function takeover(
  file: string,
  folder: string,
  { markerFolder }: Pick<HandoverFlags, 'markerFolder'>,
): Promise<void> {
  const bytes = await readOrUserError(file, () => readLimited(file, MOST_BYTES))
  const keys = decodeHandover(new TextDecoder().decode(bytes))
  if (!keys.ok) throw new UserError(`${file}: ${keys.error}`)
  await withFileErrors(folder, () => mkdir(folder, { recursive: true }))
  for (const key of keys.value) {
    const taken = await takeOver({ files, folder, markerFolder }, key)
    if (!taken.ok) throw new UserError(taken.error.message)
    console.log(`${toHex(key.publicKey)} from slot ${key.firstEpoch}`)
  }
}
