import type { Database } from './database.ts'
import { boundsOf, TABLES, type TableName } from './keys.ts'

/** About how many bytes each table takes on disk; what was written in the last minutes may not be counted. */
export async function tableSizesOf(
  database: Pick<Database, 'approximateSize'>,
): Promise<Readonly<Record<TableName, number>>> {
  const names = Object.keys(TABLES) as TableName[]
  const sizes = names.map(async (name) => {
    const { gte, lt } = boundsOf(name)
    return [name, await database.approximateSize(gte, lt)] as const
  })
  return Object.fromEntries(await Promise.all(sizes)) as Record<TableName, number>
}
