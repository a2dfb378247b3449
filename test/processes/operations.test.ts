import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { runTrine, TrineProcess, until } from '../../apps/trine/src/devnet/trineProcess.ts'
import { withDevnet } from '../support/devnet.ts'

type Check = { readonly name: string; readonly outcome: string }

/** Secrets of a network's folder: as they stand in the files, and as bytes in hex and base64. */
function secretsIn(folder: string): string[] {
  const genesis = join(folder, 'genesis')
  const nodeKeys = readdirSync(genesis).filter((name) => name.endsWith('.key'))
  const texts = [
    ...nodeKeys.map((name) => readFileSync(join(genesis, name), 'utf8').trim()),
    readFileSync(join(folder, 'admin-token'), 'utf8').trim(),
  ]
  const keys = readdirSync(join(genesis, 'hash-sig-keys')).filter((name) => name.includes('_sk'))
  expect(keys.length).toBeGreaterThan(0)
  // The key of the pseudorandom function, from which all of a key follows, is what a key file begins with.
  const bytes = [
    ...nodeKeys.map((name) => Buffer.from(readFileSync(join(genesis, name), 'utf8').trim(), 'hex')),
    ...keys.map((name) => readFileSync(join(genesis, 'hash-sig-keys', name)).subarray(0, 32)),
  ]
  return [...texts, ...bytes.flatMap((secret) => [secret.toString('hex'), secret.toString('base64')])]
}

it('a running node is looked over and bundled, without its secrets, and pauses while its clock is off', {
  timeout: 400_000,
}, async () => {
  // A clock that is 20 s behind ours: beside it ours is ahead.
  const clock = createServer((_, response) => {
    response.sendDate = false
    response.setHeader('date', new Date(Date.now() - 20_000).toUTCString()).end()
  })
  clock.listen(0, '127.0.0.1')
  await once(clock, 'listening')
  const source = `http://me:password@127.0.0.1:${(clock.address() as AddressInfo).port}`
  try {
    const args = (index: number) => (index === 1 ? ['--time-sources', source] : [])
    await withDevnet({ nodes: 2, validators: 2, args }, async (devnet) => {
      await devnet.start()
      await devnet.connect(120)
      const [first, second] = devnet.nodes
      await devnet.untilEach('a pause for the clock', 120, [second!], async (node) => {
        const duties = await node.get<{ readonly paused_because: string | null }>('duties')
        return /the clock is \d+ ms ahead/.test(duties?.paused_because ?? '')
      })
      expect(await second!.metric('trine_clock_offset_seconds')).toBeGreaterThan(5)
      expect(await first!.metric('trine_clock_offset_seconds')).toBeNaN()
      await until('the first slots', 120, () => devnet.slot >= 2 || undefined)

      const admin = [
        '--admin-url',
        second!.plan.adminUrl!,
        '--admin-token-file',
        join(devnet.folder, 'admin-token'),
      ]
      const { file } = JSON.parse(await runTrine(['bundle', ...admin, '--json'])) as { file: string }
      expect(existsSync(file)).toBe(true)
      const text = gunzipSync(readFileSync(file)).toString()
      expect(await runTrine(['simulate', '--resume', file])).toContain('ok: head, justified and finalized')
      const parts = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { part: string })
      const known = new Set(parts.map(({ part }) => part))
      for (const part of [
        'about',
        'config',
        'log',
        'journal',
        'metrics',
        'peers',
        'versions',
        'heap',
        'forkChoice',
      ]) {
        expect([part, known.has(part)]).toEqual([part, true])
      }
      for (const secret of ['me:password', ...secretsIn(devnet.folder)]) {
        expect([secret, text.includes(secret)]).toEqual([secret, false])
      }

      // Whatever it thinks of this machine: the exit code is not looked at.
      const asked = [
        '--admin-url',
        first!.plan.adminUrl!,
        '--admin-token-file',
        join(devnet.folder, 'admin-token'),
      ]
      const doctor = new TrineProcess(['doctor', ...asked, '--json'])
      await doctor.ended()
      const { checks } = JSON.parse(doctor.output) as { checks: Check[] }
      const outcomeOf = (name: string) => checks.find((check) => check.name === name)?.outcome
      expect(outcomeOf('peer trine_1')).toBe('ok')
      expect(outcomeOf('ledger of validator 0')).toBe('ok')
      expect(outcomeOf('clock')).toBe('unknown')
    })
  } finally {
    clock.close()
  }
})
