import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProcessDevnet, type ProcessDevnetOptions } from '../../apps/trine/src/devnet/processDevnet.ts'

/** Gives a test a network of processes in a folder of its own; afterwards both are gone. */
export async function withDevnet(
  options: Omit<ProcessDevnetOptions, 'folder'>,
  use: (devnet: ProcessDevnet) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trine-devnet-'))
  try {
    const devnet = await ProcessDevnet.make({ ...options, folder })
    try {
      await use(devnet)
    } finally {
      await devnet.end()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
