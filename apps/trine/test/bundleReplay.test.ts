import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parseScenario, resolveScenario, StoreMirror, simulate } from '@trine/simulator'
import { toHex } from '@trine/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBundle } from '../src/bundle/readBundle.ts'
import { RecentSteps } from '../src/bundle/recentSteps.ts'
import { storeLines } from '../src/bundle/storeText.ts'
import { replayStore } from '../src/simulate/replayStore.ts'
import { UserError } from '../src/userError.ts'
import { temporaryFolder } from './support/network.ts'

const bin = fileURLToPath(new URL('../bin/trine.js', import.meta.url))
const ABOUT = JSON.stringify({ part: 'about', name: 'trine_0', detail: 'by a test' })
const TROUBLED = `
nodes: 3
validators: 3
slots: 130
signatures: none
seed: 11
faults:
  - { kind: partition, groups: [[0], [1, 2]], from: 14, to: 22 }
  - { kind: crash, nodes: [0], from: 34, to: 38 }
`

let folder = ''
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Store = NonNullable<StoreMirror['store']>

/** What two stores have to agree in. */
const essence = (store: Store) => ({
  time: store.time,
  head: toHex(store.head.root),
  safeTarget: toHex(store.safeTarget.root),
  justified: toHex(store.latestJustified.root),
  finalized: toHex(store.latestFinalized.root),
  known: votesOf(store.latestKnownAttestations),
  waiting: votesOf(store.latestNewAttestations),
})
const votesOf = (votes: Store['latestKnownAttestations']) =>
  [...votes]
    .map(([index, { message }]) => `${index} ${message.data.slot} ${toHex(message.data.head.root)}`)
    .sort()

const write = (name: string, lines: readonly string[], isPacked = true): string => {
  const path = join(folder, name)
  const text = `${lines.join('\n')}\n`
  writeFileSync(path, isPacked ? gzipSync(text) : text)
  return path
}

/** What a recording made of a moment, and what the node's own store was then. */
type Look = { readonly lines: readonly string[]; readonly wanted: ReturnType<typeof essence> }

/** Runs the scenario once and follows its first node, with two recordings: one of plenty of bytes, one of few. */
async function run(): Promise<{ readonly plenty: Look[]; readonly few: Look[] }> {
  const input = parseScenario(TROUBLED)
  const scenario = input.ok ? resolveScenario(input.value) : input
  if (!scenario.ok) throw new Error(scenario.error.message)
  const [plenty, few] = [1e8, 15_000].map((bytes) => ({ steps: new RecentSteps(bytes), looks: [] as Look[] }))
  const both = [plenty!, few!]
  const mirror = new StoreMirror()
  const report = await simulate(scenario.value, {
    onStoreStep: (node, step) => {
      if (node !== 0) return
      // Between two turns of the service: before what the tick does.
      if (step.type === 'tick' && step.time % 80 === 78 && mirror.store !== undefined) {
        const wanted = essence(mirror.store)
        for (const { steps, looks } of both) looks.push({ lines: storeLines(steps.recording()), wanted })
      }
      mirror.take(step)
      for (const { steps } of both) steps.onStoreStep(step)
    },
    onFinalized: (node, mark) => {
      if (node === 0) for (const { steps } of both) steps.onFinalized(mark)
    },
    onEvent: (node, event) => {
      if (node === 0) for (const { steps } of both) steps.emit(event)
    },
  })
  expect(report.violations).toEqual([])
  return { plenty: plenty!.looks, few: few!.looks }
}

/** Replays what is in a bundle of these lines. */
function replayed(lines: readonly string[]) {
  const bundled = readBundle(write('looked.jsonl', [ABOUT, ...lines], false))!
  return { bundled, ...replayStore(bundled.steps, Number.POSITIVE_INFINITY, () => {}) }
}

let looks: Awaited<ReturnType<typeof run>>
beforeAll(async () => {
  folder = temporaryFolder()
  looks = await run()
}, 300_000)

/** Runs the real command in a process of its own. */
function resume(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, 'simulate', '--resume', ...args], (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr })
    })
  })
}

describe('a recording of the fork-choice store', () => {
  it('makes the same store again, through a partition, a crash and whatever was forgotten', () => {
    for (const { lines, wanted } of looks.plenty) {
      const { refusal, store, bundled } = replayed(lines)
      expect(refusal).toBeNull()
      expect(essence(store)).toEqual(wanted)
      expect(bundled.heads.head.root).toBe(wanted.head)
      expect(bundled.heads.finalized.root).toBe(wanted.finalized)
    }
    expect(looks.plenty.length).toBeGreaterThan(5)
    // It does not reach back to the beginning for ever.
    const [first] = replayed(looks.plenty.at(-1)!.lines).bundled.steps
    expect(first?.type === 'anchor' && Number(first.anchor.block.slot)).toBeGreaterThan(30)
  }, 120_000)

  it('is given up when it outgrows its bytes, and begins anew when something is final', () => {
    const had = looks.few.map(({ lines }) => lines.length > 1)
    for (const { lines, wanted } of looks.few) {
      if (lines.length > 1) expect(essence(replayed(lines).store)).toEqual(wanted)
    }
    expect(had).toContain(false)
    expect(had.lastIndexOf(true)).toBeGreaterThan(had.indexOf(false))
  }, 120_000)
})

describe('trine simulate --resume with a bundle', () => {
  let lines: readonly string[] = []
  beforeAll(() => {
    lines = [ABOUT, ...looks.plenty[0]!.lines]
  })

  it('ends where the node was, stops where it is told, and writes a vector', async () => {
    const path = write('whole.jsonl.gz', lines)
    const whole = await resume(path)
    expect(whole.stderr).toBe('')
    expect(whole.stdout).toContain('trine_0, bundle written because: by a test')
    expect(whole.stdout).toContain('ok: head, justified and finalized are those of the node')
    expect(whole.exitCode).toBe(0)
    const [json, vector] = [join(folder, 'early.json'), join(folder, 'vector.json')]
    const early = await resume(path, '--until', '9.2', '--json', json, '--export-vector', vector)
    expect(early.exitCode).toBe(0)
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ store: { time: 38 }, refusal: null })
    expect(JSON.parse(readFileSync(vector, 'utf8')).steps.length).toBeGreaterThan(50)
  }, 120_000)

  it('says when the node was elsewhere: exit 1', async () => {
    const other = lines.map((line) => line.replace(/"head":\{"root":"0x..../, '"head":{"root":"0x0000'))
    const { exitCode, stdout } = await resume(write('other.jsonl.gz', other))
    expect(stdout).toMatch(/differs: the node had head \d+ 0x0000/)
    expect(exitCode).toBe(1)
  }, 120_000)

  const damaged: [string, (path: string) => void, RegExp][] = [
    [
      'a file cut off',
      (path) => writeFileSync(path, gzipSync(lines.join('\n')).subarray(0, 1000)),
      /expected a whole bundle/,
    ],
    [
      'steps that are missing',
      (path) => writeFileSync(path, lines.slice(0, -3).join('\n')),
      /expected \d+ lines "step", found \d+/,
    ],
    ['no store', (path) => writeFileSync(path, ABOUT), /expected a bundle with a line "store", found none/],
    [
      'no recording',
      (path) => writeFileSync(path, [ABOUT, ...storeLines(undefined)].join('\n')),
      /:2: no recording/,
    ],
    ['a line cut off', (path) => writeFileSync(path, `${ABOUT}\n${lines[1]!.slice(0, 500)}`), /:2: /],
    [
      'an anchor of another state',
      (path) => writeFileSync(path, lines.join('\n').replace(/"state":"0x......../, '"state":"0x11223344')),
      /:2: /,
    ],
    [
      'a step with broken bytes',
      (path) =>
        writeFileSync(path, lines.join('\n').replace(/"block":"0x[0-9a-f]*"\}\n/, '"block":"0x00"}\n')),
      /:\d+: BlockWithAttestation: expected/,
    ],
  ]
  it.each(damaged)('refuses %s in one line', (_, damage, message) => {
    const path = join(folder, 'damaged.jsonl.gz')
    damage(path)
    expect(() => readBundle(path)).toThrow(UserError)
    expect(() => readBundle(path)).toThrow(message)
    expect(() => readBundle(path)).not.toThrow('\n')
  })

  it('ends with exit code 2 and one line for a damaged one', async () => {
    const { exitCode, stderr } = await resume(write('short.jsonl.gz', lines.slice(0, -3)))
    expect(stderr).toMatch(/^trine: .*: expected \d+ lines "step", found \d+\n$/)
    expect(exitCode).toBe(2)
  }, 120_000)
})
