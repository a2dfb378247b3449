import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createSystemScheduler } from '@trine/actors'
import { openKeyLedger } from '@trine/key-ledger'
import { nodeLedgerFiles } from '@trine/key-ledger/node'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Check } from '../src/doctor/check.ts'
import { checkClock } from '../src/doctor/clockCheck.ts'
import { checkDuplicates, checkGenesis, checkRanges } from '../src/doctor/keyChecks.ts'
import { checkLedgers } from '../src/doctor/ledgerChecks.ts'
import { judgePeers } from '../src/doctor/peerChecks.ts'
import type { NodeSetup } from '../src/node/nodeSetup.ts'
import type { PooledKey } from '../src/node/ports.ts'
import { makeNetwork, temporaryFolder } from './support/network.ts'
import { trine } from './support/trine.ts'

// Processes are started, and a busy machine takes its time for each.
vi.setConfig({ testTimeout: 180_000 })

let folder = ''
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const publicKey = (byte: number) => new Uint8Array(52).fill(byte)
const key = (more: Partial<PooledKey> = {}): PooledKey => ({
  validatorIndex: 3,
  publicKey: publicKey(1),
  keyId: 'key',
  firstEpoch: 0,
  endEpoch: 1_000_000,
  ...more,
})
const outcomes = (checks: readonly Check[]) => checks.map(({ name, outcome }) => [name, outcome])

describe('what is looked at', () => {
  it('the time of genesis and the end of the network', () => {
    const setup = (genesisTime: number) => ({ genesis: { genesisTime, publicKeys: [] } })
    const cases = [
      [0, 'ok'],
      [-100, 'ok'],
      [-700_000, 'warn'],
      [2 ** 18 - 10, 'warn'],
      [2 ** 18, 'fail'],
    ] as const
    for (const [slot, outcome] of cases) {
      expect([slot, checkGenesis(setup(1_700_000_000), slot).outcome]).toEqual([slot, outcome])
    }
  })

  it('keys that two validators have', () => {
    const genesis = { genesisTime: 0, publicKeys: [1, 2, 3, 2].map(publicKey) }
    const own = (validatorIndex: number) => [{ validatorIndex, secretKeyFile: '' }]
    expect(checkDuplicates({ genesis, ownKeys: own(0) })).toMatchObject({
      outcome: 'warn',
      detail: /validators 1 and 3/,
    })
    expect(checkDuplicates({ genesis, ownKeys: own(3) }).outcome).toBe('fail')
    const distinct = { genesisTime: 0, publicKeys: [1, 2].map(publicKey) }
    expect(checkDuplicates({ genesis: distinct, ownKeys: own(0) }).outcome).toBe('ok')
  })

  it('the epochs of the keys', () => {
    expect(checkRanges([], 5).outcome).toBe('ok')
    expect(checkRanges([key()], 5).outcome).toBe('ok')
    expect(checkRanges([key(), key({ endEpoch: 1000 })], 5)).toMatchObject({
      outcome: 'warn',
      detail: /995 slots/,
    })
    expect(checkRanges([key(), key({ endEpoch: 5 })], 5).outcome).toBe('fail')
    expect(checkRanges([key({ firstEpoch: 6 })], 5).outcome).toBe('warn')
  })

  it('peers: a failure only when none is there and the network has begun', () => {
    const staticPeers = ['a', 'b'].map((peerId) => ({ peerId, addresses: ['/ip4/127.0.0.1/udp/1/quic-v1'] }))
    const setup = { staticPeers, peerNames: new Map([['a', 'ream_0']]) }
    const some = (peerId: string) => (peerId === 'a' ? { detail: 'there' } : { problem: 'silent' })
    expect(outcomes(judgePeers(setup, true, some))).toEqual([
      ['peer ream_0', 'ok'],
      ['peer b', 'warn'],
    ])
    const none = () => ({ problem: 'silent' })
    expect(judgePeers(setup, false, none).map(({ outcome }) => outcome)).toEqual(['warn', 'warn'])
    expect(judgePeers(setup, true, none).map(({ outcome }) => outcome)).toEqual(['warn', 'warn', 'fail'])
  })
})

describe('the ledgers', () => {
  const genesisRoot = new Uint8Array(32).fill(9)
  const look = (more: Partial<NodeSetup> = {}, slot = 5) =>
    checkLedgers({ dataFolder: folder, ledgerFolder: folder, ...more } as NodeSetup, [key()], {
      genesisRoot,
      slot,
      isOwn: false,
    })
  const open = async (root = genesisRoot, resumeAt?: number) => {
    const opened = await openKeyLedger({
      files: nodeLedgerFiles,
      folder,
      publicKeys: [publicKey(1)],
      genesisRoot: root,
      resumeAt,
    })
    if (!opened.ok) throw new Error(opened.error.message)
    return opened.value
  }

  it('that are not there yet are a question only when the network has begun', async () => {
    expect(outcomes(await look({}, -1))).toEqual([['new ledgers', 'ok']])
    expect(outcomes(await look())).toEqual([['new ledgers', 'warn']])
    expect(readdirSync(folder)).toEqual([])
  })

  it('are right, in use, ahead, of another genesis', async () => {
    const name = 'ledger of validator 3'
    const ledger = await open()
    expect(await look()).toMatchObject([{ name, outcome: 'fail', detail: /another process/ }])
    await ledger.close()
    expect(outcomes(await look())).toEqual([[name, 'ok']])
    await (await open(genesisRoot, 5000)).close()
    expect(await look()).toMatchObject([{ name, outcome: 'warn', fix: /5000/ }])
    const other = { dataFolder: folder, ledgerFolder: folder } as NodeSetup
    const asked = { genesisRoot: new Uint8Array(32), slot: 5, isOwn: false }
    expect(await checkLedgers(other, [key()], asked)).toMatchObject([
      { outcome: 'fail', detail: /another genesis/ },
    ])
  })

  it('that are damaged or lack their marker fail, unless the operator says where to resume', async () => {
    await (await open()).close()
    const files = readdirSync(folder).filter((name) => /\.(ledger|marker)$/.test(name))
    expect(files).toHaveLength(2)
    for (const file of files) {
      writeFileSync(join(folder, file), new Uint8Array(100).fill(5))
      expect((await look()).map(({ outcome }) => outcome)).toEqual(['fail'])
      expect((await look({ resumeAt: 7 })).map(({ outcome }) => outcome)).toEqual(['ok'])
    }
    rmSync(join(folder, files[0]!))
    expect((await look()).map(({ outcome }) => outcome)).toEqual(['fail'])
  })
})

describe('the clock', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })
  /** An HTTP server whose clock is so many milliseconds ahead of ours; undefined: it tells none. */
  const serve = async (ahead: number | undefined) => {
    const server = createHttpServer((_, response) => {
      response.sendDate = false
      if (ahead !== undefined) response.setHeader('date', new Date(Date.now() + ahead).toUTCString())
      response.end()
    })
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const check = (...sources: string[]) => checkClock(sources, createSystemScheduler())

  it('is unknown without sources, right beside right ones, wrong beside others', async () => {
    const [nobody, right, ahead, behind, most, silent] = await Promise.all([
      check(),
      check((await serve(0)).replace('//', '//me:secret@')),
      check(await serve(20_000)),
      check(await serve(-20_000)),
      check(await serve(0), await serve(99_000), await serve(0)),
      check((await serve(undefined)).replace('//', '//me:secret@')),
    ])
    expect([nobody, right, most].map(({ outcome }) => outcome)).toEqual(['unknown', 'ok', 'ok'])
    expect(ahead).toMatchObject({ outcome: 'fail', fix: expect.stringContaining('time service') })
    expect(behind.outcome).toBe('fail')
    expect(silent.outcome).toBe('warn')
    expect(silent.detail).toContain('has no Date')
    expect(silent.detail).not.toContain('secret')
  })
})

describe('trine doctor', () => {
  const net = () => join(folder, 'net')
  const args = () => [
    'doctor',
    '--genesis',
    net(),
    '--node-id',
    'trine_0',
    '--data-dir',
    join(folder, 'data'),
  ]
  const anyPorts = ['--quic-port', '0', '--api-port', '0', '--metrics-port', '0']

  it('finds nothing that fails before a network begins, changes nothing, and says what to do', async () => {
    await makeNetwork(net())
    const { exitCode, stdout } = await trine([...args(), ...anyPorts])
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('ok       duplicate keys')])
    expect(stdout).toMatch(/warn {5}peer trine_1 .*\n +-> .*UDP/)
    expect(stdout).toMatch(/verify rate +\d+ a second, for 3 votes/)
    expect(readdirSync(folder)).toEqual(['net'])
  })

  it('prints JSON, and ends with 1 when something fails: here a port in use, and a key that is another', async () => {
    await makeNetwork(net(), { genesisTime: '+1h' })
    const keys = join(net(), 'hash-sig-keys')
    const [first, second] = readdirSync(keys)
      .filter((name) => /^validator_[01]_sk/.test(name))
      .sort()
    expect([first, second].every(Boolean)).toBe(true)
    copyFileSync(join(keys, second!), join(keys, first!))
    const socket = createSocket('udp4').bind(0, '0.0.0.0')
    await once(socket, 'listening')
    const { port } = socket.address()
    const more = [
      '--quic-port',
      `${port}`,
      '--api-port',
      '0',
      '--metrics-port',
      '0',
      '--bootnodes',
      'none',
      '--json',
    ]
    const { exitCode, stdout } = await trine([...args(), ...more])
    socket.close()
    expect(exitCode).toBe(1)
    const { checks } = JSON.parse(stdout) as { checks: Check[] }
    const failed = checks.filter(({ outcome }) => outcome === 'fail')
    expect(failed.map(({ name }) => name)).toEqual(['keys', `port udp ${port}`])
    for (const { outcome, fix } of checks) expect(fix === undefined).toBe(['ok', 'unknown'].includes(outcome))
  })

  it('one line and exit code 2 for settings that are wrong, and for a node that cannot be asked', async () => {
    mkdirSync(net())
    expect(await trine(args())).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^trine: [^\n]+\n$/),
    })
    const asked = ['--admin-url', 'http://127.0.0.1:1']
    for (const command of ['doctor', 'bundle']) {
      const { exitCode, stderr } = await trine([command, ...asked])
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^trine: --admin-token-file: [^\n]+\n$/)])
    }
    writeFileSync(join(folder, 'token'), 'a token of some length\n')
    const silent = await trine(['bundle', ...asked, '--admin-token-file', join(folder, 'token')])
    expect([silent.exitCode, silent.stderr]).toEqual([
      2,
      expect.stringMatching(/^trine: http[^\n]+expected a node[^\n]+\n$/),
    ])
  })

  it('shows no login and no token, and takes only what a node reports', async () => {
    const token = join(folder, 'token')
    const ask = async (adminUrl: string, command = 'doctor') => {
      const asked = ['--admin-url', adminUrl, '--admin-token-file', token]
      const { exitCode, stdout, stderr } = await trine([command, ...asked])
      expect([exitCode, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(/^trine: [^\n]+\n$/)
      expect(stderr).not.toContain('secret')
      return stderr
    }
    writeFileSync(token, 'a secret of one line\nand a second secret')
    expect(await ask('http://127.0.0.1:1')).toBe(
      `trine: ${token}: expected a token in one line of ASCII characters\n`,
    )
    writeFileSync(token, 'a token of some length')
    expect(await ask('http://me:secret@127.0.0.1:1')).toContain('got one for 127.0.0.1:1')
    expect(await ask('http://me:secret@127.0.0.1:99999')).toContain('got http://***@127.0.0.1:99999')

    const answers = ['{}', 'null', '{"checks":[{"name":"disk"}]}', 'nonsense']
    const server = createHttpServer((_, response) => response.end(answers.pop()))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    while (answers.length > 1) expect(await ask(url)).toContain('expected what a node reports of doctor')
    expect(await ask(url, 'bundle')).toContain('expected what a node reports of bundle')
    server.close()
  })
})
