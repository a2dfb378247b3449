import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Recording } from '@trine/explorer'
import { afterAll, expect, it } from 'vitest'

const command = fileURLToPath(new URL('../bin/trine.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'trine-simulate-page-'))
afterAll(() => rmSync(folder, { recursive: true }))

function simulate(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'simulate', ...words], {
    encoding: 'utf8',
  })
  return { code: status, output: stdout + stderr }
}

it('trine simulate --html writes one small file with the whole run in it', () => {
  const file = join(folder, 'run.html')
  const run = simulate(
    '--nodes',
    '40',
    '--validators',
    '40',
    '--slots',
    '8',
    '--signatures',
    'none',
    '--html',
    file,
  )
  expect(run.code, run.output).toBe(0)
  const page = readFileSync(file, 'utf8')
  expect(page.length).toBeLessThan(1_000_000)
  expect(/(src|href)="(?!data:)/.test(page)).toBe(false)
  const data = /<script type="text\/plain" id="recording">([^<]+)<\/script>/.exec(page)![1]!
  const recording = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as Recording
  expect(recording).toMatchObject({ validatorCount: 40, lastTick: 31 })
  expect(recording.description).toBe('40 nodes, the first 32 of them shown, 40 validators, 8 slots, seed 0')
  expect(recording.nodes).toHaveLength(32)
  expect(recording.nodes[7]!.ownValidators).toEqual([7])
})

it('the page changes nothing of the run', () => {
  const words = ['--nodes', '4', '--slots', '8', '--signatures', 'none']
  const trace = (output: string) => /^trace .*$/m.exec(output)?.[0]
  const plain = simulate(...words)
  expect(trace(simulate(...words, '--html', join(folder, 'again.html')).output)).toBe(trace(plain.output))
})

it('a file that cannot be written is the user’s to mend', () => {
  const { code, output } = simulate(
    '--nodes',
    '1',
    '--slots',
    '1',
    '--signatures',
    'none',
    '--html',
    join(folder, 'no', 'x.html'),
  )
  expect(code).toBe(2)
  expect(output.trim().split('\n').at(-1)).toContain('expected a file that can be written')
})
