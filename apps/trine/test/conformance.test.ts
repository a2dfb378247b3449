import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringifyJson } from '@trine/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import { runConformance } from '../src/conformance/conformance.ts'
import { difference } from '../src/conformance/runner.ts'
import { loadRunners } from '../src/conformance/runners.ts'
import { VectorCopies } from './support/vectorCopies.ts'

const bin = fileURLToPath(new URL('../bin/trine.js', import.meta.url))
const runners = await loadRunners()

const random = (name: string) => vectorsPath('devnet1', 'random', name)
const recording = vectorsPath('devnet1', 'real', 'ream-two-nodes.json')
const transition = (name: string) =>
  vectorsPath('devnet1/official/state_transition/devnet/state_transition/test_block_processing', name)
const forkChoice = vectorsPath(
  'devnet1/official/fork_choice/devnet/fc/test_attestation_processing/test_proposer_attestation_appears_in_latest_new.json',
)

let copies: VectorCopies
beforeEach(() => {
  copies = new VectorCopies()
})
afterEach(() => copies.remove())

type Outcome = { exitCode: number; stdout: string; stderr: string }

/** Runs the real command in a process of its own. */
function trine(args: readonly string[], nodeOptions: readonly string[] = []): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...nodeOptions, bin, 'conformance', ...args], (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr })
    })
  })
}

describe('the command', () => {
  it('passes on vectors and says how many', async () => {
    const { exitCode, stdout, stderr } = await trine([vectorsPath('devnet1', 'random'), forkChoice])
    expect(stderr).toBe('')
    const [kinds, counts] = stdout.trimEnd().split('\n').slice(-2)
    expect(kinds).toBe('18 files, chain 374, forkchoice 2631, ssz 64, fork_choice 1')
    expect(counts).toBe('3070 passed, 0 failed')
    expect(exitCode).toBe(0)
  })

  it('reports a case that differs with the expected and the actual value, exit 1', async () => {
    const path = copies.changed(random('ssz.json'), ['cases', 3, 'root'], () => `0x${'ab'.repeat(32)}`)
    const { exitCode, stdout, stderr } = await trine([copies.folder])
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
    const { exitCode, stdout, stderr } = await trine([copies.folder, random('chain-00.json')])
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
    const { exitCode, stderr } = await trine(path === undefined ? [] : [path])
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(exitCode).toBe(2)
  })

  it('prints one report for machines with --json', async () => {
    const path = copies.changed(random('chain-00.json'), ['steps', 1, 'postStateRoot'], () => '0x00')
    const { exitCode, stdout } = await trine(['--json', path, vectorsPath('devnet1', 'real')])
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
    const { exitCode, stdout } = await trine([copies.folder], ['--max-old-space-size=40'])
    // All of them together are larger than that.
    expect(stdout).toMatch(/^40 files, recording \d+$/m)
    expect(exitCode).toBe(0)
  })
})

function link(name: string, target: string): string {
  symlinkSync(join(copies.folder, target), join(copies.folder, name))
  return join(copies.folder, name)
}

describe('every kind notices', () => {
  const half = (text: unknown) => String(text).slice(0, -2)
  const flipped = (valid: unknown) => !valid
  const strange = () => `0x${'00'.repeat(32)}`
  const plusOne = (count: unknown) => Number(count) + 1
  const linear = transition('test_linear_chain_multiple_blocks.json')
  const parentRoot = transition('test_block_with_invalid_parent_root.json')

  const cases: [
    what: string,
    path: string,
    keys: (string | number)[],
    change: (value: unknown) => unknown,
    RegExp,
  ][] = [
    [
      'a post-state that differs',
      linear,
      ['*', 'post', 'slot'],
      plusOne,
      /post\.slot: expected \d+, got \d+$/,
    ],
    [
      'a check of a state that it does not know',
      linear,
      ['*', 'post', 'colour'],
      () => 'red',
      /post\.colour: expected a check that is known/,
    ],
    [
      'a block that should be valid',
      linear,
      ['*', 'blocks', 1, 'proposerIndex'],
      plusOne,
      /blocks\[1\]: expected to be valid, got WRONG_PROPOSER/,
    ],
    [
      'a fixture that expects a rejection in vain',
      linear,
      ['*', 'expectException'],
      () => 'AssertionError',
      /expected AssertionError, got all of them accepted/,
    ],
    [
      'a rejection for another reason',
      parentRoot,
      ['*', '_info', 'description'],
      () => 'AssertionError: "Incorrect block proposer"',
      /expected to be rejected with WRONG_PROPOSER .* got PARENT_ROOT_MISMATCH/,
    ],
    [
      'a rejection of another class',
      parentRoot,
      ['*', 'expectException'],
      () => 'IndexError',
      /expected to be rejected with SOURCE_SLOT_OUT_OF_RANGE or .* got PARENT_ROOT_MISMATCH/,
    ],
    [
      'a fixture with a field too many',
      linear,
      ['*', 'pre', 'colour'],
      () => 1,
      /pre: JSON: expected an object with .*, got also "colour"/,
    ],

    [
      'a head that differs',
      forkChoice,
      ['*', 'steps', 0, 'checks', 'headSlot'],
      plusOne,
      /steps\[0\]\.checks\.headSlot: expected 2, got 1$/,
    ],
    [
      'a vote that differs',
      forkChoice,
      ['*', 'steps', 0, 'checks', 'attestationChecks', 0, 'targetSlot'],
      plusOne,
      /attestationChecks: validator 1 \(new\)\.targetSlot: expected 2, got 1$/,
    ],
    [
      'a vote in the other lane',
      forkChoice,
      ['*', 'steps', 0, 'checks', 'attestationChecks', 0, 'location'],
      () => 'known',
      /validator 1 \(known\): expected a vote, got none/,
    ],
    [
      'a check of a vote that it does not know',
      forkChoice,
      ['*', 'steps', 0, 'checks', 'attestationChecks', 0, 'colour'],
      () => 1,
      /colour/,
    ],
    [
      'a check of a store that it does not know',
      forkChoice,
      ['*', 'steps', 0, 'checks', 'colour'],
      () => 1,
      /checks\.colour: expected a check that is known/,
    ],
    [
      'a step that should be rejected',
      forkChoice,
      ['*', 'steps', 0, 'valid'],
      () => false,
      /steps\[0\]: expected to be rejected, got accepted/,
    ],
    [
      'a kind of step that it does not know',
      forkChoice,
      ['*', 'steps', 0, 'stepType'],
      () => 'dance',
      /steps\[0\]\.stepType: /,
    ],
    [
      'an anchor that does not fit its state',
      forkChoice,
      ['*', 'anchorBlock', 'stateRoot'],
      strange,
      /anchor: ANCHOR_STATE_ROOT_MISMATCH/,
    ],

    [
      'SSZ that is cut off',
      random('ssz.json'),
      ['cases', 0, 'ssz'],
      half,
      /cases\[0\] \w+: ssz: \w+: expected/,
    ],
    [
      'a value that differs',
      random('ssz.json'),
      ['cases', 0, 'value', 'slot'],
      plusOne,
      /decoded value\.slot: expected 2, got 1$/,
    ],
    [
      'a type that it does not know',
      random('ssz.json'),
      ['cases', 0, 'type'],
      () => 'Colour',
      /type: expected one of/,
    ],

    [
      'a root that differs',
      random('chain-01.json'),
      ['steps', 2, 'postStateRoot'],
      strange,
      /steps\[2\]: postStateRoot: expected/,
    ],
    [
      'a finalized slot that differs',
      random('chain-01.json'),
      ['steps', 2, 'finalizedSlot'],
      plusOne,
      /steps\[2\]: finalizedSlot: expected 1, got 0/,
    ],
    [
      'a last state that differs',
      random('chain-01.json'),
      ['finalState'],
      half,
      /finalState: finalState: expected/,
    ],
    [
      'a first state that is none',
      random('chain-01.json'),
      ['genesisState'],
      half,
      /the file itself: genesisState: State: expected/,
    ],

    [
      'a store that differs',
      random('forkchoice-01.json'),
      ['steps', 5, 'store', 'head'],
      strange,
      /steps\[5\]: store\.head: expected/,
    ],
    [
      'a latest vote too many',
      random('forkchoice-01.json'),
      ['steps', 0, 'store', 'known', '7'],
      strange,
      /steps\[0\]: store\.known\.7: expected "0x0+", got nothing/,
    ],
    [
      'a part of the store that it does not know',
      random('forkchoice-01.json'),
      ['steps', 0, 'store', 'colour'],
      () => 1,
      /steps\[0\]: store: .*colour/,
    ],
    [
      'a step whose validity differs',
      random('forkchoice-01.json'),
      ['steps', 0, 'valid'],
      flipped,
      /steps\[0\]: \w+: expected to be rejected/,
    ],

    ['a genesis that differs', recording, ['genesisTime'], plusOne, /genesis: genesisStateRoot: expected/],
    [
      'a message id that differs',
      recording,
      ['messages', 1, 'messageId'],
      () => '00',
      /messages\[1\] block of slot 1: messageId: expected "00", got "[0-9a-f]{40}"/,
    ],
    [
      'a recorded block that differs',
      recording,
      ['messages', 1, 'justifiedSlot'],
      plusOne,
      /block\.justifiedSlot: expected 1, got 0/,
    ],
    [
      'a recorded vote that differs',
      recording,
      ['messages', 0, 'attestationRoot'],
      strange,
      /messages\[0\] attestation of slot 0: attestation\.attestationRoot: expected/,
    ],
    [
      'two validators with one key',
      recording,
      ['publicKeys'],
      (keys) => [...(keys as string[]), (keys as string[])[1]],
      /publicKeys: DUPLICATE_PUBLIC_KEY: validators 1 and 3/,
    ],
    [
      'a key that is too short',
      recording,
      ['publicKeys', 1],
      half,
      /publicKeys\[1\]: ByteVector\[52\]: expected 52 to 52 bytes, got 51$/,
    ],
  ]

  it.each(cases)('%s', async (_what, path, keys, change, message) => {
    const { failures } = await runConformance([copies.changed(path, keys, change)], runners)
    expect(
      failures.map(({ name, failure }) => `${name}: ${failure.replace(/ \(the steps after.*/, '')}`),
    ).toEqual([expect.stringMatching(message)])
  })

  it('a bare file that is no signed block or vote', async () => {
    const { failures } = await runConformance([copies.write('block.ssz', new Uint8Array(100))], runners)
    expect(failures).toMatchObject([
      {
        failure: expect.stringMatching(
          /expected one of these, got none: SignedBlockWithAttestation in padded: .* SignedAttestation in ssz: /,
        ),
      },
    ])
  })

  it('files that only look like vectors', async () => {
    for (const json of [
      { cases: [] },
      { steps: 1, genesisState: 2, finalState: 3 },
      { a: { _info: { fixtureFormat: 'fork_choice_test' } } },
    ]) {
      const path = copies.write('strange.json', stringifyJson(json))
      const { failures, unusable } = await runConformance([path], runners)
      expect(failures.length + unusable.length).toBe(1)
    }
  })
})

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
