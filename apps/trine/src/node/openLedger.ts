import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DurableKeyLedger, openKeyLedger } from '@trine/key-ledger'
import { nodeLedgerFiles } from '@trine/key-ledger/node'
import { UserError } from '../userError.ts'
import { withFileErrors } from '../userInput.ts'
import type { DutySetup } from './nodeSetup.ts'
import type { PooledKey } from './ports.ts'

/** Opens the durable ledger of the keys; one that another process holds, or that is older than it should be, is a UserError. */
export async function openLedger(
  { dataFolder, ledgerFolder = join(dataFolder, 'ledger'), markerFolder, resumeAt }: DutySetup,
  keys: readonly PooledKey[],
  genesisRoot: Uint8Array,
): Promise<DurableKeyLedger> {
  for (const folder of [ledgerFolder, markerFolder ?? ledgerFolder]) {
    await withFileErrors(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  }
  const opened = await openKeyLedger({
    files: nodeLedgerFiles,
    folder: ledgerFolder,
    markerFolder,
    publicKeys: keys.map(({ publicKey }) => publicKey),
    genesisRoot,
    resumeAt,
  })
  if (!opened.ok) throw new UserError(opened.error.message)
  return opened.value
}
