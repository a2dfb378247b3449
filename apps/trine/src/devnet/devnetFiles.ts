import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseKeyManifest, parseNetworkConfig, parseValidators } from '@trine/config'
import { slotAt } from '@trine/messages'
import { makeGenesis } from '../genesis/genesis.ts'
import { type GenesisFlags, readNodes } from '../genesis/options.ts'
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
 * Opens the network in a folder, or makes one. A network whose keys have nothing left to sign with is put aside, within
 * the folder, and a new one is made.
 */
export async function openDevnet(flags: DevnetFlags, say: (line: string) => void): Promise<DevnetFiles> {
  const { dir, fresh } = flags
  const found = await readDevnet(fresh ? { dir } : flags)
  if (found === undefined) return makeDevnet(await planDevnet(flags))
  const slot = slotAt(Date.now(), timingOf(found.genesisTime))
  if (slot < found.endSlot && !fresh) return found
  const same = { dir, nodes: `${found.names.length}`, validators: `${found.validators}` }
  const plan = await planDevnet(fresh ? flags : same)
  const aside = join(dir, `${fresh ? 'given-up' : 'ended'}-${found.genesisTime}`)
  await moveDevnet(dir, aside)
  if (fresh) await withFileErrors(aside, () => rm(aside, { recursive: true }))
  else say(`The keys of the network in ${dir} are used up; it is kept as ${aside}, and a new one begins.`)
  return makeDevnet(plan)
}

/**
 * Moves what belongs to the network, and only that. The folder itself stays: it can be a mount, somebody's working directory,
 * or have other things in it. What the network is known by goes last: until then the next start moves the rest.
 */
async function moveDevnet(dir: string, to: string): Promise<void> {
  await withFileErrors(dir, async () => {
    await mkdir(to, { recursive: true })
    for (const part of ['logs', 'data', 'genesis']) {
      if (existsSync(join(dir, part))) await rename(join(dir, part), join(to, part))
    }
  })
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

/** The flags of the genesis to make. Refuses what is wrong with those given, before an older network is given up. */
async function planDevnet(flags: DevnetFlags): Promise<GenesisFlags> {
  const nodes = parseCount('--nodes', flags.nodes ?? `${DEFAULT_NODES}`, 1, 64)
  const plan = {
    out: join(flags.dir, 'genesis'),
    nodes: `${nodes}`,
    validators: flags.validators ?? `${nodes}`,
    scheme: 'devnet',
    activeEpochs: `${ACTIVE_EPOCHS}`,
    genesisTime: `+${SECONDS_TO_GENESIS + nodes}s`,
    ip: '127.0.0.1',
    basePort: `${await freePorts(9000, nodes, isFreeUdp)}`,
    baseMetricsPort: `${await freePorts(8080, nodes, isFreeTcp)}`,
    baseApiPort: `${await freePorts(5052, nodes, isFreeTcp)}`,
  }
  readNodes(plan)
  return plan
}

async function makeDevnet(plan: GenesisFlags): Promise<DevnetFiles> {
  const { nodes, genesisTime } = await makeGenesis(plan)
  return {
    genesisFolder: plan.out,
    genesisTime,
    names: nodes.map(({ name }) => name),
    validators: Number(plan.validators),
    endSlot: ACTIVE_EPOCHS,
    isNew: true,
  }
}
