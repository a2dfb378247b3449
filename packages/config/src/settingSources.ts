import { refuseSettings, type SettingsResult } from '@trine/settings'
import { z } from 'zod'
import type { SettingSource } from './nodeConfig.ts'
import {
  flagName,
  NODE_SETTING_NAMES,
  type NodeSettingName,
  settingOf,
  variableName,
} from './nodeSettings.ts'
import { parseFile } from './parseFile.ts'

type Values = SettingSource['values']

/** What the flags say; repeatable ones may stand for several items by comma in each text. */
export function flagSource(values: Values): SettingSource {
  return { values, label: (name) => `--${flagName(name)}` }
}

/** What the `TRINE_*` variables say; an empty one says nothing. */
export function variableSource(variables: Readonly<Record<string, string | undefined>>): SettingSource {
  const given = NODE_SETTING_NAMES.flatMap((name) => {
    const text = variables[variableName(name)]
    return text === undefined || text === '' ? [] : [[name, text] as const]
  })
  return { values: Object.fromEntries(given), label: variableName }
}

const scalar = z.union([z.string(), z.array(z.string())], { error: 'a text or a list of texts' })
const schema = z.record(z.string(), scalar, { error: 'a mapping of settings: data-dir: DIR' })

/**
 * What a file of settings says: `data-dir: DIR`, with the names of the flags. `resolvePath` makes a path relative to the
 * file one that can be opened.
 */
export function fileSource(
  file: string,
  text: string,
  resolvePath: (path: string) => string,
): SettingsResult<SettingSource> {
  const parsed = parseFile(
    text,
    z.preprocess((content) => content ?? {}, schema),
  )
  if (!parsed.ok) return parsed
  const values: { [Name in NodeSettingName]?: string | readonly string[] } = {}
  for (const [key, value] of Object.entries(parsed.value)) {
    const name = NODE_SETTING_NAMES.find((known) => flagName(known) === key)
    if (name === undefined) {
      const message = `unknown setting, expected one of ${NODE_SETTING_NAMES.map(flagName).join(', ')}`
      return refuseSettings('unknown-field', key, message)
    }
    const { isPath = false, isRepeatable = false } = settingOf(name)
    if (Array.isArray(value) && !isRepeatable) {
      return refuseSettings('invalid-field', key, `expected one text, got ${JSON.stringify(value)}`)
    }
    values[name] = isPath ? resolveAll(value, isRepeatable, resolvePath) : value
  }
  return { ok: true, value: { values, label: (name) => `${file}: ${flagName(name)}` } }
}

function resolveAll(
  value: string | readonly string[],
  isRepeatable: boolean,
  resolvePath: (path: string) => string,
): string | string[] {
  const resolveOne = (path: string) => (isPathOfFile(path) ? resolvePath(path) : path)
  if (typeof value === 'string' && !isRepeatable) return resolveOne(value)
  const items = typeof value === 'string' ? value.split(',') : value
  return items.map(resolveOne)
}

/** Not `none`, a node record, an address, a URL, or nothing at all. */
function isPathOfFile(text: string): boolean {
  return text !== '' && !/^(none$|genesis_bootnode$|enr:|\/(ip4|ip6|dns|dns4|dns6)\/|https?:)/.test(text)
}

/** The text of a setting for other eyes: without what a URL carries to log in. */
export function withoutSecrets(text: string): string {
  // Up to the last @ before the path, and however a URL may be written: so a URL is read.
  return text.replace(/^(\s*https?:[/\\]*)[^/\\?#]*@/i, '$1***@')
}
