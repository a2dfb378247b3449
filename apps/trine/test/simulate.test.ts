import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runConformance } from '../src/conformance/conformance.ts'
import { loadRunners } from '../src/conformance/runners.ts'
import { bin, type Outcome, run, trine } from './support/trine.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trine-simulate-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const simulate = (...args: string[]) => trine(['simulate', ...args], { cwd: folder })

/** Runs a printed command line, as a shell would. */
function shell(command: string): Promise<Outcome> {
  expect(command).toMatch(/^npx trine simulate /)
  const line = command.replace('npx trine', `"${process.execPath}" "${bin}"`)
  return run('/bin/sh', ['-c', line], { cwd: folder })
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return name
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const traceOf = (stdout: string) => /^trace ([0-9a-f]{64})$/m.exec(stdout)?.[1]

const FAILING = `
name: crashes & "quotes" <of> three
nodes: 5
validators: 5
slots: 20
signatures: none
faults:
  - { kind: late, nodes: 4, milliseconds: 200, from: 3 }
  - { kind: crash, nodes: [1, 2, 3], from: 6, to: 18 }
expectations: [{ at: 16, finalizedAtLeast: 8 }]
`

describe('trine simulate', () => {
  it('prints a table, a trace and a verdict; exit 0 when all is as expected', async () => {
    const { exitCode, stdout, stderr } = await simulate('--slots', '8', '--signatures', 'none')
    expect(stderr).toBe('')
    expect(stdout).toContain('four nodes: 4 nodes, 8 validators, signatures none, seed 0')
    expect(stdout).toMatch(/^node +state +head +justified +finalized +blocks/m)
    expect(stdout).toMatch(/^3 +running +7 0x[0-9a-f]{8} /m)
    expect(traceOf(stdout)).toBeDefined()
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('ok: every invariant held and every expectation was met')
    expect(exitCode).toBe(0)
  })

  it('says what was not met and how to run it again, with the same trace; exit 1', async () => {
    const scenario = write("it's failing.yaml", FAILING)
    const first = await simulate(
      scenario,
      '--seed',
      'a b$c',
      '--slots',
      '19',
      '--junit',
      'report.xml',
      '--json',
      'report.json',
    )
    expect(first.exitCode).toBe(1)
    expect(first.stdout).toContain('NOT MET at 16.0: node 0: expected finalized slot >= 8, got ')
    const command = /to run it again: (.*)$/m.exec(first.stdout)?.[1]
    expect(command).toBe(`npx trine simulate 'it'\\''s failing.yaml' --seed 'a b$c' --slots 19`)
    const again = await shell(command!)
    expect(again.exitCode).toBe(1)
    expect(traceOf(again.stdout)).toBe(traceOf(first.stdout))

    const report = JSON.parse(read('report.json'))
    expect(report).toMatchObject({ seed: 'a b$c', isOk: false, traceDigest: traceOf(first.stdout) })
    expect(report.disappointments[0]).toMatchObject({
      kind: 'finalizedAtLeast',
      at: { slot: 16, interval: 0 },
    })
    const xml = read('report.xml')
    expect(wellFormed(xml)).toEqual([
      'testsuite',
      'properties',
      'property',
      'property',
      'testcase',
      'testcase',
      'failure',
    ])
    expect(xml).toContain(
      '<testsuite name="crashes &amp; &quot;quotes&quot; &lt;of&gt; three" tests="2" failures="1"',
    )
    expect(xml).toContain('<failure message="16.0: node 0: expected finalized slot &gt;= 8, got ')
  })

  it('shrinks a failure to a scenario that fails in the same way', { timeout: 60_000 }, async () => {
    const scenario = write('failing.yaml', FAILING)
    const { exitCode, stdout } = await simulate(scenario, '--shrink', 'small.yaml')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /^shrink: run \d+, up to the failure: still fails; now 2 faults, 5 nodes, 5 validators, 17 slots$/m,
    )
    expect(stdout).toMatch(/^shrunk in \d+ runs from 2 faults, 5 nodes, 5 validators, 20 slots to 1 fault, /m)
    const text = read('small.yaml')
    expect(text).toContain('kind: crash')
    expect(text).not.toContain('kind: late')
    expect(text).toContain('Fails at 16.0: node 0: expected finalized slot >= 8, got ')
    const again = await shell(/to run it again: (npx trine simulate small.yaml)$/m.exec(stdout)![1]!)
    expect(again.exitCode).toBe(1)
    expect(again.stdout).toContain('NOT MET at 16.0: node 0: expected finalized slot >= 8')
  })

  it('goes back in time, and writes what a node saw as a vector', { timeout: 60_000 }, async () => {
    const scenario = write('failing.yaml', FAILING)
    await simulate(
      scenario,
      '--journal',
      'run.jsonl',
      '--export-vector',
      'live.json',
      '--node',
      '4',
      '--quiet',
    )
    const past = await simulate(
      '--resume',
      'run.jsonl',
      '--until',
      '9.2',
      '--node',
      '4',
      '--inspect',
      '--json',
      'past.json',
    )
    expect(past.stderr).toBe('')
    expect(past.exitCode).toBe(0)
    expect(past.stdout).toContain('crashes & "quotes" <of> three, seed 0, at the end of 9.2')
    expect(past.stdout).toContain('clock at 9.2, started once')
    const { nodes } = JSON.parse(read('past.json'))
    expect(nodes).toHaveLength(1)
    const [{ chain, forkChoice, votes, duties, sync, network }] = nodes
    expect(nodes[0]).toMatchObject({ node: 4, isRunning: true, starts: 1 })
    expect(chain).toMatchObject({ slot: 9, interval: 2 })
    expect(past.stdout).toContain(`head ${chain.head.slot} ${chain.head.root.slice(0, 10)}`)
    expect(forkChoice.nodes.some(({ root }: { root: string }) => root === chain.head.root)).toBe(true)
    expect(votes.known.length).toBeGreaterThan(0)
    expect(duties.validators).toMatchObject([{ validatorIndex: 4, nextProposal: 14 }])
    expect(sync.state).toBe('synced')
    expect(network.peers[0].status.head.root).toMatch(/^0x[0-9a-f]{64}$/)

    const all = await simulate('--resume', 'run.jsonl', '--until', '9.2')
    expect(
      [...all.stdout.matchAll(/^node (\d)\n {2}(\w+)/gm)].map(([, node, state]) => `${node} ${state}`),
    ).toEqual(['0 store', '1 down', '2 down', '3 down', '4 store'])

    const rebuilt = await simulate(
      '--resume',
      'run.jsonl',
      '--node',
      '4',
      '--export-vector',
      'past-vector.json',
      '--quiet',
    )
    expect(rebuilt.stdout).toContain('to check: npx trine conformance past-vector.json')
    expect(read('past-vector.json')).toBe(read('live.json'))
    const report = await runConformance([join(folder, 'live.json')], await loadRunners())
    expect(report.failures).toEqual([])
    expect(report.casesByKind).toEqual({ forkchoice: JSON.parse(read('live.json')).steps.length })
    expect(report.passed).toBeGreaterThan(100)
  })

  const wrong: [string, string[], string][] = [
    ['a scenario that is not there', ['no.yaml'], 'trine: no.yaml: expected a readable scenario file'],
    [
      'a wrong field',
      ['bad.yaml'],
      'trine: bad.yaml: faults[0].kind: expected a fault whose kind is one of partition, ',
    ],
    [
      'a wrong option',
      ['--nodes', 'x'],
      'trine: trine simulate: nodes: expected a whole number from 1 to 4096, got "x"',
    ],
    [
      'a report that cannot be written',
      ['--slots', '1', '--signatures', 'none', '--json', 'no/where'],
      'trine: no/where: expected a file that can be written',
    ],
    [
      'a journal that cannot be written',
      ['--journal', 'no/where'],
      'trine: no/where: expected a file that can be written',
    ],
    [
      'a node too many',
      ['--export-vector', 'x', '--node', '4'],
      'trine: --node: expected a number from 0 to 3, got 4',
    ],
    ['a moment without a journal', ['--until', '3'], 'trine: --until: expected --resume FILE beside it'],
    [
      'a node for nothing',
      ['--node', '3'],
      'trine: --node: expected --resume FILE or --export-vector FILE beside it',
    ],
    ['a journal that is not there', ['--resume', 'no.jsonl'], 'trine: no.jsonl: expected a readable journal'],
    ['a journal that is none', ['--resume', 'bad.yaml'], 'trine: bad.yaml:1: expected a line of JSON: '],
    [
      'a journal without its first line',
      ['--resume', 'headless.jsonl'],
      'trine: headless.jsonl: expected a first line with a scenario in format 1',
    ],
    [
      'an empty journal',
      ['--resume', 'empty.jsonl'],
      'trine: empty.jsonl: expected a first line with a scenario in format 1',
    ],
    [
      'a journal and a scenario',
      ['bad.yaml', '--resume', 'run.jsonl'],
      'trine: --resume: expected no scenario beside it, since the journal holds one, got bad.yaml',
    ],
    [
      'a journal and a seed',
      ['--resume', 'run.jsonl', '--seed', '1'],
      'trine: --resume: expected no --seed beside it',
    ],
    [
      'a shrunken file in the place of the scenario',
      ['--shrink', 'bad.yaml'],
      'trine: --shrink bad.yaml: expected a file to write that is not there yet; to shrink a scenario: trine simulate bad.yaml --shrink',
    ],
    [
      'a limit of shrinking that is no number, before there is something to shrink',
      ['--shrink', '--shrink-runs', 'abc'],
      'trine: --shrink-runs: expected a whole number, got abc',
    ],
    ['an option that does not exist', ['--sloths', '3'], "error: unknown option '--sloths'"],
  ]

  it.each(wrong)('refuses %s in one line, exit 2', async (_, args, message) => {
    write('bad.yaml', 'faults: [{ kind: quake }]')
    write('empty.jsonl', '')
    write('headless.jsonl', '{"sequence":0,"time":0,"monotonic":0,"actor":"a","message":{"type":"tick"}}\n')
    const { exitCode, stderr } = await simulate(...args)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('    at ')
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(message.startsWith('error') ? 3 : 1)
    expect(exitCode).toBe(2)
  })

  it.runIf(existsSync('/dev/full'))('says so when the disk of a journal is full, exit 2', async () => {
    const full = await simulate('--slots', '1', '--signatures', 'none', '--journal', '/dev/full')
    expect([full.exitCode, full.stderr]).toEqual([
      2,
      expect.stringMatching(/^trine: \/dev\/full: expected a file that can be written \(ENOSPC[^\n]+\n$/),
    ])
  })

  it('refuses a journal that is cut off where it is cut off, and a moment beyond the run', async () => {
    await simulate('--slots', '3', '--signatures', 'none', '--journal', 'whole.jsonl', '--quiet')
    const whole = read('whole.jsonl')
    write('cut.jsonl', whole.slice(0, -20))
    const lines = whole.trimEnd().split('\n').length
    const cut = await simulate('--resume', 'cut.jsonl')
    expect(cut.stderr).toContain(`trine: cut.jsonl:${lines}: expected a line of JSON: `)
    expect(cut.exitCode).toBe(2)
    expect((await simulate('--resume', 'cut.jsonl', '--until', '1.3', '--quiet')).exitCode).toBe(0)
    const beyond = await simulate('--resume', 'whole.jsonl', '--until', '3')
    expect(beyond.stderr).toBe('trine: --until: expected SLOT.INTERVAL from 0.0 to 2.3, got 3\n')
    expect(beyond.exitCode).toBe(2)
    expect(existsSync(join(folder, 'whole.jsonl'))).toBe(true)
  })
})

/** The names of all elements in order; throws where the text is no XML. Enough for what has neither CDATA nor comments. */
function wellFormed(xml: string): string[] {
  const names: string[] = []
  const open: string[] = []
  const piece =
    /<(\/?)([a-z]+)((?: [a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*")*)(\/?)>|<\?xml [^>]*\?>|([^<]+)/gy
  let end = 0
  for (const match of xml.matchAll(piece)) {
    if (match.index !== end) break
    end += match[0].length
    const [, isClosing, name, , isEmpty, text] = match
    if (text !== undefined && /&(?!(?:amp|lt|gt|quot);)/.test(text)) throw new Error(`bare & in ${text}`)
    if (name === undefined) continue
    if (isClosing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
    } else {
      names.push(name)
      if (!isEmpty) open.push(name)
    }
  }
  if (end !== xml.length || open.length > 0)
    throw new Error(`not well-formed at ${end}: ${xml.slice(end, end + 40)}`)
  return names
}
