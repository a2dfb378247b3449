import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createMetrics, type Metrics, type MetricsServer, serveMetrics } from '@trine/metrics'
import { PRESET } from '@trine/types'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEVNET_TIMING, type MemoryDevnet, startMemoryDevnet } from '../support/memoryDevnet.ts'
import { describeWithPrometheus, outputOf } from './program.ts'
import { ALERT_QUERIES, DEVNET, PANEL_QUERIES } from './queries.ts'

const FOLDER = fileURLToPath(new URL('prometheus/', DEVNET))
/** For everything that has to come about; much longer than it takes. */
const PATIENCE = 150_000
const SLOT = 4000

describeWithPrometheus('promtool', ({ promtool }) => {
  it(
    'finds the configuration and the alert rules in order',
    () => {
      expect(outputOf(promtool, 'check', 'config', join(FOLDER, 'prometheus.yml'))).toContain('SUCCESS')
    },
    PATIENCE,
  )

  it(
    'finds that alerts come when they should, and only then',
    () => {
      expect(outputOf(promtool, 'test', 'rules', join(FOLDER, 'alerts.test.yml'))).toContain('SUCCESS')
    },
    PATIENCE,
  )

  it(
    'finds nothing to say about what a node serves',
    async () => {
      const metrics = createMetrics({ ...OPTIONS, name: 'trine_0', now: Date.now, monotonic: () => 0 })
      const check = spawn(promtool, ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] })
      let said = ''
      for (const stream of [check.stdout, check.stderr]) {
        stream.on('data', (bytes) => {
          said += bytes
        })
      }
      check.stdin.end(await metrics.text())
      await once(check, 'close')
      // Names that the standard and prom-client chose.
      expect(said.match(/^\S+/gm)).toEqual([
        'lean_validators_count',
        'nodejs_active_handles_total',
        'nodejs_active_requests_total',
        'nodejs_active_resources_total',
      ])
    },
    PATIENCE,
  )
})

const OPTIONS = {
  version: '0.1.0',
  runtime: 'node 24',
  timing: DEVNET_TIMING,
  historyLimit: PRESET.historicalRootsLimit,
  isOfProcess: true,
}

/** Nothing of the kind happens to this network; the queries of the panels must still be accepted. */
const QUIET = ['Consensus: Refused, waiting, contradicting', 'Network: Scores']

describeWithPrometheus('a real Prometheus', ({ prometheus }) => {
  let folder: string
  let server: MetricsServer
  let devnet: MemoryDevnet
  let process: ChildProcess
  let origin: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trine-prometheus-'))
    devnet = await startDevnet((made) => serveMetrics({ metrics: made, host: '127.0.0.1', port: 0 })).then(
      (started) => {
        server = started.server
        return started.devnet
      },
    )
    const config = readFileSync(join(FOLDER, 'prometheus.yml'), 'utf8')
      .replace(/- targets:(\s+- \S+)+/, `- targets: ['127.0.0.1:${server.port}']`)
      .replace(/scrape_interval: \S+/, 'scrape_interval: 1s')
      .replace(/scrape_timeout: \S+/, 'scrape_timeout: 1s')
      .replace(/evaluation_interval: \S+/, 'evaluation_interval: 1s')
    writeFileSync(join(folder, 'prometheus.yml'), config)
    copyFileSync(join(FOLDER, 'alerts.yml'), join(folder, 'alerts.yml'))
    ;({ process, origin } = await startPrometheus(prometheus, folder))
  }, PATIENCE)

  afterAll(async () => {
    devnet?.kill()
    await server?.close()
    if (process !== undefined && process.exitCode === null) {
      process.kill('SIGKILL')
      await once(process, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  })

  it(
    'has an answer for every query of the dashboard, and finds all rules well',
    async () => {
      let missing = [...PANEL_QUERIES]
      const until = performance.now() + PATIENCE - 20_000
      while (missing.length > 0 && performance.now() < until) {
        await devnet.advance(SLOT)
        await sleep(500)
        const left = []
        for (const query of missing) {
          if ((await ask(filledIn(query.expression))) === 0) left.push(query)
        }
        missing = left.filter(({ where }) => !QUIET.includes(where))
      }
      expect(missing).toEqual([])
      for (const { where, expression } of [...PANEL_QUERIES, ...ALERT_QUERIES]) {
        expect(await ask(filledIn(expression)), where).toBeGreaterThanOrEqual(0)
      }
      const { groups } = (await get('rules')) as { groups: { rules: { name: string; health: string }[] }[] }
      const rules = groups.flatMap((group) => group.rules)
      expect(rules.length).toBe(ALERT_QUERIES.length)
      expect(rules.filter(({ health }) => health === 'err')).toEqual([])
    },
    PATIENCE,
  )

  /** Number of series that a query gives; -1 while Prometheus does not answer. */
  async function ask(query: string): Promise<number> {
    try {
      const { result } = (await get(`query?query=${encodeURIComponent(query)}`)) as { result: unknown[] }
      return result.length
    } catch (error) {
      if ((error as Error).message.startsWith('refused')) throw error
      return 0
    }
  }

  async function get(path: string): Promise<unknown> {
    const response = await fetch(`${origin}/api/v1/${path}`)
    const body = await response.text()
    if (response.status === 400 || response.status === 422) throw new Error(`refused: ${path}: ${body}`)
    if (!response.ok) throw new Error(`${response.status}`)
    return (JSON.parse(body) as { data: unknown }).data
  }
})

/** A query as Grafana sends it. */
function filledIn(expression: string): string {
  return expression.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m')
}

/** Four nodes that have been parted and together again; the metrics of one that gave way are served. */
async function startDevnet(serve: (metrics: Metrics) => Promise<MetricsServer>) {
  const all: Metrics[] = []
  const devnet = await startMemoryDevnet(4, (index, clock) => {
    const [now, monotonic] = [() => clock.now(), () => clock.monotonic()]
    all.push(createMetrics({ ...OPTIONS, name: `trine_${index}`, now, monotonic }))
    return all[index]!.sink
  })
  devnet.nodes.forEach(({ node, transport }, index) => {
    const busy = { workers: 2, busyWorkers: 1, pendingVerifications: 3, pendingSignatures: 1 }
    all[index]!.addSources({
      mailboxes: () => node.figures(),
      peers: () => transport.peers(),
      meshPeers: () => transport.peers().map(({ peerId }) => peerId),
      keyEnds: () => [2 ** 20],
      pool: () => ({ ...busy, pendingBackgroundTasks: 0, crashes: 0 }),
      storage: async () => ({ blocks: 4096 }),
      disk: async () => ({ free: 5e10, size: 1e11 }),
    })
  })
  await devnet.advance(2000 + 6 * SLOT)
  devnet.network.partition([['trine_0', 'trine_1']])
  await devnet.advance(10 * SLOT)
  devnet.network.heal()
  await devnet.advance(10 * SLOT)
  const texts = await Promise.all(all.map((each) => each.text()))
  const chosen = texts.findIndex((text) => /^lean_fork_choice_reorgs_total [1-9]/m.test(text))
  return { devnet, server: await serve(all[Math.max(0, chosen)]!) }
}

/** Starts Prometheus on a port that is free, or was a moment ago: then on another. */
async function startPrometheus(program: string, folder: string) {
  let said = ''
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const address = `127.0.0.1:${await freePort()}`
    const process = spawn(
      program,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    process.stderr.on('data', (bytes) => {
      said += bytes
    })
    while (process.exitCode === null) {
      const ready = await fetch(`http://${address}/-/ready`).catch(() => undefined)
      if (ready?.ok) return { process, origin: `http://${address}` }
      await sleep(100)
    }
  }
  throw new Error(`prometheus does not start: ${said}`)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}
