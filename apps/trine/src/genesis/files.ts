import { encodeNodeRecord } from '@trine/transport-libp2p/wire'
import type { MadeNode } from './options.ts'

/** A validator's keys as the files name them. */
export type MadeKey = { readonly publicKeyHex: string; readonly secretKeyFile: string }

export type ConfigFacts = {
  /** Unix time, seconds. */
  readonly genesisTime: number
  readonly logActiveEpochs: number
  readonly keys: readonly MadeKey[]
}

/**
 * `config.yaml`. VALIDATOR_COUNT and not NUM_VALIDATORS: ream takes either, though not both, and grandine only this;
 * grandine also wants ACTIVE_EPOCH.
 */
export function writeConfig({ genesisTime, logActiveEpochs, keys }: ConfigFacts): string {
  const when = new Date(genesisTime * 1000).toISOString().replace('.000Z', 'Z')
  return `# Genesis at ${when}
GENESIS_TIME: ${genesisTime}

# Keys sign 2^${logActiveEpochs} slots
ACTIVE_EPOCH: ${logActiveEpochs}

VALIDATOR_COUNT: ${keys.length}

# Public keys in the order of the validators' indices
GENESIS_VALIDATORS:
${keys.map(({ publicKeyHex }) => `  - "${publicKeyHex}"\n`).join('')}`
}

export function writeValidators(nodes: readonly MadeNode[]): string {
  return nodes.map(({ name, validators }) => list(name, validators, (index) => `  - ${index}\n`)).join('')
}

export function writeAnnotatedValidators(nodes: readonly MadeNode[], keys: readonly MadeKey[]): string {
  const entry = (index: number) => {
    const { publicKeyHex, secretKeyFile } = keys[index]!
    return `  - index: ${index}\n    pubkey_hex: ${publicKeyHex}\n    privkey_file: ${secretKeyFile}\n`
  }
  return nodes.map(({ name, validators }) => list(name, validators, entry)).join('')
}

function list(name: string, validators: readonly number[], entry: (index: number) => string): string {
  return validators.length === 0 ? `${name}: []\n` : `${name}:\n${validators.map(entry).join('')}`
}

/** `nodes.yaml`: a node record for each node, QUIC alone, as devnet-1 clients have it. */
export function writeNodes(nodes: readonly MadeNode[], nodeKeys: readonly Uint8Array[]): string {
  return nodes.map((node, position) => `- ${encodeNodeRecord(nodeKeys[position]!, node)}\n`).join('')
}

/** `validator-config.yaml`, which lean-quickstart starts clients by. It has the node keys in it. */
export function writeValidatorConfig(
  nodes: readonly MadeNode[],
  nodeKeys: readonly Uint8Array[],
  logActiveEpochs: number,
): string {
  const entries = nodes.map(
    ({ name, ip, quicPort, metricsPort, apiPort, validators }, position) => `
  - name: "${name}"
    privkey: "${hex(nodeKeys[position]!)}"
    enrFields:
      ip: "${ip}"
      quic: ${quicPort}
    metricsPort: ${metricsPort}
    apiPort: ${apiPort}
    count: ${validators.length}
`,
  )
  return `shuffle: roundrobin
config:
  activeEpoch: ${logActiveEpochs}
  keyType: "hash-sig"
validators:${entries.join('')}`
}

/** `<node>.key`. */
export function writeNodeKey(nodeKey: Uint8Array): string {
  return `${hex(nodeKey)}\n`
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
