import { spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseNetworkConfig, parseValidatorConfig, parseValidators } from '@trine/config'
import { toHex } from '@trine/types'
import { encodePublicKey } from '@trine/xmss'
import { readSecretKeyFile } from '@trine/xmss/node'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readGenesisTime } from '../src/genesis/options.ts'
import { readSetup } from '../src/node/readSetup.ts'
import { UserError } from '../src/userError.ts'
import { makeNetwork, sourceOf, temporaryFolder } from './support/network.ts'
import { bin, trine } from './support/trine.ts'

// Every test starts processes, and a busy machine takes its time for each.
vi.setConfig({ testTimeout: 180_000 })

let folder = ''
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const out = () => join(folder, 'net')
const read = (name: string) => readFileSync(join(out(), name), 'utf8')
const contents = () =>
  new Map(
    readdirSync(out(), { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(out(), name)).isFile())
      .map((name) => [name, readFileSync(join(out(), name), 'latin1')]),
  )

const ARGS = ['--nodes', '2', '--validators', '3', '--scheme', 'test']
const genesis = (...args: readonly string[]) => trine(['genesis', '--out', out(), ...ARGS, ...args])

describe('trine genesis', () => {
  it('writes all files of a network, which come back as they were meant', async () => {
    await makeNetwork(out(), { nodes: '3', validators: '5', genesisTime: '1763712794', basePort: '9100' })
    const setups = await Promise.all(
      [0, 1, 2].map((index) => readSetup(sourceOf(out(), { nodeId: `trine_${index}` }))),
    )
    expect(setups.map(({ ownKeys }) => ownKeys.map(({ validatorIndex }) => validatorIndex))).toEqual([
      [0, 3],
      [1, 4],
      [2],
    ])
    for (const [index, setup] of setups.entries()) {
      expect(setup.genesis.genesisTime).toBe(1763712794)
      expect(setup.genesis.publicKeys).toHaveLength(5)
      expect(setup.scheme.name).toBe('test')
      expect(setup.listen).toEqual([`/ip4/127.0.0.1/udp/${9100 + index}/quic-v1`])
      const others = [0, 1, 2].filter((other) => other !== index)
      expect(setup.staticPeers.flatMap(({ addresses }) => addresses)).toEqual(
        others.map((other) => `/ip4/127.0.0.1/udp/${9100 + other}/quic-v1`),
      )
      for (const { validatorIndex, secretKeyFile } of setup.ownKeys) {
        const key = await readSecretKeyFile(secretKeyFile)
        if (!key.ok) throw new Error(key.error.message)
        const expected = setup.genesis.publicKeys[validatorIndex]!
        expect(toHex(encodePublicKey(key.value.publicKey))).toBe(toHex(expected))
      }
    }
  })

  it('writes the plain and the annotated list alike, and plans what it assigns', async () => {
    await makeNetwork(out(), { nodes: 'ream_0,trine_0', validators: '3', baseApiPort: '6000' })
    const lists = ['validators.yaml', 'annotated_validators.yaml'].map((name) => {
      const parsed = parseValidators(read(name))
      if (!parsed.ok) throw new Error(parsed.error.message)
      return [...parsed.value].map(([node, own]) => [node, own.map(({ index }) => index)])
    })
    expect(lists[0]).toEqual([
      ['ream_0', [0, 2]],
      ['trine_0', [1]],
    ])
    expect(lists[1]).toEqual(lists[0])
    const planned = parseValidatorConfig(read('validator-config.yaml'))
    if (!planned.ok) throw new Error(planned.error.message)
    expect(
      planned.value.map(({ name, count, quicPort, metricsPort, apiPort, nodeKey }) => [
        [name, count, quicPort, metricsPort, apiPort],
        Buffer.from(nodeKey).toString('hex'),
      ]),
    ).toEqual([
      [['ream_0', 2, 9000, 8080, 6000], read('ream_0.key').trim()],
      [['trine_0', 1, 9001, 8081, 6001], read('trine_0.key').trim()],
    ])
  })

  it('keeps secrets for the owner alone', async () => {
    await makeNetwork(out())
    for (const [name] of contents()) {
      const isSecret = /\.key$|_sk\.ssz$|validator-config\.yaml$/.test(name)
      expect([name, statSync(join(out(), name)).mode & 0o777]).toEqual([name, isSecret ? 0o600 : 0o644])
    }
  })

  it('names the fields as ream and grandine read them', async () => {
    await makeNetwork(out(), { genesisTime: '2026-01-31T12:00:00Z', activeEpochs: '60' })
    expect(read('config.yaml')).toMatch(
      /^# Genesis at 2026-01-31T12:00:00Z\nGENESIS_TIME: 1769860800\n\n# [^\n]+\nACTIVE_EPOCH: 6\n\nVALIDATOR_COUNT: 3\n\n# [^\n]+\nGENESIS_VALIDATORS:\n( {2}- "[0-9a-f]{104}"\n){3}$/,
    )
    expect(read('nodes.yaml')).toMatch(/^(- enr:-[A-Za-z0-9_-]+\n){2}$/)
  })

  it('leaves a complete network as it is', async () => {
    await makeNetwork(out())
    const before = contents()
    const again = await genesis()
    expect(again.exitCode).toBe(0)
    expect(again.stdout).toContain('complete already, nothing changed; genesis at ')
    expect(contents()).toEqual(before)
    const more = await genesis('--validators', '4')
    expect(more.exitCode).toBe(2)
    expect(more.stderr).toMatch(
      /^trine: [^\n]*config.yaml: this network is complete and has 3 validators[^\n]*\n$/,
    )
  })

  it('goes on where it was killed, with the keys that are there', async () => {
    const child = spawn(process.execPath, [bin, 'genesis', '--out', out(), ...ARGS, '--validators', '2000'])
    const isUnderWay = () => existsSync(join(out(), 'hash-sig-keys', 'validator_3_sk.ssz'))
    await expect.poll(isUnderWay, { timeout: 60_000, interval: 5 }).toBe(true)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    expect(existsSync(join(out(), 'config.yaml'))).toBe(false)
    const nodeKey = '0b'.repeat(32)
    writeFileSync(join(out(), 'trine_0.key'), nodeKey)
    const first = join('hash-sig-keys', 'validator_0_sk.ssz')
    const key = readFileSync(join(out(), first), 'latin1')
    const again = await genesis('--validators', '4')
    expect(again.exitCode).toBe(0)
    expect(again.stdout).toMatch(/4 keys in .*: 0 made, 4 kept/)
    expect(read('trine_0.key')).toBe(nodeKey)
    expect(contents().get(first)).toBe(key)
    expect([...contents().keys()].filter((name) => name.endsWith('.tmp'))).toEqual([])
    const config = parseNetworkConfig(read('config.yaml'))
    expect(config.ok && config.value.publicKeys.length).toBe(4)
  })

  it('refuses a node key that is damaged', async () => {
    await makeNetwork(out())
    rmSync(join(out(), 'config.yaml'))
    writeFileSync(join(out(), 'trine_1.key'), 'zz')
    const { exitCode, stderr } = await genesis()
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(
      /^trine: [^\n]*trine_1\.key: expected a secp256k1 secret key: 64 hex digits, got 2 characters\n$/,
    )
  })

  it.each([
    [{ nodes: '0' }, '--nodes: expected a whole number from 1 to 1000, got "0"'],
    [{ nodes: 'a,a' }, '--nodes: expected every name once, got "a" twice'],
    [{ nodes: 'a,../b' }, '--nodes: expected a number, or names like trine_0,ream_0, got "../b"'],
    [{ validators: '4097' }, '--validators: expected a whole number from 1 to 4096, got "4097"'],
    [{ scheme: 'bls' }, '--scheme: expected production, devnet, test, got "bls"'],
    [{ ip: '::1' }, '--ip: expected an IPv4 address, got "::1"'],
    [{ ip: '256.0.0.1' }, '--ip: expected an IPv4 address, got "256.0.0.1"'],
    [{ basePort: '65535' }, '--base-port: expected a whole number from 1 to 65534, got "65535"'],
    [
      { baseApiPort: '8081' },
      '--base-api-port: expected 2 ports apart from --base-metrics-port 8080, got 8081',
    ],
    [
      { genesisTime: 'soon' },
      '--genesis-time: expected +30s, Unix seconds or a time like 2026-01-31T12:00:00Z, got "soon"',
    ],
    [{ activeEpochs: '0' }, '--active-epochs: expected a whole number from 1 to'],
  ])('refuses %j', async (flags, message) => {
    const error = await makeNetwork(out(), flags).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    expect((error as Error).message.slice(0, message.length)).toBe(message)
    expect(existsSync(out())).toBe(false)
  })

  it('refuses keys of another kind, and leaves the folder as it was', async () => {
    const args = ['--out', join(out(), 'hash-sig-keys'), '--count', '1', '--scheme', 'test']
    await trine(['keys', 'generate', ...args, '--active-epochs', '32'])
    const before = contents()
    const { exitCode, stderr } = await genesis()
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(
      /^trine: [^\n]*: validator 0 has a test key for epochs 0 to 31, expected [^\n]*\n$/,
    )
    expect(contents()).toEqual(before)
  })
})

it('reads the time of genesis', () => {
  const now = Date.parse('2026-01-31T12:00:00.500Z')
  expect(readGenesisTime('+30s', now)).toBe(1769860831)
  expect(readGenesisTime('+2m', now)).toBe(1769860921)
  expect(readGenesisTime('+1h', now)).toBe(1769864401)
  expect(readGenesisTime('1763712794', now)).toBe(1763712794)
  expect(readGenesisTime('2026-01-31T13:00:00+01:00', now)).toBe(1769860800)
  expect(readGenesisTime('2026-01-31', now)).toBe(1769817600)
  for (const text of ['', '+s', '+30', '1763712794000', '2026-13-01', '2026-01-31T12:00', 'now']) {
    expect(() => readGenesisTime(text, now)).toThrow(UserError)
  }
})

it('reads a node without duties, which the list of validators does not have', async () => {
  await makeNetwork(out())
  const nodeKey = join(out(), 'trine_1.key')
  const setup = await readSetup(sourceOf(out(), { nodeId: 'watcher', nodeKey, validators: 'none' }))
  expect(setup.ownKeys).toEqual([])
  expect(setup.staticPeers).toHaveLength(1)
})

it('reads plain lists and encrypted keys too', async () => {
  const passphraseFile = join(folder, 'secret')
  writeFileSync(passphraseFile, 'a passphrase\n')
  await makeNetwork(out(), { passphraseFile })
  const plain = join(folder, 'plain')
  cpSync(out(), plain, { recursive: true })
  for (const name of ['annotated_validators.yaml', 'nodes.yaml', 'trine_0.key']) rmSync(join(plain, name))
  const setup = await readSetup(sourceOf(join(plain, 'config.yaml'), { passphraseFile, tcpPort: 9005 }))
  expect(setup.ownKeys.map(({ secretKeyFile }) => secretKeyFile.slice(plain.length))).toEqual([
    join('/', 'hash-sig-keys', 'validator_0_sk.trinekey'),
    join('/', 'hash-sig-keys', 'validator_2_sk.trinekey'),
  ])
  expect(setup.listen).toEqual(['/ip4/127.0.0.1/udp/9000/quic-v1', '/ip4/127.0.0.1/tcp/9005'])
  expect(setup.staticPeers).toEqual([])
  const key = await readSecretKeyFile(setup.ownKeys[0]!.secretKeyFile, setup.passphrase)
  expect(key.ok).toBe(true)
})
