import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseKeyManifest, parseNetworkConfig, parseValidators } from '@trine/config'
import { slotAt } from '@trine/messages'
import { makeGenesis } from '../genesis/genesis.ts'
import { MANIFEST_NAME } from '../keys/manifest.ts'
import { readFileAs } from '../node/readFileAs.ts'
import { timingOf } from '../node/timingOf.ts'
import { UserError } from '../userError.ts'
import { parseCount, withFileErrors } from '../userInput.ts'
import { freePorts, isFreeTcp, isFreeUdp } from './freePorts.ts'

export type DevnetFlags = {
  readonly dir: string
  readonly nodes?: string
  readonly validators?: string
  readonly fresh?: boolean
}

/** A local network on disk. */
export type DevnetFiles = {
  /** Folder with the network's files. */
  readonly genesisFolder: string
  /** Unix seconds. */
  readonly genesisTime: number
  readonly names: readonly string[]
  readonly validators: number
  /** Slots that its keys can sign for: from 0 up to this one. */
  readonly endSlot: number
  readonly isNew: boolean
}

const DEFAULT_NODES = 4
/** 18 hours: four keys are made in a few seconds. */
const ACTIVE_EPOCHS = 16_384
/** Time for nodes to start and to find one another. */
const SECONDS_TO_GENESIS = 5

/**
 * Opens the network in a folder, or makes one. A network whose keys have nothing left to sign with is put aside, under
 * another name, and a new one is made.
 */
export async function openDevnet(flags: DevnetFlags, say: (line: string) => void): Promise<DevnetFiles> {
  const { dir } = flags
  const found = await readDevnet(flags.fresh ? { dir } : flags)
  if (found !== undefined && flags.fresh) {
    await withFileErrors(dir, () => rm(dir, { recursive: true }))
    return makeDevnet(flags)
  }
  if (found === undefined) return makeDevnet(flags)
  const slot = slotAt(Date.now(), timingOf(found.genesisTime))
  if (slot < found.endSlot) return found
  const aside = `${dir}-ended-${found.genesisTime}`
  await withFileErrors(dir, () => rename(dir, aside))
  say(`The keys of the network in ${dir} are used up; it is kept as ${aside}, and a new one begins.`)
  return makeDevnet({ ...flags, nodes: `${found.names.length}`, validators: `${found.validators}` })
}

/** Where a node of the network keeps what is its own. */
export function dataFolderOf(dir: string, name: string): string {
  return join(dir, 'data', name)
}

async function readDevnet({ dir, nodes, validators }: DevnetFlags): Promise<DevnetFiles | undefined> {
  const genesisFolder = join(dir, 'genesis')
  const config = join(genesisFolder, 'config.yaml')
  if (!existsSync(config)) return undefined
  const { genesisTime, publicKeys } = await readFileAs(config, parseNetworkConfig)
  const assignment = await readFileAs(join(genesisFolder, 'validators.yaml'), parseValidators)
  const manifest = join(genesisFolder, 'hash-sig-keys', MANIFEST_NAME)
  const { numActiveEpochs } = await readFileAs(manifest, parseKeyManifest)
  const names = [...assignment.keys()]
  expectSame('--nodes', nodes, names.length, dir)
  expectSame('--validators', validators, publicKeys.length, dir)
  return {
    genesisFolder,
    genesisTime,
    names,
    validators: publicKeys.length,
    endSlot: numActiveEpochs ?? ACTIVE_EPOCHS,
    isNew: false,
  }
}

function expectSame(flag: string, asked: string | undefined, found: number, dir: string): void {
  if (asked === undefined || asked === `${found}`) return
  throw new UserError(
    `${flag}: expected ${found}, as the network in ${dir} has it, got ${asked}; choose another --dir, or --fresh to give that one up`,
  )
}

async function makeDevnet(flags: DevnetFlags): Promise<DevnetFiles> {
  const nodes = parseCount('--nodes', flags.nodes ?? `${DEFAULT_NODES}`, 1, 64)
  const validators = flags.validators ?? `${nodes}`
  const genesisFolder = join(flags.dir, 'genesis')
  const made = await makeGenesis({
    out: genesisFolder,
    nodes: `${nodes}`,
    validators,
    scheme: 'devnet',
    activeEpochs: `${ACTIVE_EPOCHS}`,
    genesisTime: `+${SECONDS_TO_GENESIS + nodes}s`,
    ip: '127.0.0.1',
    basePort: `${await freePorts(9000, nodes, isFreeUdp)}`,
    baseMetricsPort: `${await freePorts(8080, nodes, isFreeTcp)}`,
    baseApiPort: `${await freePorts(5052, nodes, isFreeTcp)}`,
  })
  return {
    genesisFolder,
    genesisTime: made.genesisTime,
    names: made.nodes.map(({ name }) => name),
    validators: Number(validators),
    endSlot: ACTIVE_EPOCHS,
    isNew: true,
  }
}
