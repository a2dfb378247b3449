import { dirname, resolve } from 'node:path'
import {
  fileSource,
  flagSource,
  type NodeConfig,
  parseValidatorConfig,
  type ResolvedNodeConfig,
  resolveNodeConfig,
  type SettingSource,
  variableSource,
} from '@trine/config'
import { flagName, NODE_SETTING_NAMES, type NodeSettingName, settingOf } from '@trine/config/settings'
import { describeSettingsError, type SettingsResult } from '@trine/settings'
import { UserError } from '../userError.ts'
import { readFileAs } from './readFileAs.ts'
import { findValidatorConfig } from './setupFiles.ts'

/** What commander made of the command line: settings under their own or another client's name. */
export type NodeFlags = Readonly<Record<string, unknown>> & { readonly configFile?: string }

type Variables = Readonly<Record<string, string | undefined>>

/** Settles the settings of a node: flag, then variable, then file, then `validator-config.yaml`, then default. */
export async function readNodeConfig(flags: NodeFlags, variables: Variables): Promise<ResolvedNodeConfig> {
  const sources = await readSources(flags, variables)
  const first = orUserError(resolveNodeConfig(sources))
  const planned = await plannedSource(first)
  return planned === undefined ? first : orUserError(resolveNodeConfig([...sources, planned]))
}

/** As `readNodeConfig`, but without the ports of `validator-config.yaml`, which are the node's. */
export async function readSettings(flags: NodeFlags, variables: Variables): Promise<NodeConfig> {
  return orUserError(resolveNodeConfig(await readSources(flags, variables))).config
}

async function readSources(flags: NodeFlags, variables: Variables): Promise<SettingSource[]> {
  const sources = [flagSource(valuesOf(flags)), variableSource(variables)]
  const configFile = flags.configFile ?? (variables.TRINE_CONFIG_FILE || undefined)
  if (configFile !== undefined) sources.push(await readConfigFile(configFile))
  return sources
}

function orUserError<T>(result: SettingsResult<T>): T {
  if (result.ok) return result.value
  const { field, ...error } = result.error
  throw new UserError(describeSettingsError(field, { ...error, field: '' }))
}

function valuesOf(flags: NodeFlags): SettingSource['values'] {
  const values: { [Name in NodeSettingName]?: string | readonly string[] } = {}
  for (const name of NODE_SETTING_NAMES) {
    const names = [flagName(name), ...(settingOf(name).aliases ?? [])]
    const given = names.filter((flag) => flags[camelCase(flag)] !== undefined)
    if (given.length > 1) {
      const [one, other] = given.map((flag) => `--${flag}`)
      throw new UserError(`${other}: expected nothing, because ${one} is another name of it`)
    }
    const value = given[0] === undefined ? undefined : flags[camelCase(given[0])]
    if (value !== undefined) values[name] = typeof value === 'boolean' ? String(value) : (value as string)
  }
  return values
}

/** As commander names an option. */
function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function readConfigFile(file: string): Promise<SettingSource> {
  const folder = dirname(file)
  return readFileAs(file, (text) => fileSource(file, text, (path) => resolve(folder, path)))
}

/** The ports that the network's maker laid down for this node. */
async function plannedSource({ config }: ResolvedNodeConfig): Promise<SettingSource | undefined> {
  const file = await findValidatorConfig(config)
  if (file === undefined) return undefined
  const nodes = await readFileAs(file, parseValidatorConfig)
  const node = nodes.find(({ name }) => name === config.nodeId)
  if (node === undefined) return undefined
  const ports = { quicPort: node.quicPort, metricsPort: node.metricsPort, apiPort: node.apiPort }
  const given = Object.entries(ports).filter(([, port]) => port !== undefined)
  return {
    values: Object.fromEntries(given.map(([name, port]) => [name, String(port)])),
    label: () => file,
  }
}
