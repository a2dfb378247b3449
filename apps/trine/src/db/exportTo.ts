import { backUp } from '@trine/storage/level'
import { UserError } from '../userError.ts'
import { formatBytes, withDatabase } from './openDatabase.ts'

/** Writes a database to a new file. */
export async function exportTo(place: string, file: string): Promise<void> {
  await withDatabase(place, async ({ database }) => {
    const written = await backUp(database, file)
    if (!written.ok) throw new UserError(written.error.message)
    const { rows, bytes } = written.value
    console.log(`${file}: ${rows} rows, ${formatBytes(bytes)}`)
  })
}
