import { describe, expect, it } from 'vitest'
import { check, dueAt } from '../src/expectations.ts'
import type { Expectation } from '../src/index.ts'
import { type FakeNode, fakeNode } from './support/nodes.ts'
import { scenarioOf } from './support/scenarios.ts'

const NOW = { slot: 30, interval: 1 }

function expectationOf(yaml: string): Expectation {
  return scenarioOf(`expectations: [{ ${yaml} }]`).expectations[0]!
}

function problemsOf(yaml: string, ...nodes: FakeNode[]): [string, string][] {
  const all = nodes.map((node, index) => fakeNode({ index, ...node }))
  return check(expectationOf(yaml), all, NOW).map(({ kind, message }) => [kind, message])
}

describe('an expectation', () => {
  const due = (yaml: string, slot: number, interval: number, isEnd = false) =>
    dueAt([expectationOf(yaml)], { slot, interval }, isEnd).length === 1

  it('without a moment is due at the end', () => {
    expect(due('sameHead: true', 30, 3, true)).toBe(true)
    expect(due('sameHead: true', 30, 3)).toBe(false)
    expect(due('sameHead: true, everAfter: true', 30, 0)).toBe(false)
  })

  it('is due at its moment', () => {
    expect(due('at: 12.2, sameHead: true', 12, 2)).toBe(true)
    expect(due('at: 12.2, sameHead: true', 12, 3)).toBe(false)
    expect(due('at: 12.2, sameHead: true', 13, 2, true)).toBe(false)
  })

  it('for ever after is due at its moment, and whenever a later slot begins', () => {
    const yaml = 'at: 12.2, everAfter: true, sameHead: true'
    const moments = [
      [12, 0],
      [12, 2],
      [12, 3],
      [13, 0],
      [13, 1],
      [99, 0],
    ] as const
    expect(moments.map(([slot, interval]) => due(yaml, slot, interval))).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ])
  })

  it.each([
    ['finalizedAtLeast: 9', { finalizedSlot: 9 }, { finalizedSlot: 8 }, 'finalized slot >= 9, got 8'],
    ['finalizedAtMost: 9', { finalizedSlot: 9 }, { finalizedSlot: 10 }, 'finalized slot <= 9, got 10'],
    ['headAtLeast: 9', { headSlot: 9 }, { headSlot: 8 }, 'head slot >= 9, got 8'],
    [
      'finalizedWithin: 4',
      { headSlot: 9, finalizedSlot: 5 },
      { headSlot: 9, finalizedSlot: 4 },
      'slots from finalized to head <= 4, got 5',
    ],
    [
      'reorgDepthAtMost: 1',
      { counts: { deepestReorg: 1 } },
      { counts: { deepestReorg: 2 } },
      'depth of the deepest reorg <= 1, got 2',
    ],
    ['evidenceAtLeast: 1', { counts: { evidence: 1 } }, {}, 'pieces of evidence >= 1, got 0'],
  ] as [string, FakeNode, FakeNode, string][])('%s', (yaml, good, bad, message) => {
    const kind = yaml.split(':')[0]!
    expect(problemsOf(yaml, good, good)).toEqual([])
    expect(problemsOf(yaml, good, bad)).toEqual([[kind, `node 1: expected ${message}`]])
    // Of those that lie or do not run nothing is expected.
    expect(problemsOf(yaml, good, { ...bad, isAdversary: true }, { ...bad, isRunning: false })).toEqual([])
  })

  it('of one head', () => {
    expect(problemsOf('sameHead: true', { headSlot: 9 }, { headSlot: 9 })).toEqual([])
    const message = 'expected one head, got 2 at 30.1'
    expect(problemsOf('sameHead: true', { headSlot: 9 }, { headSlot: 8 })).toEqual([['sameHead', message]])
  })

  it('is not met when nobody is there to meet it', () => {
    const nobody = [['nodeRunning', 'expected a node to be running, found none']]
    expect(problemsOf('sameHead: true', { isRunning: false })).toEqual(nobody)
    expect(problemsOf('finalizedAtMost: 9', { isAdversary: true })).toEqual(nobody)
  })
})
