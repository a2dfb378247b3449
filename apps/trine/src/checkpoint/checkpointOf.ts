import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { blockType } from '@trine/types'
import { writeFileAtomic } from '@trine/xmss/node'
import { withFileErrors } from '../userInput.ts'
import type { CheckpointNetwork } from './checkCheckpoint.ts'
import { type OpenedCheckpoint, openCheckpoint } from './openCheckpoint.ts'

/**
 * The checkpoint that a data folder begins with: fetched when nothing is there yet, and kept in `checkpoint/`, because a
 * later start needs it again until something after it is final. Undefined for a folder that began with genesis.
 */
export async function checkpointOf(
  dataFolder: string,
  sources: readonly string[],
  isEmpty: () => Promise<boolean>,
  network: CheckpointNetwork,
): Promise<OpenedCheckpoint | undefined> {
  const folder = join(dataFolder, 'checkpoint')
  // Written last: with it both files are whole.
  const blockFile = join(folder, 'block.ssz')
  if (existsSync(blockFile)) return openCheckpoint([folder], network)
  if (sources.length === 0 || !(await isEmpty())) return undefined
  const checkpoint = await openCheckpoint(sources, network)
  await withFileErrors(folder, async () => {
    await mkdir(folder, { recursive: true })
    await writeFileAtomic(join(folder, 'state.ssz'), checkpoint.state.serialize(), 'replace', 0o644)
    await writeFileAtomic(blockFile, blockType.serialize(checkpoint.block), 'replace', 0o644)
  })
  return checkpoint
}
