import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRun } from '@trine/mini3sf'
import { afterAll, describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import { readVectorFile } from '../src/conformance/conformance.ts'
import { mini3sfPrintoutRunner, mini3sfRunner } from '../src/conformance/mini3sf.ts'
import { createProgram } from '../src/main.ts'
import { scenarioOf } from '../src/replay/options.ts'
import { UserError } from '../src/userError.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const command = join(root, 'apps/trine/bin/trine.js')
const folder = mkdtempSync(join(tmpdir(), 'trine-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

function replay(...options: string[]): { code: number | null; output: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'replay', ...options], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  return { code: status, output: stdout, errors: stderr }
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const vectors = vectorsPath('3sf-mini')

describe('conformance with the Python program', () => {
  it.each(readdirSync(vectors))('%s', async (name) => {
    const read = readVectorFile(join(vectors, name))
    const runner = [mini3sfRunner, mini3sfPrintoutRunner].find((candidate) => candidate.recognises(read))
    const { cases } = await runner!.run(read)
    expect(cases.filter(({ failure }) => failure !== undefined)).toEqual([])
    expect(cases).toHaveLength(name.endsWith('.txt') ? 1 : 5)
  })

  it('fails for every value that is not the run', async () => {
    const { json } = readVectorFile(join(vectors, 'synchronous.json'))
    const spoilt = structuredClone(json) as Record<string, never> & {
      perSlot: { stakers: { head: string }[] }[]
      finalChainOfStaker0: Record<string, { votes: number }>
    }
    spoilt.perSlot[7]!.stakers[3]!.head = '00'
    Object.values(spoilt.finalChainOfStaker0).at(-1)!.votes += 1
    const changed = { ...spoilt, genesisHash: '00', error: 'AssertionError', traceDigest: '00' }
    const { cases } = await mini3sfRunner.run({ path: 'x.json', bytes: new Uint8Array(), json: changed })
    expect(cases.map(({ failure }) => failure?.split(':')[0])).toEqual([
      'genesis hash',
      'failed',
      'trace digest',
      'perSlot[7].stakers[3].head',
      'chain of staker 0[49][1].votes',
    ])
  })

  it('fails for a printout that differs in one character, and says where', async () => {
    const text = readFileSync(join(vectors, 'synchronous.txt'), 'utf8')
    file('run.json', readFileSync(join(vectors, 'synchronous.json'), 'utf8'))
    const path = file('run.txt', text.replace('Staker 4: Head', 'Staker 4: head'))
    const { cases } = await mini3sfPrintoutRunner.run(readVectorFile(path))
    expect(cases[0]?.failure).toMatch(/^line 7: expected "Staker 4: head/)
  })
})

describe('trine replay', () => {
  it('prints what the Python program prints', () => {
    const { output, code } = replay('--seed', '7', '--stakers', '4')
    expect(code).toBe(0)
    expect(output).toBe(readFileSync(join(vectors, 'four-stakers-seed-7.txt'), 'utf8'))
  })

  it('takes all settings from the command line, over those of a file', () => {
    const path = file('slow.yaml', 'seed: 5\nsteps: 3\nlatency: {factor: 4, after: 7}')
    const latency = 'exponent=2, until=1000, after=2'
    const { output } = replay('--scenario', path, '--steps', '1200', '--latency', latency, '--digest')
    const { traceDigest } = JSON.parse(readFileSync(join(vectors, 'slow-network.json'), 'utf8'))
    expect(output).toBe(`${traceDigest}\n`)
  })

  it('writes records, a picture and a page, and compares records with a run', () => {
    const [records, svg, html] = ['r.json', 'r.svg', 'r.html'].map((name) => join(folder, name))
    const files = ['--json', records!, '--svg', svg!, '--html', html!]
    expect(replay('--steps', '200', '--at', '120', '--views', '3,4', ...files).code).toBe(0)
    const { steps } = JSON.parse(readFileSync(records!, 'utf8'))
    expect(steps).toHaveLength(200)
    expect(steps[199]).toMatchObject({ step: 199, clock: 200 })
    expect(Object.keys(steps[199].stakers[9])).toContain('safeTarget')
    expect(readFileSync(svg!, 'utf8')).toContain('staker 3 after step 120')
    expect(/<title>3sf-mini: [^<]*<\/title>/.test(readFileSync(html!, 'utf8'))).toBe(true)

    const same = replay('--compare', records!, file('same.yaml', 'steps: 200'))
    expect([same.code, same.output]).toEqual([0, expect.stringContaining('No difference in 200 steps')])
    const other = replay(
      '--compare',
      records!,
      file('other.yaml', 'steps: 200\nrules: {comparison: at-least}'),
    )
    expect(other.code).toBe(1)
    expect(other.output).toContain('  rules.comparison: equal-floor | at-least\n')
    expect(other.output).toMatch(/First difference: step \d+ \(slot \d+, time \d+ of 12\)/)
  })

  it('runs seeds on all cores, each as if alone', () => {
    const path = join(folder, 'seeds.json')
    const digests = replay('--seeds', '0..5', '--steps', '300', '--digest').output.trim().split('\n')
    expect(digests.map((line) => line.split(' ')[0])).toEqual(['0', '1', '2', '3', '4', '5'])
    for (const seed of ['0', '5']) {
      expect(digests).toContain(
        `${seed} ${replay('--seed', seed, '--steps', '300', '--digest').output.trim()}`,
      )
    }
    const { output } = replay('--seeds', '0..5', '--steps', '300', '--json', path)
    expect(output.split('\n')).toEqual([
      '6 runs (seeds 0..5): 10 stakers, 300 steps, slots of 12 steps',
      expect.stringMatching(/^3sf-mini +min +median +p95 +max$/),
      expect.stringMatching(/^finality delay of a block, slots( +\d+\.\d\d){4}$/),
      expect.stringMatching(/^reorgs of all stakers in a run( +\d+){4}$/),
      expect.stringMatching(/^deepest reorg of a run, blocks( +\d+){4}$/),
      expect.stringMatching(/^forks in a run( +\d+){4}$/),
      expect.stringMatching(/^last finalized slot of a run( +\d+){4}$/),
      '',
    ])
    const { sweeps } = JSON.parse(readFileSync(path, 'utf8'))
    const forks = sweeps[0].runs
      .map((run: { forks: number }) => run.forks)
      .sort((a: number, b: number) => a - b)
    expect(sweeps[0].summary.forks).toMatchObject({ min: forks[0], median: forks[2], max: forks[5] })
  })

  it('reports where devnet-1 parts from the model', () => {
    const { output, code } = replay('--steps', '300', '--against', 'devnet1')
    expect(code).toBe(0)
    expect(output).toMatch(/^default \(seed 0, 10 stakers, 300 steps\): 3sf-mini against devnet-1\n/)
    expect(output).toMatch(/finalized slot +\d+\.\d % {2}(first difference at step \d+|no difference)/)
    expect(output).toContain('- Votes to justify a target: 6 | 7 of 10')
  })

  const scenarios = readdirSync(join(root, 'docs/scenarios')).filter((name) => name.endsWith('.yaml'))
  it.each(scenarios)('docs/scenarios/%s runs to its end', (name) => {
    const run = createRun(scenarioOf({}, join(root, 'docs/scenarios', name)))
    while (run.step());
    expect([run.failure, run.stepsDone]).toEqual([undefined, run.scenario.steps])
  })

  it('a failed assert of the model ends with exit code 1 and says where', () => {
    const path = file(
      'failing.yaml',
      `{seed: 701010923, stakers: 3, steps: 60, slotDuration: 4,
        latency: {factor: 2.2164270898792893, exponent: 3.5856969505548477, until: 47, after: 0},
        rules: {threshold: 1/3, comparison: at-least, safeTarget: floor, justifiedTargets: skip, immediate: 6},
        offline: [{stakers: [1, 2], from: 51, to: 78}, {stakers: [1, 2], from: 6, to: 48}],
        partitions: [{groups: [1, 2], from: 3, to: 53}]}`,
    )
    const { code, output, errors } = replay('--scenario', path)
    expect(code).toBe(1)
    expect(output).toContain('=== Time 44 ===')
    expect(errors).toBe(
      'trine replay: the model stopped in step 48: is_justifiable_slot: expected a slot not before the finalized slot 6, got slot 3\n',
    )
  })
})

describe('wrong input is one line with the option and what it takes, exit code 2', () => {
  const wrong = file('wrong.yaml', 'latency: {speed: 3}')
  it.each([
    ['--latency factor=-1', '--latency factor: expected a number from 0 to 1000000, got -1'],
    ['--latency speed=2', '--latency speed: unknown field, expected one of factor, exponent, until, after'],
    ['--seed 1.5', '--seed: expected an integer of at most 4300 digits (in quotes beyond 2^53), got "1.5"'],
    ['--stakers 5000', '--stakers: expected a whole number from 1 to 4096, got 5000'],
    ['--slot-duration twelve', '--slot-duration: expected a whole number from 1 to 1000000, got "twelve"'],
    [
      `--scenario ${wrong}`,
      `${wrong}: latency.speed: unknown field, expected one of factor, exponent, until, after`,
    ],
    ['--seeds 9..3', '--seeds: expected a range like 0..99 of 1 to 100000 seeds, got "9..3"'],
    ['--seeds 0..9 --seed 1', '--seeds: expected without --seed'],
    ['--html x --views 10', '--views: expected staker indices from 0 to 9 like 0,3,7 or 0..4, got "10"'],
    ['--at 5', '--at: expected together with --svg or --html only'],
    ['--against devnet9', '--against: expected devnet1, got "devnet9"'],
    ['--compare one.yaml', '--compare: expected two scenario files or recorded runs, got 1'],
  ])('%s', async (options, message) => {
    const parsed = createProgram().parseAsync(['node', 'trine', 'replay', ...options.split(' ')])
    await expect(parsed).rejects.toThrow(new UserError(message))
  })

  it.runIf(existsSync('/dev/full'))('a disk that is full', () => {
    for (const options of ['--json', '--svg', '--html', '--seeds 0..1 --json']) {
      const { code, errors } = replay('--steps', '50', ...options.split(' '), '/dev/full')
      const flag = options.split(' ').at(-1)
      expect([code, errors.split('\n').slice(0, -1)]).toEqual([
        2,
        [expect.stringMatching(`^trine: ${flag} /dev/full: cannot be written \\(ENOSPC`)],
      ])
    }
  })

  it('as the process shows it', () => {
    const { code, output, errors } = replay('--stakers', '0')
    expect({ code, output, errors }).toEqual({
      code: 2,
      output: '',
      errors: 'trine: --stakers: expected a whole number from 1 to 4096, got 0\n',
    })
  })
})

it('goes on quietly when its reader has seen enough', () => {
  const shell = `"${process.execPath}" "${command}" replay --steps 20000 | head -n 3`
  expect(
    execFileSync('sh', ['-c', shell], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  ).toContain('=== Time 0 ===')
})
