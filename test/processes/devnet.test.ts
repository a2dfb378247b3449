import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TrineProcess, until } from '../../apps/trine/src/devnet/trineProcess.ts'

let dir: string
let running: TrineProcess | undefined

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trine-local-'))
})

afterEach(async () => {
  await running?.end('SIGKILL')
  running = undefined
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
})

function start(...args: readonly string[]): TrineProcess {
  running = new TrineProcess(['devnet', '--dir', join(dir, 'net'), ...args])
  return running
}

/** The slot that a status line last said is finalized on all nodes. */
function finalizedSlot({ output }: TrineProcess): number {
  return Number(
    output
      .match(/ finalized (\d+) /g)
      ?.at(-1)
      ?.match(/\d+/)?.[0] ?? 0,
  )
}

function finalized(process: TrineProcess, slot: number): Promise<true> {
  return until(
    `slot ${slot} finalized\n${process.output}`,
    300,
    () => finalizedSlot(process) >= slot || undefined,
  )
}

it('a local network finalizes, shows its page, ends in order and goes on later, also as processes', {
  timeout: 1_000_000,
}, async () => {
  const first = start('--nodes', '2', '--validators', '3')
  await finalized(first, 1)
  const url = /Explorer and API: (\S+)/.exec(first.output)?.[1]
  const page = await fetch(url!)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const before = finalizedSlot(first)
  expect(await first.end('SIGINT')).toBe(0)

  const again = start()
  await finalized(again, before + 1)
  expect(again.output).toContain('Going on with the network of')
  expect(await again.end('SIGTERM')).toBe(0)

  const processes = start('--processes')
  await finalized(processes, before + 3)
  for (const name of ['trine_0', 'trine_1']) {
    expect(readFileSync(join(dir, 'net', 'logs', `${name}.log`), 'utf8')).toContain('node started')
  }
  expect(await processes.end('SIGINT')).toBe(0)
  expect(readFileSync(join(dir, 'net', 'logs', 'trine_1.log'), 'utf8')).toContain('node ended')

  const other = start('--nodes', '3')
  expect(await other.ended()).toBe(2)
  expect(other.output).toMatch(/^trine: --nodes: expected 2, as the network in [^\n]+, got 3; [^\n]+\n$/)
})

it('a folder of somebody else is not taken, and never removed', { timeout: 120_000 }, async () => {
  writeFileSync(join(dir, 'net'), 'mine')
  const process = start('--fresh')
  expect(await process.ended()).toBe(2)
  expect(process.output).toMatch(/^trine: [^\n]+\n$/)
})
