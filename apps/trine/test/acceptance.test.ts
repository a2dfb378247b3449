import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Observations, quantile } from '../src/acceptance/figures.ts'
import { PROFILES, stepsOf } from '../src/acceptance/profiles.ts'
import { type AcceptanceReport, junitOf, tableOf } from '../src/acceptance/report.ts'
import { runAcceptance } from '../src/acceptance/runAcceptance.ts'
import { SigningWatch } from '../src/devnet/signingWatch.ts'

const flags = { profile: 'short', nodes: '4', validators: '8' }

describe('what is wrong with the flags is said before anything is made', () => {
  it.each([
    [{ profile: 'endless' }, /^--profile: expected short or long, got "endless"$/],
    [{ nodes: '3' }, /^--nodes: .*4.*"?3"?/],
    [{ validators: '3' }, /^--validators: .*4.*"?3"?/],
    [{ dir: tmpdir() }, /^--dir: expected a folder that is not there yet, got /],
    [{ dir: join(tmpdir(), 'x'.repeat(300)) }, /: name too long$/],
  ])('%j', async (wrong, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'trine-acceptance-'))
    const dir = join(folder, 'net')
    try {
      await expect(runAcceptance({ ...flags, dir, ...wrong })).rejects.toThrow(message)
      expect(existsSync(dir)).toBe(false)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('figures', () => {
  it('a quantile is the least value that so many are not above', () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 })
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (unsorted, share) => {
        const found = quantile(
          unsorted.toSorted((a, b) => a - b),
          share,
        )
        const enough = (limit: number) =>
          unsorted.filter((value) => value <= limit).length >= unsorted.length * share
        expect(unsorted).toContain(found)
        expect(enough(found)).toBe(true)
        expect(unsorted.some((value) => value < found && enough(value))).toBe(false)
      }),
    )
    expect(quantile([], 0.5)).toBe(0)
  })

  it('of parts add up to those of the whole', () => {
    const [whole, part] = [new Observations(), new Observations()]
    part.latenesses.push(3, 1, 2)
    part.reorgDepths.push(2)
    part.residentMemory = 5
    whole.add(part)
    const missed = { missedVotes: 1, missedBlocks: 0, expectedVotes: 9 }
    expect(whole.figures(missed)).toEqual(part.figures(missed))
    expect(whole.figures(missed)).toMatchObject({ reorgs: 1, deepestReorg: 2, lateness: { p50: 2, p99: 3 } })
  })
})

describe('who signed what', () => {
  const vote = { validator_index: 2, slot: 7, head: { root: '0x1', slot: 6 }, target: {}, source: {} }

  it('a vote seen at several nodes counts once', () => {
    const watch = new SigningWatch()
    watch.note('a', 'attestation', vote)
    watch.note('b', 'attestation', { ...vote, origin: 'block' })
    expect([watch.votesAt(7), watch.lastVote(2), watch.lastVote(3), watch.offences]).toEqual([1, 7, -1, []])
    expect([watch.hasVoted(2, 7), watch.hasVoted(2, 6), watch.hasVoted(3, 7)]).toEqual([true, false, false])
  })

  it('two votes, two blocks and evidence are offences', () => {
    const watch = new SigningWatch()
    watch.note('a', 'attestation', vote)
    watch.note('b', 'attestation', { ...vote, head: { root: '0x2', slot: 6 } })
    watch.note('a', 'block', { proposer_index: 1, slot: 5, root: '0x3' })
    watch.note('b', 'block', { proposer_index: 1, slot: 5, root: '0x4' })
    watch.note('a', 'evidence', { kind: 'two_votes', slot: 9, validator_index: 1 })
    expect(watch.offences).toEqual([
      expect.stringMatching(/^vote of validator 2 at slot 7: .*0x1.* at a, .*0x2.* at b$/),
      'block of validator 1 at slot 5: 0x3 at a, 0x4 at b',
      expect.stringMatching(/^a has evidence: /),
    ])
  })
})

it('every round does the same to other nodes', () => {
  const nodes = 8
  const rounds = [0, 1, 2].map((round) => stepsOf(PROFILES.long!, round, nodes).map(({ name }) => name))
  expect(new Set(rounds.map((names) => names.length)).size).toBe(1)
  const killed = rounds.map((names) => names.find((name) => name.includes('killed')))
  expect(new Set(killed).size).toBe(3)
})

describe('the report', () => {
  const missed = { missedVotes: 3, missedBlocks: 1, expectedVotes: 32 }
  const figures = new Observations().figures(missed)
  const step = { slot: 4, seconds: 12, slotsToFinality: 5, figures }
  const report: AcceptanceReport = {
    nodes: 4,
    validators: 8,
    steps: [
      { ...step, name: 'node 1 is killed' },
      { ...step, name: 'the network is cut', failure: 'expected <slot 9> finalized\nlog' },
      { ...step, name: 'the disk is full', notRun: 'unshare: "no"' },
    ],
    whole: figures,
    offences: [],
    samples: [],
  }

  it('as a table says which steps failed, and which the machine could not do', () => {
    const lines = tableOf(report).split('\n')
    expect(new Set(lines.slice(0, 6).map((line) => line.length)).size).toBe(1)
    expect(lines[2]).toMatch(/^\| 4 +\| node 1 is killed +\| 5 slots +\|.*\| 3 of 32 +\| 1 +\| 0 +\|/)
    expect(lines[3]).toContain('| **never** ')
    expect(lines[4]).toContain('| **not run** ')
    expect(lines.at(-2)).toBe('**Not run**: the disk is full: unshare: "no"')
    expect(lines.at(-1)).toBe('Nobody signed two things for a slot.')
    expect(tableOf({ ...report, offences: ['two votes'] })).toMatch(/\ntwo votes$/)
  })

  it('as JUnit has a case for each step and one for signatures', () => {
    const text = junitOf({ ...report, offences: ['two votes'] })
    expect(text).toContain('<testsuite name="trine acceptance" tests="4" failures="2" skipped="1">')
    expect(text).toContain('<skipped message="unshare: &quot;no&quot;"/></testcase>')
    expect(text).toContain('<failure>expected &lt;slot 9&gt; finalized\nlog</failure>')
    expect(text).toContain('<failure>two votes</failure>')
  })
})
