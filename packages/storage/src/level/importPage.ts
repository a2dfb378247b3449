import type { BlockReference, StoredImport } from '@trine/messages'
import type { Slot } from '@trine/types'
import { type BlockRows, checkpointsOf, isImport } from './blockRows.ts'
import type { Database } from './database.ts'
import { blockOfKey, boundsOf, rangeKey } from './keys.ts'

/** Blocks handed out at once, and the rest of the last one's slot; fewer where they are large. */
const IMPORTS = 64
const PAGE_BYTES = 16 * 2 ** 20
const IMPORTS_AT_ONCE = 8

/** The next blocks after a slot that were imported, as `BlockStore.readImports` gives them. */
export async function readImportPage(
  database: Pick<Database, 'iterator'>,
  rows: BlockRows,
  after: Slot,
): Promise<readonly StoredImport[]> {
  const found: (BlockReference & { readonly row: Uint8Array })[] = []
  const range = { gte: rangeKey('headers', after + 1), lt: boundsOf('headers').lt }
  for await (const [key, row] of database.iterator(range)) {
    if (!isImport(row)) continue
    const block = blockOfKey(key)
    if (found.length >= IMPORTS && block.slot !== found.at(-1)!.slot) break
    found.push({ ...block, row })
  }
  const imports: StoredImport[] = []
  let bytes = 0
  for (let at = 0; at < found.length; at += IMPORTS_AT_ONCE) {
    // A page ends with a slot.
    if (bytes > PAGE_BYTES && found[at]!.slot !== found[at - 1]!.slot) break
    const portion = found.slice(at, at + IMPORTS_AT_ONCE)
    for (const [index, block] of (await rows.read(portion)).entries()) {
      if (block === undefined) continue
      imports.push({ ...block, ...checkpointsOf(portion[index]!.row, block.root) })
      for (const { length } of block.signedBlock.signature) bytes += length
    }
  }
  return imports
}
