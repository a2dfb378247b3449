import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFINITIONS, processMetricNames } from '@trine/metrics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dashboardText } from '../../scripts/grafana/dashboard.ts'
import { ALERT_QUERIES, DEVNET, namesIn, PANEL_QUERIES, read } from './queries.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

function trine(...argv: string[]): string {
  return execFileSync(process.execPath, [`${root}apps/trine/bin/trine.js`, ...argv], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Flags of a command by its help. */
function flagsOf(command: string): Set<string> {
  return new Set(trine(command, '--help').match(/--[a-z][a-z-]+/g))
}

let nodeFlags: Set<string>
let genesisFlags: Set<string>
beforeAll(() => {
  nodeFlags = flagsOf('node')
  genesisFlags = flagsOf('genesis')
}, 60_000)

describe('queries', () => {
  const known = new Set([...DEFINITIONS.map(({ name }) => name), ...processMetricNames()])

  it.each([...PANEL_QUERIES, ...ALERT_QUERIES])('$where names metrics that exist', ({ expression }) => {
    const names = namesIn(expression)
    expect(names.length + Number(expression.startsWith('up{'))).toBeGreaterThan(0)
    expect(names.filter((name) => !known.has(name))).toEqual([])
  })

  it('the dashboard shows every metric, but for a few', () => {
    const shown = new Set(PANEL_QUERIES.flatMap(({ expression }) => namesIn(expression)))
    expect(DEFINITIONS.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([
      // The same as lean_justified_slot; latest is what older boards ask for.
      'lean_latest_justified_slot',
      'lean_is_aggregator',
      'trine_build_info',
      'trine_mailbox_capacity',
      'trine_mailbox_accepted_total',
      'trine_mailbox_wait_max_seconds',
      'trine_mailbox_busy_max_seconds',
      'trine_actor_stale_results_total',
      'trine_clock_last_step_seconds',
      'trine_seconds_to_genesis',
      'trine_network_validators',
      'trine_disk_size_bytes',
      'trine_metrics_errors_total',
    ])
  })

  it('the dashboard is what `npm run devnet:dashboard` writes', () => {
    expect(read('grafana/generated/trine.json')).toBe(dashboardText())
  })
})

type Service = {
  readonly image: string
  readonly command?: readonly string[]
  readonly volumes?: readonly string[]
  readonly network_mode?: string
}

describe('compose.yaml', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, Service>
    volumes: Record<string, unknown>
  }
  const services = Object.entries(compose.services)

  it('has four nodes, Prometheus and Grafana, in one network', () => {
    expect(Object.keys(compose.services)).toEqual([
      'pod',
      'genesis',
      'trine_0',
      'trine_1',
      'trine_2',
      'trine_3',
      'prometheus',
      'grafana',
    ])
    expect(services.flatMap(([name, { network_mode }]) => (network_mode ? [] : [name]))).toEqual(['pod'])
  })

  it('names images with a version, volumes that are declared and files that exist', () => {
    for (const [name, { image, volumes = [] }] of services) {
      expect(image, name).toMatch(/^trine$|:v?\d+\.\d+\.\d+$/)
      for (const volume of volumes) {
        const [source] = volume.split(':') as [string]
        const exists = source.startsWith('./')
          ? existsSync(new URL(source, DEVNET))
          : source in compose.volumes
        expect(exists, `${name}: ${volume}`).toBe(true)
      }
    }
  })

  it('gives the command line flags that it knows', () => {
    for (const [name, { command = [] }] of services) {
      const flags = command.filter((word) => word.startsWith('--'))
      const known = command[0] === 'genesis' ? genesisFlags : nodeFlags
      expect(
        flags.filter((flag) => !known.has(flag)),
        name,
      ).toEqual([])
    }
  })

  it('is scraped where its nodes serve metrics', () => {
    const targets = read('prometheus/prometheus.yml').match(/127\.0\.0\.1:\d+/g)
    const ports = read('compose.yaml').match(/TRINE_METRICS_PORT: "(\d+)"/g)
    expect(targets?.map((target) => target.split(':')[1])).toEqual(
      ports?.map((port) => port.match(/\d+/)?.[0]),
    )
  })
})

it('the Dockerfile runs the command line as a user without rights, and says whether it is well', () => {
  const lines = readFileSync(`${root}Dockerfile`, 'utf8').split('\n')
  const words = lines.map((line) => line.split(' ')[0])
  expect(words.filter((word) => word === 'FROM')).toHaveLength(2)
  expect(lines.filter((line) => /^FROM /.test(line) && !/:\d/.test(line))).toEqual([])
  expect(lines.findLast((line) => line.startsWith('USER'))).toBe('USER node')
  expect(words.lastIndexOf('RUN')).toBeLessThan(words.lastIndexOf('USER'))
  expect(words).toContain('HEALTHCHECK')
  const entry = lines.find((line) => line.startsWith('ENTRYPOINT'))!
  const [, file] = JSON.parse(entry.slice('ENTRYPOINT '.length)) as [string, string]
  expect(existsSync(file.replace('/app/', root))).toBe(true)
})

it('the systemd unit gives flags that exist and does not try wrong settings again', () => {
  const unit = read('trine.service')
  const start = /^ExecStart=(.*)$/m.exec(unit)![1]!
  expect((start.match(/--[a-z-]+/g) ?? []).filter((flag) => !nodeFlags.has(flag))).toEqual([])
  expect(unit).toMatch(/^RestartPreventExitStatus=2$/m)
  expect(unit).toMatch(/^User=trine$/m)
})

describe('the adapter for lean-quickstart', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trine-quickstart-'))
    trine('genesis', '--out', join(folder, 'net'), '--nodes', '2', '--validators', '2', '--scheme', 'test')
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** What the script sets, given what lean-quickstart sets. */
  function adapt(name: string, setting = ''): string {
    const given = [
      `scriptDir=${folder}`,
      `configDir=${folder}/net`,
      `dataDir=${folder}/data`,
      'item=trine_1 privKeyPath=trine_1.key quicPort=9111 metricsPort=8222 apiPort=5333',
      `TRINE_DIR=/opt/trine ${setting}`,
    ].join(' ')
    const script = fileURLToPath(new URL('client-cmds/trine-cmd.sh', DEVNET))
    return execFileSync('bash', ['-euc', `${given}; source "${script}"; echo "$${name}"`], {
      encoding: 'utf8',
    }).trim()
  }

  it('starts a node with the ports, key and folders of the network', () => {
    const words = adapt('node_binary').split(/\s+/)
    expect(words.slice(0, 5)).toEqual(['npx', '--prefix', '/opt/trine', 'trine', 'node'])
    const config = trine('node', ...words.slice(5), '--print-config')
    const set = (name: string) => new RegExp(`^${name}: (\\S+)`, 'm').exec(config)?.[1]
    expect(set('genesis')).toBe(`${folder}/net`)
    expect(set('node-id')).toBe('trine_1')
    expect(set('node-key')).toBe(`${folder}/net/trine_1.key`)
    expect(set('data-dir')).toBe(`${folder}/data/trine_1`)
    expect([set('quic-port'), set('metrics-port'), set('api-port')]).toEqual(['9111', '8222', '5333'])
    expect(existsSync(`${folder}/net/trine_1.key`)).toBe(true)
  }, 60_000)

  it('starts a container with the same flags, on the folders that are mounted', () => {
    const words = adapt('node_docker').split(/\s+/)
    expect(words.slice(0, 4)).toEqual(['--env', 'TRINE_METRICS_PORT=8222', 'trine', 'node'])
    expect(words).toContain('/config/trine_1.key')
    expect(words.filter((word) => word.startsWith('--') && word !== '--env' && !nodeFlags.has(word))).toEqual(
      [],
    )
  })

  it('runs the checkout unless told otherwise', () => {
    expect(adapt('node_setup')).toBe('binary')
    expect(adapt('node_setup', 'TRINE_SETUP=docker')).toBe('docker')
  })
})
