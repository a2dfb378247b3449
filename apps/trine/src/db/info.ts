import { type Database, tableSizesOf } from '@trine/storage/level'
import { formatBytes, withDatabase } from './openDatabase.ts'

/** Prints what chain a database is of, its heads, and how much each table takes. */
export async function info(place: string, { json }: { readonly json?: boolean }): Promise<void> {
  await withDatabase(place, async ({ database, identity, record }) => {
    await settleSizes(database)
    const sizes = await tableSizesOf(database)
    if (json) {
      console.log(JSON.stringify({ ...identity, heads: record, sizes }, null, 2))
      return
    }
    const { genesisRoot, protocol, signatureEncoding } = identity
    const lines = [
      ['protocol', protocol],
      ['genesis', genesisRoot],
      ['signatures', signatureEncoding],
      ...(record ? headLines(record) : [['heads', 'none yet']]),
      ...Object.entries(sizes).map(([table, bytes]) => [table, formatBytes(bytes)]),
    ]
    for (const [name, value] of lines) console.log(`${name!.padEnd(14)}${value}`)
  })
}

/** What was written last is only counted once it left the log. */
async function settleSizes(database: Database): Promise<void> {
  await database.compactRange(Uint8Array.of(0), Uint8Array.of(0))
}

type HeadsRecord = NonNullable<Parameters<Parameters<typeof withDatabase>[1]>[0]['record']>

function headLines({ head, justified, finalized, storedStates }: HeadsRecord): string[][] {
  const states = [...storedStates.final, ...storedStates.pending].map(({ slot }) => slot)
  return [
    ['head', `slot ${head.slot}, ${head.root}`],
    ['justified', `slot ${justified.slot}, ${justified.root}`],
    ['finalized', `slot ${finalized.slot}, ${finalized.root}`],
    ['states of', states.length === 0 ? 'no slot' : `slots ${states.join(', ')}`],
  ]
}
