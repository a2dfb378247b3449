import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createRun,
  drawTree,
  frameAt,
  Recorder,
  type Recording,
  type Scenario,
  ZERO_HASH,
} from '../src/index.ts'
import { layoutTree } from '../src/picture/tree.ts'
import { anyScenario, withChanges } from './randomScenario.ts'

function record(scenario: Scenario): Recording {
  const run = createRun(scenario)
  const recorder = new Recorder(
    run,
    Array.from({ length: scenario.stakers }, (_, staker) => staker),
  )
  while (run.step()) recorder.addStep()
  return recorder.finish()
}

describe('a recording', () => {
  it('gives back what every staker held after every step', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const recording = record(scenario)
        const hashOf = (block: number): string => recording.blocks[block]?.hash ?? ZERO_HASH
        const run = createRun(scenario)
        while (run.step()) {
          for (let staker = 0; staker < scenario.stakers; staker++) {
            const frame = frameAt(recording, staker, run.stepsDone - 1)
            const { head, justified, finalized, safeTarget, knownVotes, newVotes } = run.status(staker)
            expect([frame.head, frame.justified, frame.finalized, frame.safeTarget].map(hashOf)).toEqual([
              head,
              justified,
              finalized,
              safeTarget ?? ZERO_HASH,
            ])
            expect([frame.knownVotes, frame.newVotes]).toEqual([knownVotes, newVotes])
            expect(frame.blocks.map(hashOf)).toEqual(run.blocksOf(staker).map(({ hash }) => hash))
            const votes = run.latestVotesOf(staker)
            expect(frame.votes.map(({ voter, slot, head }) => [voter, slot, hashOf(head)])).toEqual(
              votes.map(({ staker, slot, head }) => [staker, slot, head]),
            )
          }
        }
      }),
      { numRuns: 25 },
    )
  })
})

/** The Python program's placement, word for word recursive. */
function naiveColumns(recording: Recording, blocks: readonly number[]): Map<number, number> {
  const columns = new Map<number, number>()
  let next = 0
  const place = (block: number): number => {
    const children = blocks
      .filter((child) => recording.blocks[child]!.parent === block)
      .sort((left, right) => (recording.blocks[left]!.hash < recording.blocks[right]!.hash ? -1 : 1))
    const own = children.map(place)
    const column = own.length === 0 ? next++ : own.reduce((sum, x) => sum + x, 0) / own.length
    columns.set(block, column)
    return column
  }
  place(0)
  return columns
}

describe('the tree', () => {
  const recording = record(
    withChanges({ seed: 5n, latency: { factor: 4, exponent: 2, until: 1000, after: 2 } }),
  )
  const frame = frameAt(recording, 3, 700)

  it('is placed as the Python plot places it', () => {
    const { columns, leaves } = layoutTree(recording, frame, 0)
    const expected = naiveColumns(recording, frame.blocks)
    expect(leaves).toBeGreaterThan(5)
    expect(columns.size).toBe(frame.blocks.length)
    for (const [block, column] of columns)
      expect(column, `block ${block}`).toBeCloseTo(expected.get(block)!, 9)
  })

  it('shows all known blocks and votes, and marks head, justified, finalized', () => {
    const svg = drawTree(recording, frame, 0, '')
    expect(svg.match(/<g class="node /g)).toHaveLength(frame.blocks.length)
    expect(svg.match(/<g class="vote"/g)).toHaveLength(frame.votes.length)
    for (const role of ['head', 'justified', 'finalized'] as const) {
      expect(svg).toMatch(new RegExp(`class="node ${role}[^"]*" data-block="${frame[role]}"`))
    }
  })

  it('can be cut to its latest slots', () => {
    const last = Math.max(...frame.blocks.map((block) => recording.blocks[block]!.slot))
    const { columns, firstSlot } = layoutTree(recording, frame, 6)
    expect(firstSlot).toBe(last - 5)
    expect([...columns.keys()].sort((left, right) => left - right)).toEqual(
      frame.blocks
        .filter((block) => recording.blocks[block]!.slot >= firstSlot)
        .sort((left, right) => left - right),
    )
  })

  it('is well formed markup', () => {
    for (const text of [drawTree(recording, frame, 0, 'svg{color:red}')]) {
      const open: string[] = []
      for (const [, slash, name, selfClosing] of text.matchAll(/<(\/?)([a-zA-Z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
        if (slash === '/') expect(open.pop()).toBe(name)
        else if (selfClosing !== '/') open.push(name!)
      }
      expect(open).toEqual([])
    }
  })
})
