import {
  checkSettings,
  type describeSettingsError,
  refuseSettings,
  type SettingsResult,
} from '@trine/settings'
import { SIGNATURE_ENCODINGS } from '@trine/types'
import { z } from 'zod'
import {
  flagName,
  NODE_SETTING_NAMES,
  type NODE_SETTINGS,
  type NodeSettingName,
  settingOf,
  variableName,
} from './nodeSettings.ts'
import { isListenAddress } from './peers.ts'
import { ipText, nodeNameText, portText, textOf, wholeNumberText } from './texts.ts'

/** What the text of each setting means. Every schema reads text; those of repeatable settings, a list of texts. */
const SCHEMAS = {
  genesis: pathText(),
  nodeId: nodeNameText(),
  validators: pathText(),
  validatorConfig: pathText(),
  hashSigKeysDir: pathText(),
  passphraseFile: pathText(),
  nodeKey: pathText(),
  bootnodes: listOf(pathText()),
  networkName: nodeNameText(),
  signatureEncoding: choiceText(SIGNATURE_ENCODINGS),
  scheme: choiceText(['production', 'test']),
  socketAddress: ipText(),
  quicPort: portText(),
  tcpPort: portText(),
  listenAddr: listOf(listenAddressText()),
  timeSources: listOf(urlText()),
  dataDir: pathText(),
  ledgerDir: pathText(),
  markerDir: pathText(),
  resumeAt: slotsText(),
  retainSlots: slotsText(),
  archive: switchText(),
  checkpoint: pathText(),
  checkpointSyncUrl: listOf(urlText()),
  journal: pathText(),
  api: switchText(),
  httpAddress: ipText(),
  apiPort: portText(),
  testDriver: switchText(),
  adminAddress: ipText(),
  adminPort: portText(),
  adminTokenFile: pathText(),
  metrics: switchText(),
  metricsAddress: ipText(),
  metricsPort: portText(),
  logLevel: listOf(levelText()),
  logFormat: choiceText(['auto', 'pretty', 'json']),
} satisfies Record<NodeSettingName, z.ZodType>

type IsSet<Setting> = Setting extends { fallback: string } | { isRequired: true } ? never : undefined

/** The settings of a node, read: every one that has a default or is required, and those of the others that were given. */
export type NodeConfig = {
  readonly [Name in NodeSettingName]: z.output<(typeof SCHEMAS)[Name]> | IsSet<(typeof NODE_SETTINGS)[Name]>
}

/** Where settings are given: what is said first in a list of sources wins. */
export type SettingSource = {
  /** Texts by the name of the setting. */
  readonly values: Partial<Record<NodeSettingName, string | readonly string[]>>
  /** What a person calls the setting in this source: `--data-dir`, `TRINE_DATA_DIR`, `trine.yaml: data-dir`. */
  readonly label: (name: NodeSettingName) => string
}

/** A setting in force, as text, and where it was given. */
export type EffectiveSetting = {
  readonly name: NodeSettingName
  readonly text: string | readonly string[]
  readonly source: string
}

export type ResolvedNodeConfig = {
  readonly config: NodeConfig
  readonly effective: readonly EffectiveSetting[]
}

/**
 * Settles every setting by the first source that gives it, or else its default. The error's field is the setting as its
 * source calls it.
 */
export function resolveNodeConfig(sources: readonly SettingSource[]): SettingsResult<ResolvedNodeConfig> {
  const effective: EffectiveSetting[] = []
  const config: Partial<Record<NodeSettingName, unknown>> = {}
  for (const name of NODE_SETTING_NAMES) {
    const { fallback, isRequired } = settingOf(name)
    const given = sources.find(({ values }) => values[name] !== undefined)
    const text = given?.values[name] ?? fallback
    const source = given?.label(name) ?? 'default'
    if (text === undefined) {
      if (isRequired) return refuseSettings('invalid-field', `--${flagName(name)}`, missing(name))
      continue
    }
    const checked = checkSettings<unknown>(text, SCHEMAS[name])
    if (!checked.ok) return nameField(source, checked.error)
    config[name] = checked.value
    effective.push({ name, text, source })
  }
  const value = { config: config as NodeConfig, effective }
  return contradiction(value) ?? { ok: true, value }
}

function missing(name: NodeSettingName): string {
  return `expected ${settingOf(name).description}; give the flag, ${variableName(name)} or ${flagName(name)} in --config-file`
}

function nameField(label: string, error: Parameters<typeof describeSettingsError>[1]) {
  const field = error.field === '' ? label : `${label}${error.field}`
  return refuseSettings(error.code, field, error.message)
}

/** Settings that cannot both be meant. */
function contradiction({ config, effective }: ResolvedNodeConfig): SettingsResult<never> | undefined {
  const sourceOf = (name: NodeSettingName) =>
    effective.find((setting) => setting.name === name)?.source ?? name
  if (config.archive && config.retainSlots !== undefined) {
    const message = `expected nothing, because ${sourceOf('archive')} keeps all blocks, got ${config.retainSlots}`
    return refuseSettings('invalid-field', sourceOf('retainSlots'), message)
  }
  if (config.adminPort !== undefined && config.adminTokenFile === undefined) {
    const message = 'expected a file with a token, because admin routes are asked for, got nothing'
    return refuseSettings('invalid-field', '--admin-token-file', message)
  }
  return undefined
}

function pathText() {
  const expected = 'a text of 1 to 4096 characters'
  return textOf({
    expected,
    read: (text) => (text !== '' && text.length <= 4096 && !text.includes('\0') ? text : undefined),
  })
}

function choiceText<const Values extends readonly string[]>(values: Values) {
  return textOf({
    expected: `one of ${values.join(', ')}`,
    read: (text) => values.find((value): value is Values[number] => value === text),
  })
}

function switchText() {
  const words = new Map([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])
  return textOf({ expected: 'true or false', read: (text) => words.get(text.toLowerCase()) })
}

function slotsText() {
  return wholeNumberText(0, 2 ** 32, 'a number of slots')
}

function listenAddressText() {
  return textOf({
    expected: 'an address like /ip4/0.0.0.0/udp/9000/quic-v1',
    read: (text) => (isListenAddress(text) ? text : undefined),
  })
}

function urlText() {
  return textOf({
    expected: 'a URL like http://127.0.0.1:5052',
    isSecret: true,
    read: (text) => (/^https?:\/\/[^\s]+$/.test(text) && URL.canParse(text) ? text : undefined),
  })
}

function levelText() {
  return textOf({
    expected:
      'one of trace, debug, info, warn, error, silent, or a component and one of them like sync=debug',
    read: (text) =>
      /^([a-z0-9-]{1,32}=)?(trace|debug|info|warn|error|silent)$/.test(text) ? text : undefined,
  })
}

/** A list, or its items in one text by comma. */
function listOf<Item extends z.ZodType>(item: Item) {
  const error = 'a list of at most 1000 texts'
  const split = (value: unknown) => (typeof value === 'string' ? value.split(',') : value)
  return z.preprocess(split, z.array(item, { error }).min(1, { error }).max(1000, { error }))
}
