import { stringifyJson } from '@trine/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import { runConformance } from '../src/conformance/conformance.ts'
import { loadRunners } from '../src/conformance/runners.ts'
import { forkChoice, randomVectors, recording, VectorCopies } from './support/vectorCopies.ts'

const runners = await loadRunners()

const transition = (name: string) =>
  vectorsPath('devnet1/official/state_transition/devnet/state_transition/test_block_processing', name)

let copies: VectorCopies
beforeEach(() => {
  copies = new VectorCopies()
})
afterEach(() => copies.remove())

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
      randomVectors('ssz.json'),
      ['cases', 0, 'ssz'],
      half,
      /cases\[0\] \w+: ssz: \w+: expected/,
    ],
    [
      'a value that differs',
      randomVectors('ssz.json'),
      ['cases', 0, 'value', 'slot'],
      plusOne,
      /decoded value\.slot: expected 2, got 1$/,
    ],
    [
      'a type that it does not know',
      randomVectors('ssz.json'),
      ['cases', 0, 'type'],
      () => 'Colour',
      /type: expected one of/,
    ],

    [
      'a root that differs',
      randomVectors('chain-01.json'),
      ['steps', 2, 'postStateRoot'],
      strange,
      /steps\[2\]: postStateRoot: expected/,
    ],
    [
      'a finalized slot that differs',
      randomVectors('chain-01.json'),
      ['steps', 2, 'finalizedSlot'],
      plusOne,
      /steps\[2\]: finalizedSlot: expected 1, got 0/,
    ],
    [
      'a last state that differs',
      randomVectors('chain-01.json'),
      ['finalState'],
      half,
      /finalState: finalState: expected/,
    ],
    [
      'a first state that is none',
      randomVectors('chain-01.json'),
      ['genesisState'],
      half,
      /the file itself: genesisState: State: expected/,
    ],

    [
      'a store that differs',
      randomVectors('forkchoice-01.json'),
      ['steps', 5, 'store', 'head'],
      strange,
      /steps\[5\]: store\.head: expected/,
    ],
    [
      'a latest vote too many',
      randomVectors('forkchoice-01.json'),
      ['steps', 0, 'store', 'known', '7'],
      strange,
      /steps\[0\]: store\.known\.7: expected "0x0+", got nothing/,
    ],
    [
      'a part of the store that it does not know',
      randomVectors('forkchoice-01.json'),
      ['steps', 0, 'store', 'colour'],
      () => 1,
      /steps\[0\]: store: .*colour/,
    ],
    [
      'a step whose validity differs',
      randomVectors('forkchoice-01.json'),
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
