import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { TrineProcess, until } from '../src/devnet/trineProcess.ts'
import { makeNetwork, temporaryFolder } from './support/network.ts'
import { trine } from './support/trine.ts'

// Every test starts processes, and a busy machine takes its time for each.
vi.setConfig({ testTimeout: 180_000 })

let folder = ''
let net = ''

beforeAll(async () => {
  folder = temporaryFolder()
  net = join(folder, 'net')
  await makeNetwork(net, { genesisTime: '+2s' })
})

/** A node that is not itself today. */
const broken = createServer((_, response) => response.writeHead(503).end('not\ntoday'))

afterAll(() => {
  broken.closeAllConnections()
  broken.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const NOBODY = 'http://127.0.0.1:5052'
const flags = (nodeId: string, data: string) => [
  ...['validator', '--genesis', net, '--node-id', nodeId, '--data-dir', join(folder, data)],
]

it('exit code 2 and one line for settings that are wrong', async () => {
  const cases: [string[], Record<string, string>, string][] = [
    [flags('trine_0', 'd'), {}, 'trine: --api: expected 1 to 16 URLs like http://127.0.0.1:5052, got 0'],
    [flags('trine_0', 'd'), { TRINE_VALIDATOR_API: 'here' }, 'trine: --api: expected a URL like'],
    [['validator', '--api', NOBODY], {}, "trine: --genesis: expected the network's config.yaml"],
    [
      [...flags('trine_0,lost', 'd'), '--api', NOBODY],
      {},
      `trine: ${net}/annotated_validators.yaml: lost: expected this node among trine_0, trine_1`,
    ],
    [
      [...flags('trine_0', 'd'), '--api', NOBODY, '--validators', 'none'],
      {},
      'trine: --validators: expected a file with the validators of trine_0, got none',
    ],
    [
      [...flags('trine_0', 'd'), '--api', NOBODY, '--metrics-port', '70000'],
      {},
      'trine: --metrics-port: expected a port from 0 to 65535, got "70000"',
    ],
    [
      [...flags('trine_0,trine_0', 'd'), '--api', NOBODY],
      {},
      'trine: --node-id: expected every name once, got trine_0 twice',
    ],
  ]
  for (const [args, variables, message] of cases) {
    const { exitCode, stdout, stderr } = await trine(args, { variables })
    expect({ exitCode, stdout, start: stderr.slice(0, message.length) }).toEqual({
      exitCode: 2,
      stdout: '',
      start: message,
    })
    expect(stderr.trimEnd()).not.toContain('\n')
  }
})

it('runs without a node that answers, says so, keeps its ledger to itself, and ends in order', async () => {
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(broken.address() as AddressInfo).port}`
  const api = ['--api', `http://${host}`]
  const args = [...flags('trine_0,trine_1', 'both'), '--metrics-port', '0', ...api]
  const validators = new TrineProcess(args)
  try {
    const url = await until('metrics', 90, () => /"metrics":"(http[^"]+)"/.exec(validators.output)?.[1])
    expect(validators.output).toMatch(/"validators":"0,2,1"/)
    const reason = 'expected status 200, got 503: not today'
    const failing = `"node":"${host}","reason":"${reason}"`
    await until('a node that fails', 90, () => validators.output.includes(failing) || undefined)
    // Its keys are new, and while it cannot hear others it listens on.
    const missed = 'listening whether these keys'
    await until('a missed duty', 90, () => validators.output.includes(missed) || undefined)
    expect(validators.output).not.toMatch(/no finality|no peers|"head"/)
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain(`trine_remote_requests_total{node="${host}",step="spec",outcome="refused"} `)
    expect(metrics).toContain(`trine_remote_node_ready{node="${host}"} 0\n`)

    const second = await trine([...flags('trine_0', 'both'), ...api])
    expect([second.exitCode, second.stdout]).toEqual([2, ''])
    expect(second.stderr).toMatch(/^trine: [^\n]*ledger[^\n]*\n$/)
    expect(await validators.end('SIGTERM')).toBe(0)
  } finally {
    await validators.end('SIGKILL')
  }
})
