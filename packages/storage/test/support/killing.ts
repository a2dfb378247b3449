import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { StoredHeads } from '@trine/messages'
import { openLevelBlockStore } from '../../src/level/index.ts'
import { asked } from './asked.ts'
import { identity, walk } from './database.ts'

const WRITER = fileURLToPath(new URL('./writer.ts', import.meta.url))

/**
 * Kills processes with SIGKILL that import and prune, each some acknowledged batches after its first one, and looks at
 * the database after each: nothing that was acknowledged is lost. Throws when something is.
 */
export async function killWriters(
  folder: string,
  kills: number,
  delay: (kill: number) => number,
): Promise<{ kills: number; batchesAcknowledged: number; head: number }> {
  let [acknowledged, batches, head] = [0, 0, 0]
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
    const wanted = 1 + delay(kill)
    let [text, complaints] = ['', '']
    child.stderr.on('data', (chunk) => {
      complaints += chunk
    })
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.split('\n').length > wanted) child.kill('SIGKILL')
    })
    const [code] = await once(child, 'close')
    if (code !== null) throw new Error(`expected a writer that writes until it is killed: ${complaints}`)
    const slots = text.trimEnd().split('\n').map(Number)
    expectAtLeast('first block of the next life', slots[0]!, acknowledged + 1)
    acknowledged = slots.at(-1)!
    batches += slots.length
    head = await look(folder, acknowledged)
  }
  return { kills, batchesAcknowledged: batches, head }
}

async function look(folder: string, acknowledged: number): Promise<number> {
  const opened = await openLevelBlockStore({ folder, ...identity, snapshotSlots: 5, retainSlots: 20 })
  if (!opened.ok) throw new Error(opened.error.message)
  const store = opened.value
  const heads = await asked<StoredHeads | undefined>((reply) => store.readHeads(reply))
  expectAtLeast('head', heads!.head.slot, acknowledged)
  expectAtLeast('finalized', heads!.finalized.slot, Math.max(0, acknowledged - 2))
  const [first] = await walk(store, heads!.head)
  expectAtLeast(
    'finalized',
    Math.max(1, heads!.finalized.slot),
    Number(first!.signedBlock.message.block.slot),
  )
  await store.close()
  return heads!.head.slot
}

function expectAtLeast(what: string, actual: number, least: number): void {
  if (!(actual >= least)) throw new Error(`${what}: expected slot ${least} at least, got ${actual}`)
}
