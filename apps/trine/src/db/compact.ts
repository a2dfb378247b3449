import { tableSizesOf } from '@trine/storage/level'
import { formatBytes, withDatabase } from './openDatabase.ts'

/** Rewrites the files of a database without what was deleted. */
export async function compact(place: string): Promise<void> {
  await withDatabase(place, async ({ database }) => {
    const total = async () => Object.values(await tableSizesOf(database)).reduce((sum, size) => sum + size, 0)
    const before = await total()
    await database.compactRange(Uint8Array.of(0), Uint8Array.of(0xff))
    console.log(`${formatBytes(before)} before, ${formatBytes(await total())} after`)
  })
}
