import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type OpenDatabase, openExistingDatabase } from '@trine/storage/level'
import { UserError } from '../userError.ts'

/** Opens the block store in a data folder, or one named itself, for the time of some work. */
export async function withDatabase<T>(place: string, work: (opened: OpenDatabase) => Promise<T>): Promise<T> {
  const inside = join(place, 'blocks')
  const opened = await openExistingDatabase(existsSync(inside) ? inside : place)
  if (!opened.ok) {
    const { code, message } = opened.error
    const wayOut =
      code === 'LOCKED' ? ': stop the node, or have it make a backup (POST /lean/v0/admin/backup)' : ''
    throw new UserError(`${message}${wayOut}`)
  }
  try {
    return await work(opened.value)
  } finally {
    await opened.value.database.close()
  }
}

/** A number of bytes for people. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 ? value : value.toPrecision(3)} ${units[power]}`
}
