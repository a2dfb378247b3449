import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import { difference } from '../src/conformance/runner.ts'
import { type RunOptions, trine } from './support/trine.ts'
import { forkChoice, randomVectors, recording, VectorCopies } from './support/vectorCopies.ts'

let copies: VectorCopies
beforeEach(() => {
  copies = new VectorCopies()
})
afterEach(() => copies.remove())

const conformance = (args: readonly string[], options?: RunOptions) =>
  trine(['conformance', ...args], options)

describe('the command', () => {
  it('passes on vectors and says how many', async () => {
    const { exitCode, stdout, stderr } = await conformance([vectorsPath('devnet1', 'random'), forkChoice])
    expect(stderr).toBe('')
    const [kinds, counts] = stdout.trimEnd().split('\n').slice(-2)
    expect(kinds).toBe('18 files, chain 374, forkchoice 2631, ssz 64, fork_choice 1')
    expect(counts).toBe('3070 passed, 0 failed')
    expect(exitCode).toBe(0)
  })

  it('reports a case that differs with the expected and the actual value, exit 1', async () => {
    const path = copies.changed(randomVectors('ssz.json'), ['cases', 3, 'root'], () => `0x${'ab'.repeat(32)}`)
    const { exitCode, stdout, stderr } = await conformance([copies.folder])
    const [line] = stdout.split('\n')
    expect(line).toContain(
      `FAIL ${path} > cases[3] BlockHeader: root: expected "0x${'ab'.repeat(32)}", got "0x`,
    )
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('63 passed, 1 failed')
    expect(stderr).toBe('')
    expect(exitCode).toBe(1)
  })

  it('names a file that no runner knows, runs the others, exit 2', async () => {
    const unknown = copies.write('unknown.json', '{"hello": 1}')
    const { exitCode, stdout, stderr } = await conformance([copies.folder, randomVectors('chain-00.json')])
    expect(stderr).toContain(`trine: ${unknown}: expected a file of one of the kinds state_transition, `)
    expect(stderr.trimEnd()).toMatch(/; no runner knows it$/)
    expect(stdout).toMatch(/^\d+ passed, 0 failed$/m)
    expect(exitCode).toBe(2)
  })

  it.each([
    [
      'a path that is not there',
      () => join(copies.folder, 'missing'),
      /expected a readable file or folder .*ENOENT/,
    ],
    ['a folder without vectors', () => copies.folder, /expected at least one vector file, found none/],
    [
      'JSON that is cut off',
      () => copies.write('cut.json', '{"cases": ['),
      /cut\.json: JSON: expected JSON text, got/,
    ],
    [
      'a link to nowhere',
      () => link('nowhere.json', 'missing'),
      /expected a readable file or folder .*ENOENT/,
    ],
    ['a link in a circle', () => link('circle', 'circle'), /expected a readable file or folder .*ELOOP/],
    ['no path at all', () => undefined, /missing required argument 'path'/],
  ])('says in one line what is wrong with %s, exit 2', async (_what, make, message) => {
    const path = make()
    const { exitCode, stderr } = await conformance(path === undefined ? [] : [path])
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(exitCode).toBe(2)
  })

  it('prints one report for machines with --json', async () => {
    const path = copies.changed(randomVectors('chain-00.json'), ['steps', 1, 'postStateRoot'], () => '0x00')
    const { exitCode, stdout } = await conformance(['--json', path, vectorsPath('devnet1', 'real')])
    expect(JSON.parse(stdout)).toMatchObject({
      files: 3,
      passed: 132,
      failures: [
        { file: path, name: 'steps[1]', failure: expect.stringContaining('expected "0x00", got "0x') },
      ],
      notes: [{ name: 'SignedBlockWithAttestation in ssz3112' }],
      unusable: [],
      casesByKind: { chain: 2, recording: 130, 'signed ssz': 1 },
    })
    expect(exitCode).toBe(1)
  })

  it('follows links, passes over prose, and holds no more than one file in memory', async () => {
    const folder = join(copies.folder, 'nested', 'deeper')
    mkdirSync(folder, { recursive: true })
    copies.write('README.md', '# prose')
    for (let index = 0; index < 40; index++) symlinkSync(recording, join(folder, `${index}.json`))
    const { exitCode, stdout } = await conformance([copies.folder], {
      nodeOptions: ['--max-old-space-size=40'],
    })
    // All of them together are larger than that.
    expect(stdout).toMatch(/^40 files, recording \d+$/m)
    expect(exitCode).toBe(0)
  })
})

function link(name: string, target: string): string {
  symlinkSync(join(copies.folder, target), join(copies.folder, name))
  return join(copies.folder, name)
}

describe('difference', () => {
  it.each([
    [{ a: [1, { b: 2n }] }, { a: [1, { b: 2n }] }, undefined],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, undefined],
    [{ a: 1, b: undefined }, { a: 1 }, undefined],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, 'it.a[1].b: expected 2, got 3'],
    [{ a: 1 }, { a: 1, b: 2 }, 'it.b: expected nothing, got 2'],
    [[1, 2], [1], 'it: expected [1,2], got [1]'],
    [[], {}, 'it: expected [], got {}'],
    [null, {}, 'it: expected null, got {}'],
    [2n ** 64n, 1, 'it: expected 18446744073709551616, got 1'],
    [1, '1', 'it: expected 1, got "1"'],
    ['x'.repeat(300), '', `it: expected "${'x'.repeat(199)}... (302 characters), got ""`],
  ])('of two values, %#', (expected, actual, text) => {
    expect(difference('it', expected, actual)).toBe(text)
  })
})
