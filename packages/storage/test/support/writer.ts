/**
 * A process that imports blocks until it is killed: `node writer.ts FOLDER`. Goes on at the stored head; prints the slot of
 * each block whose batch was acknowledged, one a line.
 */
import { writeSync } from 'node:fs'
import type { StoredHeads } from '@trine/messages'
import { fromHex } from '@trine/types'
import { openLevelBlockStore } from '../../src/level/index.ts'
import { asked, write } from './asked.ts'
import { batchOf, makeBlock } from './chain.ts'
import { identity, walk } from './database.ts'

const folder = process.argv[2] ?? ''
const opened = await openLevelBlockStore({ folder, ...identity, snapshotSlots: 5, retainSlots: 20 })
if (!opened.ok) throw new Error(opened.error.message)
const store = opened.value
const heads = await asked<StoredHeads | undefined>((reply) => store.readHeads(reply))
const blocks = heads ? await walk(store, heads.head) : []
for (;;) {
  const parent = blocks.at(-1)
  blocks.push(
    parent
      ? makeBlock(Number(parent.signedBlock.message.block.slot) + 1, fromHex(parent.root))
      : makeBlock(1),
  )
  const outcome = await write(store, batchOf(blocks, blocks.length - 1))
  if (!outcome.ok) throw new Error(outcome.error.message)
  writeSync(1, `${blocks.at(-1)!.signedBlock.message.block.slot}\n`)
}
