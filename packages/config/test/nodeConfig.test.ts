import { describeSettingsError } from '@trine/settings'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fileSource,
  flagSource,
  resolveNodeConfig,
  type SettingSource,
  variableSource,
  withoutSecrets,
} from '../src/index.ts'
import { flagName, NODE_SETTING_NAMES, settingOf, variableName } from '../src/nodeSettings.ts'

const REQUIRED = { genesis: 'net', nodeId: 'trine_0', dataDir: 'data' }

function file(text: string): SettingSource {
  const source = fileSource('etc/trine.yaml', text, (path) => `etc/${path}`)
  if (!source.ok) throw new Error(source.error.message)
  return source.value
}

function resolved(...sources: SettingSource[]) {
  const result = resolveNodeConfig([...sources, flagSource(REQUIRED)])
  if (!result.ok) throw new Error(`${result.error.field}: ${result.error.message}`)
  return result.value
}

function refusal(values: SettingSource['values']): string {
  const result = resolveNodeConfig([flagSource({ ...REQUIRED, ...values })])
  return result.ok ? 'accepted' : `${result.error.field}: ${result.error.message}`
}

describe('precedence', () => {
  const flag = flagSource({ apiPort: '1' })
  const variable = variableSource({ TRINE_API_PORT: '2', TRINE_METRICS_PORT: '2' })
  const inFile = file('api-port: 3\nmetrics-port: 3\nquic-port: 3\nhttp-address: 0.0.0.0')

  it('is flag, variable, file, default; each says where it is from', () => {
    const { config, effective } = resolved(flag, variable, inFile)
    expect(config).toMatchObject({
      apiPort: 1,
      metricsPort: 2,
      quicPort: 3,
      httpAddress: '0.0.0.0',
      api: true,
    })
    const sources = new Map(effective.map(({ name, source }) => [name, source]))
    expect(sources.get('apiPort')).toBe('--api-port')
    expect(sources.get('metricsPort')).toBe('TRINE_METRICS_PORT')
    expect(sources.get('quicPort')).toBe('etc/trine.yaml: quic-port')
    expect(sources.get('api')).toBe('default')
    expect(sources.has('tcpPort')).toBe(false)
  })

  it('a source that says nothing leaves it to the next', () => {
    expect(resolved(flagSource({}), variableSource({ TRINE_API_PORT: '' }), inFile).config.apiPort).toBe(3)
  })

  it('holds for every setting', () => {
    for (const name of NODE_SETTING_NAMES) {
      const sources = ['first', 'second'].map((text) => ({ values: { [name]: text }, label: () => text }))
      const result = resolveNodeConfig(sources)
      const from = result.ok
        ? result.value.effective.find((setting) => setting.name === name)?.source
        : 'refused'
      expect(result.ok ? from : result.error.field).not.toBe('second')
    }
  })
})

it('reads lists from flags, by comma, and from YAML; paths in a file are relative to it', () => {
  expect(resolved(variableSource({ TRINE_BOOTNODES: 'a.yaml,none' })).config.bootnodes).toEqual([
    'a.yaml',
    'none',
  ])
  const { bootnodes, genesis, checkpointSyncUrl, checkpoint } = resolved(
    file(`
genesis: net
bootnodes: [nodes.yaml, none, "enr:-abc", /ip4/1.2.3.4/tcp/1/p2p/x]
checkpoint-sync-url: http://a:1,http://b:2
checkpoint: https://c/
`),
  ).config
  expect(bootnodes).toEqual(['etc/nodes.yaml', 'none', 'enr:-abc', '/ip4/1.2.3.4/tcp/1/p2p/x'])
  expect({ genesis, checkpointSyncUrl, checkpoint }).toEqual({
    genesis: 'etc/net',
    checkpointSyncUrl: ['http://a:1', 'http://b:2'],
    checkpoint: 'https://c/',
  })
})

it.each([
  [{ quicPort: '70000' }, '--quic-port: expected a port from 0 to 65535, got "70000"'],
  [{ quicPort: '-1' }, '--quic-port: expected a port from 0 to 65535, got "-1"'],
  [{ socketAddress: 'localhost' }, '--socket-address: expected an IP address, got "localhost"'],
  [{ archive: 'maybe' }, '--archive: expected true or false, got "maybe"'],
  [{ logLevel: ['info', 'sync:debug'] }, '--log-level[1]: expected one of trace,'],
  [{ signatureEncoding: 'bls' }, '--signature-encoding: expected one of padded, ssz3112, ssz, got "bls"'],
  [
    { listenAddr: ['/ip4/1.2.3.4/udp/1'] },
    '--listen-addr[0]: expected an address like /ip4/0.0.0.0/udp/9000',
  ],
  [{ checkpointSyncUrl: ['ftp://me:secret@a'] }, '--checkpoint-sync-url[0]: expected a URL like http://127'],
  [{ nodeId: '../x' }, '--node-id: expected a name of at most 64 letters'],
  [{ dataDir: '' }, '--data-dir: expected a text of 1 to 4096 characters, got ""'],
  [
    { archive: 'true', retainSlots: '9' },
    '--retain-slots: expected nothing, because --archive keeps all blocks, got 9',
  ],
  [{ adminPort: '1' }, '--admin-token-file: expected a file with a token'],
] as const)('refuses %j', (values, message) => {
  const refused = refusal(values)
  expect(refused.slice(0, message.length)).toBe(message)
  expect(refused).not.toMatch(/\n|secret/)
})

it('says how to give what is missing', () => {
  const result = resolveNodeConfig([flagSource({ nodeId: 'a', dataDir: 'b' })])
  expect(result.ok ? '' : describeSettingsError('', result.error)).toContain(
    "--genesis: expected the network's config.yaml, or the folder that it is in with the other files; give the flag, TRINE_GENESIS or genesis in --config-file",
  )
})

it.each([
  ['data-dirr: x', 'data-dirr: unknown setting, expected one of genesis, node-id'],
  ['api-port: [1, 2]', 'api-port: expected one text, got ["1","2"]'],
  ['api-port: {a: 1}', 'api-port: expected a text or a list of texts, got {"a":"1"}'],
  ['- a', 'expected a mapping of settings: data-dir: DIR, got ["a"]'],
  ['a: [', 'expected YAML: '],
])('refuses a file %j', (text, message) => {
  const result = fileSource('trine.yaml', text, (path) => path)
  expect(result.ok ? '' : describeSettingsError('trine.yaml', result.error)).toContain(
    `trine.yaml: ${message}`,
  )
})

it('no two settings share a flag, a variable or another name', () => {
  const flags = NODE_SETTING_NAMES.flatMap((name) => [flagName(name), ...(settingOf(name).aliases ?? [])])
  expect(new Set(flags).size).toBe(flags.length)
  expect(new Set(NODE_SETTING_NAMES.map(variableName)).size).toBe(NODE_SETTING_NAMES.length)
})

it('leaves out of a URL what logs in', () => {
  expect(withoutSecrets('http://me:secret@host:1/a')).toBe('http://***@host:1/a')
  expect(withoutSecrets('http://me:p@ssw0rd@host:1')).toBe('http://***@host:1')
  expect(withoutSecrets('HTTPS://secret@host')).toBe('HTTPS://***@host')
  for (const plain of ['http://host:1/a@b', 'http://host?a@b', 'http://host#a@b', 'folder/me@home']) {
    expect(withoutSecrets(plain)).toBe(plain)
  }
  const part = fc.string({ unit: fc.constantFrom(...'ab1:/\\?#@% '), maxLength: 12 })
  fc.assert(
    fc.property(fc.constantFrom('http:', 'https://', 'HTTP:\\\\', ' http:/'), part, (scheme, rest) => {
      const text = `${scheme}${rest}`
      fc.pre(URL.canParse(text))
      const shown = new URL(withoutSecrets(text))
      expect([shown.host, shown.password]).toEqual([new URL(text).host, ''])
      expect(['', '***']).toContain(shown.username)
    }),
  )
})
