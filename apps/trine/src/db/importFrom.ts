import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { restoreBackup } from '@trine/storage/level'
import { UserError } from '../userError.ts'
import { withFileErrors } from '../userInput.ts'
import { formatBytes } from './openDatabase.ts'

/** Makes the block store of a data folder from an export. */
export async function importFrom(file: string, place: string): Promise<void> {
  await withFileErrors(place, () => mkdir(place, { recursive: true }))
  const folder = join(place, 'blocks')
  const restored = await restoreBackup(file, folder)
  if (!restored.ok) throw new UserError(restored.error.message)
  const { rows, bytes, identity } = restored.value
  console.log(`${folder}: ${rows} rows, ${formatBytes(bytes)}, genesis ${identity.genesisRoot}`)
}
