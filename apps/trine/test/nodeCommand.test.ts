import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { readNodeConfig } from '../src/node/readNodeConfig.ts'
import { readSetup } from '../src/node/readSetup.ts'
import { makeNetwork, temporaryFolder } from './support/network.ts'
import { bin, trine } from './support/trine.ts'

// Every test starts processes, and a busy machine takes its time for each.
vi.setConfig({ testTimeout: 180_000 })

let folder = ''
let net = ''
const running = new Set<ChildProcess>()
beforeEach(async () => {
  folder = temporaryFolder()
  net = join(folder, 'net')
  await makeNetwork(net, { genesisTime: '+2s' })
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
  rmSync(folder, { recursive: true, force: true })
})

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const required = () => ['--genesis', net, '--node-id', 'trine_0', '--data-dir', join(folder, 'data')]

describe('trine node --print-config', () => {
  it('prints flag over variable over file over plan over default, each with where it is from', async () => {
    const file = write('trine.yaml', 'genesis: net\napi-port: 3\nmetrics-port: 3\nhttp-address: 0.0.0.0\n')
    const args = ['--config-file', file, '--node-id', 'trine_1', '--data-dir', 'd', '--api-port', '1']
    const variables = { TRINE_API_PORT: '2', TRINE_METRICS_PORT: '2' }
    const { exitCode, stdout } = await trine(['node', ...args, '--print-config'], { variables })
    expect(exitCode).toBe(0)
    const lines = stdout.split('\n')
    expect(lines).toContain(`genesis: ${net}  # ${file}: genesis`)
    expect(lines).toContain('api-port: 1  # --api-port')
    expect(lines).toContain('metrics-port: 2  # TRINE_METRICS_PORT')
    expect(lines).toContain(`http-address: 0.0.0.0  # ${file}: http-address`)
    expect(lines).toContain(`quic-port: 9001  # ${join(net, 'validator-config.yaml')}`)
    expect(lines).toContain('metrics-address: 127.0.0.1  # default')
    expect(lines).toContain('# tcp-port:')
  })

  it('prints a file that gives the same settings, and nothing that logs in', async () => {
    const more = [
      '--checkpoint-sync-url',
      'http://me:secret@a:1,http://b:2',
      '--no-api',
      '--bootnodes',
      'none',
    ]
    const first = await trine([
      'node',
      ...required(),
      ...more,
      '--log-level',
      'warn,sync=debug',
      '--print-config',
    ])
    expect(first.stdout).toContain('checkpoint-sync-url: http://***@a:1,http://b:2  # --checkpoint-sync-url')
    expect(first.stdout).not.toContain('secret')
    expect(first.stdout).not.toContain(readFileSync(join(net, 'trine_0.key'), 'utf8').trim())
    const again = await trine(['node', '--config-file', write('again.yaml', first.stdout), '--print-config'])
    expect(parse(again.stdout, { schema: 'failsafe' })).toEqual(parse(first.stdout, { schema: 'failsafe' }))
  })

  it('takes the file by a variable as well', async () => {
    const file = write('trine.yaml', `genesis: net\nnode-id: trine_0\ndata-dir: data\narchive: true\n`)
    const { stdout } = await trine(['node', '--print-config'], { variables: { TRINE_CONFIG_FILE: file } })
    expect(stdout).toContain(`data-dir: ${join(folder, 'data')}  # ${file}: data-dir\n`)
    expect(stdout).toContain(`archive: "true"  # ${file}: archive\n`.replaceAll('"', ''))
  })
})

describe('the flags of other clients', () => {
  /** What lean-quickstart passes to each client, without the flags that have one meaning to that client alone. */
  const runners = {
    ream: (dir: string) =>
      `--data-dir ${dir}/d --network ${dir}/config.yaml --validator-registry-path ${dir}/validators.yaml --bootnodes ${dir}/nodes.yaml --node-id trine_0 --node-key ${dir}/trine_0.key --socket-port 9400 --metrics-port 8400`,
    zeam: (dir: string) =>
      `--custom_genesis ${dir} --validator_config genesis_bootnode --data-dir ${dir}/d --node-id trine_0 --node-key ${dir}/trine_0.key --metrics_port 8400 --gossipsub-port 9400`,
    qlean: (dir: string) =>
      `--genesis ${dir}/config.yaml --validator-registry-path ${dir}/validators.yaml --bootnodes ${dir}/nodes.yaml --data-dir ${dir}/d --node-id trine_0 --node-key ${dir}/trine_0.key --listen-addr /ip4/0.0.0.0/udp/9400/quic-v1 --prometheus-port 8400`,
    grandine: (dir: string) =>
      `--genesis ${dir}/config.yaml --validator-registry-path ${dir}/annotated_validators.yaml --bootnodes ${dir}/nodes.yaml --node-id trine_0 --node-key ${dir}/trine_0.key --port 9400 --address 0.0.0.0 --http-address 0.0.0.0 --http-port 5400 --metrics --metrics-address 0.0.0.0 --metrics-port 8400 --hash-sig-key-dir ${dir}/hash-sig-keys --data-dir ${dir}/d`,
    ethlambda: (dir: string) =>
      `--genesis ${dir}/config.yaml --validators ${dir}/annotated_validators.yaml --bootnodes ${dir}/nodes.yaml --validator-config ${dir}/validator-config.yaml --hash-sig-keys-dir ${dir}/hash-sig-keys --data-dir ${dir}/d --gossipsub-port 9400 --node-id trine_0 --node-key ${dir}/trine_0.key --http-address 0.0.0.0 --api-port 5400 --metrics-port 8400`,
  }

  it.each(Object.entries(runners))('as a runner of %s passes them', async (_, flags) => {
    const { exitCode, stdout, stderr } = await trine(['node', ...flags(net).split(' '), '--print-config'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const { config } = await readNodeConfig({ configFile: write('same.yaml', stdout) }, {})
    const setup = await readSetup(config)
    expect(setup.listen).toEqual(['/ip4/0.0.0.0/udp/9400/quic-v1'])
    expect(setup.ownKeys.map(({ validatorIndex }) => validatorIndex)).toEqual([0, 2])
    expect(setup.staticPeers).toHaveLength(1)
    expect(config.metricsPort).toBe(8400)
  })

  it('refuses a setting under two names, and names that it does not know', async () => {
    const twice = await trine(['node', ...required(), '--socket-port', '1', '--quic-port', '2'])
    expect(twice).toMatchObject({
      exitCode: 2,
      stderr: 'trine: --socket-port: expected nothing, because --quic-port is another name of it\n',
    })
    expect((await trine(['node', ...required(), '--is-aggregator'])).exitCode).toBe(2)
  })
})

it('exit code 2 and one line for settings that are wrong', async () => {
  const cases: [string[], Record<string, string>, string][] = [
    [[], {}, "trine: --genesis: expected the network's config.yaml"],
    [[...required(), '--api-port', 'x'], {}, 'trine: --api-port: expected a port from 0 to 65535, got "x"'],
    [required(), { TRINE_LOG_LEVEL: 'loud' }, 'trine: TRINE_LOG_LEVEL[0]: expected one of trace'],
    [['--config-file', write('a.yaml', 'nodeid: x')], {}, `trine: ${folder}/a.yaml: nodeid: unknown setting`],
    [['--config-file', join(folder, 'b.yaml')], {}, `trine: ${folder}/b.yaml: no such file or folder`],
  ]
  for (const [args, variables, message] of cases) {
    const { exitCode, stdout, stderr } = await trine(['node', ...args], { variables })
    expect({ exitCode, stdout, start: stderr.slice(0, message.length) }).toEqual({
      exitCode: 2,
      stdout: '',
      start: message,
    })
    expect(stderr.trimEnd()).not.toContain('\n')
  }
})

/** A node that runs in a process of its own, on ports that the system chooses. */
function start(...args: readonly string[]) {
  return startWith('pipe', ...args)
}

function startWith(stdout: 'pipe' | number, ...args: readonly string[]) {
  const all = [
    bin,
    'node',
    ...required(),
    '--quic-port',
    '0',
    '--bootnodes',
    'none',
    '--no-api',
    '--no-metrics',
    '--log-format',
    'json',
    ...args,
  ]
  const child = spawn(process.execPath, all, { stdio: ['ignore', stdout, 'pipe'] })
  running.add(child)
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk
  })
  child.stderr!.on('data', (chunk: Buffer) => {
    output += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const says = (text: string) => expect.poll(() => output, { timeout: 60_000 }).toContain(text)
  return { child, ended, says, output: () => output }
}

describe('trine node', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'runs until %s, ends in order, and goes on later',
    async (signal) => {
      mkdirSync(join(folder, 'data'))
      for (const _ of ['first', 'again']) {
        const node = start('--journal', join(folder, 'journal'))
        await node.says('"msg":"node started"')
        node.child.kill(signal)
        expect([await node.ended, node.output()]).toEqual([0, expect.stringContaining('"msg":"node ended"')])
        expect(readFileSync(join(folder, 'journal'), 'utf8')).toMatch(/^\{/)
      }
    },
    120_000,
  )

  it('goes on when nobody reads its log any more', async () => {
    const node = start()
    await node.says('"msg":"node started"')
    node.child.stdout!.destroy()
    // It has something to say about that.
    node.child.kill('SIGTERM')
    expect([await node.ended, node.output()]).toEqual([0, expect.not.stringContaining('EPIPE')])
  })

  it.runIf(existsSync('/dev/full'))('goes on when neither log nor journal can be written', async () => {
    const journalled = start('--journal', '/dev/full')
    await journalled.says('"msg":"node started"')
    journalled.child.kill('SIGTERM')
    expect(await journalled.ended).toBe(0)
    const told = journalled
      .output()
      .split('\n')
      .filter((line) => line.includes('/dev/full'))
    expect(told).toEqual([expect.stringMatching(/ENOSPC.*"msg":"journal ended"/)])

    const logging = startWith(openSync('/dev/full', 'w'), '--log-format', 'pretty')
    await logging.says(join(folder, 'data'))
    logging.child.kill('SIGTERM')
    expect([await logging.ended, logging.output()]).toEqual([0, expect.not.stringContaining('ENOSPC')])
  })

  it('refuses a folder that another node is using', async () => {
    const node = start()
    await node.says('"msg":"node started"')
    const second = start()
    expect(await second.ended).toBe(2)
    expect(second.output()).toMatch(/^trine: [^\n]+\n$/m)
    node.child.kill('SIGTERM')
    expect(await node.ended).toBe(0)
  })
})
