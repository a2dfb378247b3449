import { describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import { runConformance } from '../src/conformance/conformance.ts'
import { loadRunners } from '../src/conformance/runners.ts'

const runners = await loadRunners()

describe('devnet-1 vectors', () => {
  it.each([
    ['official/state_transition', { state_transition: 13 }],
    ['official/fork_choice', { fork_choice: 26 }],
    ['official-2025-12/state_transition', { state_transition: 13 }],
    ['official-2025-12/fork_choice', { fork_choice: 26 }],
    ['random', { ssz: 64, chain: 374, forkchoice: 2631 }],
    ['real', { recording: 129, 'signed ssz': 1 }],
  ])('%s', async (folder, casesByKind) => {
    const report = await runConformance([vectorsPath('devnet1', folder)], runners)
    expect(report.failures).toEqual([])
    expect(report.unusable).toEqual([])
    // More vectors may come; fewer would be a runner that stopped looking.
    for (const [kind, cases] of Object.entries(casesByKind)) {
      expect(report.casesByKind[kind], kind).toBeGreaterThanOrEqual(cases)
    }
  })

  it('blocks of the fixtures are rejected for the reason that the fixture gives', async () => {
    const { notes } = await runConformance([vectorsPath('devnet1', 'official', 'state_transition')], runners)
    expect(notes.map(({ note }) => note.replace(/: expected.*/, '')).sort()).toEqual([
      'rejected for "Block parent root mismatch" with PARENT_ROOT_MISMATCH',
      'rejected for "Incorrect block proposer" with WRONG_PROPOSER',
      'rejected for "Invalid block state root" with STATE_ROOT_MISMATCH',
    ])
  })

  it('the root of a block that zeam sent is told', async () => {
    const { notes } = await runConformance([vectorsPath('devnet1', 'real')], runners)
    expect(notes.map(({ name, note }) => `${name}: ${note}`)).toEqual([
      'SignedBlockWithAttestation in ssz3112: slot 14, proposer 0, 1 attestations, 2 signatures, ' +
        'block root 0x89ee181d1cd5b2c43f1320f9b299b83d2684f7dde9e12da61c05fa7b119675f4',
    ])
  })
})
