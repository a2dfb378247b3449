import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseKeyManifest, parseNetworkConfig, parseNodeKey } from '@trine/config'
import { removeTemporaryFiles, writeFileAtomic } from '@trine/xmss/node'
import { generate } from '../keys/generate.ts'
import { MANIFEST_NAME } from '../keys/manifest.ts'
import { readFileAs, readIfThere } from '../node/readFileAs.ts'
import { UserError } from '../userError.ts'
import { withFileErrors } from '../userInput.ts'
import {
  type MadeKey,
  writeAnnotatedValidators,
  writeConfig,
  writeNodeKey,
  writeNodes,
  writeValidatorConfig,
  writeValidators,
} from './files.ts'
import { type GenesisFlags, type MadeNode, readGenesisTime, readNodes } from './options.ts'

const PUBLIC = 0o644
const SECRET = 0o600

/** A network whose files are complete. `isNew`: they were not before. */
export type Genesis = {
  readonly nodes: readonly MadeNode[]
  readonly genesisTime: number
  readonly isNew: boolean
}

/**
 * Writes all files of a network. `config.yaml` comes last, so a folder that has it is complete; until then the command
 * can be killed and run again, and keeps the keys that are there. A complete network is never changed: its keys may have
 * signed.
 */
export async function makeGenesis(flags: GenesisFlags): Promise<Genesis> {
  const nodes = readNodes(flags)
  readGenesisTime(flags.genesisTime, Date.now())
  const { out } = flags
  const config = join(out, 'config.yaml')
  if (existsSync(config)) return completeGenesis(config, nodes, flags)
  return withFileErrors(out, async () => {
    const nodeKeyFiles = await Promise.all(nodes.map((node) => openNodeKey(out, node)))
    const nodeKeys = nodeKeyFiles.map(({ nodeKey }) => nodeKey)
    // Before anything else is written: it refuses what is wrong with the flags, and keys of another kind.
    const { keys, logActiveEpochs } = await makeKeys(flags)
    await removeTemporaryFiles(out)
    for (const { file, nodeKey, isNew } of nodeKeyFiles)
      if (isNew) await writeFileAtomic(file, writeNodeKey(nodeKey), 'create', SECRET)
    const files = [
      ['validators.yaml', writeValidators(nodes), PUBLIC],
      ['annotated_validators.yaml', writeAnnotatedValidators(nodes, keys), PUBLIC],
      ['nodes.yaml', writeNodes(nodes, nodeKeys), PUBLIC],
      ['validator-config.yaml', writeValidatorConfig(nodes, nodeKeys, logActiveEpochs), SECRET],
    ] as const
    for (const [name, content, mode] of files)
      await writeFileAtomic(join(out, name), content, 'replace', mode)
    // Only now, so that the time it takes to make keys does not count.
    const genesisTime = readGenesisTime(flags.genesisTime, Date.now())
    await writeFileAtomic(config, writeConfig({ genesisTime, logActiveEpochs, keys }), 'create', PUBLIC)
    return { nodes, genesisTime, isNew: true }
  })
}

async function completeGenesis(
  config: string,
  nodes: readonly MadeNode[],
  flags: GenesisFlags,
): Promise<Genesis> {
  const { genesisTime, publicKeys } = await readFileAs(config, parseNetworkConfig)
  if (publicKeys.length !== Number(flags.validators)) {
    throw new UserError(
      `${config}: this network is complete and has ${publicKeys.length} validators, expected another folder for ${flags.validators}`,
    )
  }
  return { nodes, genesisTime, isNew: false }
}

/** Tells the user of `trine genesis` what there is now. */
export function printGenesis(
  { out, validators }: GenesisFlags,
  { nodes, genesisTime, isNew }: Genesis,
): void {
  if (isNew) {
    console.log(`${out}: ${nodes.length} nodes, ${validators} validators; ${whenIs(genesisTime)}`)
    console.log(`start each with: trine node --genesis ${out} --node-id ${nodes[0]!.name} --data-dir DIR`)
    return
  }
  console.log(`${out}: complete already, nothing changed; ${whenIs(genesisTime)}`)
  console.log(
    'Keys that may have signed must not begin another network: for a new one choose another folder.',
  )
}

function whenIs(genesisTime: number): string {
  const seconds = genesisTime - Math.floor(Date.now() / 1000)
  return `genesis at ${genesisTime}, ${seconds >= 0 ? `in ${seconds} s` : `${-seconds} s ago`}`
}

/** The node key in its file, or a new one that is yet to be written. */
async function openNodeKey(out: string, { name }: MadeNode) {
  const file = join(out, `${name}.key`)
  const found = await readIfThere(file, parseNodeKey)
  return { file, nodeKey: found ?? randomNodeKey(), isNew: found === undefined }
}

/** The highest bit is zero, so that it is less than the order of secp256k1. */
function randomNodeKey(): Uint8Array {
  const bytes = randomBytes(32)
  bytes[0]! &= 0x7f
  return bytes
}

async function makeKeys(flags: GenesisFlags): Promise<{ keys: MadeKey[]; logActiveEpochs: number }> {
  const folder = join(flags.out, 'hash-sig-keys')
  const { scheme, activeEpochs, passphraseFile } = flags
  await generate({
    out: folder,
    count: flags.validators,
    scheme,
    firstEpoch: '0',
    ...(activeEpochs === undefined ? {} : { activeEpochs }),
    ...(passphraseFile === undefined ? {} : { passphraseFile }),
  })
  const manifest = await readFileAs(join(folder, MANIFEST_NAME), parseKeyManifest)
  const keys = manifest.validators.map(({ publicKey, secretKeyFile }) => ({
    publicKeyHex: Buffer.from(publicKey).toString('hex'),
    secretKeyFile,
  }))
  return { keys, logActiveEpochs: Math.floor(Math.log2(manifest.numActiveEpochs ?? 1)) }
}
