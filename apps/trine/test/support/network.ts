import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeGenesis } from '../../src/genesis/genesis.ts'
import type { GenesisFlags } from '../../src/genesis/options.ts'
import type { SetupSource } from '../../src/node/readSetup.ts'

/** A folder of its own below the system's temporary one. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'trine-network-'))
}

/** Makes a network of test keys in `out`. */
export async function makeNetwork(out: string, flags: Partial<GenesisFlags> = {}): Promise<void> {
  const defaults: GenesisFlags = {
    out,
    nodes: '2',
    validators: '3',
    scheme: 'test',
    genesisTime: '+1h',
    ip: '127.0.0.1',
    basePort: '9000',
    baseMetricsPort: '8080',
    baseApiPort: '5052',
  }
  await makeGenesis({ ...defaults, ...flags })
}

export function sourceOf(genesis: string, more: Partial<SetupSource> = {}): SetupSource {
  return {
    genesis,
    nodeId: 'trine_0',
    dataDir: join(genesis, 'data'),
    signatureEncoding: 'ssz3112',
    networkName: 'devnet0',
    socketAddress: '127.0.0.1',
    ...more,
  }
}
