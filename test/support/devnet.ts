import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProcessDevnet, type ProcessDevnetOptions } from '../../apps/trine/src/devnet/processDevnet.ts'

let made = 0

/** No two workers of the tests have the same number at one time, so no two networks look for ports in one place. */
function firstPort(): number {
  return 12_000 + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 16) * 1200 + (made++ % 20) * 60
}

/** Gives a test a network of processes in a folder of its own; afterwards both are gone. */
export async function withDevnet(
  options: Omit<ProcessDevnetOptions, 'folder'>,
  use: (devnet: ProcessDevnet) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trine-devnet-'))
  try {
    const devnet = await ProcessDevnet.make({ firstPort: firstPort(), ...options, folder })
    try {
      await use(devnet)
    } finally {
      await devnet.end()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
