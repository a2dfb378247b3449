import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SCENARIO, parseScenario, resolveScenario } from '../src/index.ts'
import { refusalOf, scenarioOf } from './support/scenarios.ts'

describe('a scenario file', () => {
  it('may say nothing at all', () => {
    expect(scenarioOf('')).toEqual(DEFAULT_SCENARIO)
  })

  it('says everything there is', () => {
    const scenario = scenarioOf(`
name: everything
description: all fields
seed: 17
nodes: 5
validators: 9
slots: 50
signatures: test
topology: random
degree: 3
gossip: direct
link: { latency: { minimum: 1, maximum: 20.5, skew: 2 }, loss: 0.1, duplication: 0.2, reordering: 0.3, bytesPerSecond: 1000 }
costs: { sign: 2, verify: 0.5 }
faults:
  - { kind: partition, groups: [0..2, [3, 4]], from: 3, to: 7.2 }
  - { kind: link, between: 1, and: [0, 2], loss: 0.5, latency: { maximum: 900 } }
  - { kind: link, between: [0], duplication: 1 }
  - { kind: crash, nodes: 1, wipe: true, to: 5 }
  - { kind: skew, nodes: 2, milliseconds: -250 }
  - { kind: silent, nodes: 3, what: votes }
  - { kind: late, nodes: 3, milliseconds: 700 }
  - { kind: withhold, nodes: 3, what: blocks }
  - { kind: equivocate, nodes: 0..4 }
  - { kind: stranger, from: 1.3 }
  - { kind: archive, to: 9 }
expectations:
  - { at: 12.3, everAfter: true, finalizedWithin: 4, finalizedAtLeast: 1, finalizedAtMost: 40 }
  - { headAtLeast: 30, sameHead: true, reorgDepthAtMost: 2, evidenceAtLeast: 1 }
`)
    const start = { from: { slot: 0, interval: 0 }, to: undefined }
    expect(scenario).toEqual({
      name: 'everything',
      description: 'all fields',
      seed: '17',
      nodes: 5,
      validators: 9,
      slots: 50,
      signatures: 'test',
      topology: 'random',
      degree: 3,
      gossip: 'direct',
      link: {
        latency: { minimum: 1, maximum: 20.5, skew: 2 },
        loss: 0.1,
        duplication: 0.2,
        reordering: 0.3,
        bytesPerSecond: 1000,
      },
      costs: { sign: 2, verify: 0.5 },
      faults: [
        {
          kind: 'partition',
          groups: [
            [0, 1, 2],
            [3, 4],
          ],
          from: { slot: 3, interval: 0 },
          to: { slot: 7, interval: 2 },
        },
        {
          kind: 'link',
          between: [1],
          and: [0, 2],
          changes: { loss: 0.5, latency: { minimum: 10, maximum: 900, skew: 1 } },
          ...start,
        },
        { kind: 'link', between: [0], and: [], changes: { duplication: 1 }, ...start },
        { kind: 'crash', nodes: [1], wipe: true, from: start.from, to: { slot: 5, interval: 0 } },
        { kind: 'skew', nodes: [2], milliseconds: -250, ...start },
        { kind: 'silent', nodes: [3], what: 'votes', ...start },
        { kind: 'late', nodes: [3], what: 'both', milliseconds: 700, ...start },
        { kind: 'withhold', nodes: [3], what: 'blocks', ...start },
        { kind: 'equivocate', nodes: [0, 1, 2, 3, 4], what: 'both', ...start },
        { kind: 'stranger', from: { slot: 1, interval: 3 }, to: undefined },
        { kind: 'archive', from: start.from, to: { slot: 9, interval: 0 } },
      ],
      expectations: [
        {
          at: { slot: 12, interval: 3 },
          everAfter: true,
          finalizedWithin: 4,
          finalizedAtLeast: 1,
          finalizedAtMost: 40,
        },
        {
          everAfter: false,
          headAtLeast: 30,
          sameHead: true,
          reorgDepthAtMost: 2,
          evidenceAtLeast: 1,
        },
      ],
    })
  })

  it('is overridden field by field by what comes later', () => {
    const file = parseScenario('{ nodes: 6, slots: 9, seed: a }')
    if (!file.ok) throw new Error('refused')
    const scenario = resolveScenario(file.value, { slots: 12 })
    expect(scenario).toMatchObject({ ok: true, value: { nodes: 6, slots: 12, seed: 'a', validators: 8 } })
  })

  const wrong: [string, string][] = [
    ['nodes: 0', 'nodes: expected a whole number from 1 to 4096, got 0'],
    ['nodes: 4097', 'nodes: expected a whole number from 1 to 4096, got 4097'],
    ['nodes: two', 'nodes: expected a whole number from 1 to 4096, got "two"'],
    ['validators: 1.5', 'validators: expected a whole number from 1 to 4096, got 1.5'],
    ['slots: 262145', 'slots: expected a whole number from 1 to 262144, got 262145'],
    ['signatures: xmss', 'signatures: expected one of none, test, devnet, got "xmss"'],
    ['topology: torus', 'topology: expected one of full, ring, line, star, random, got "torus"'],
    ['degree: 0', 'degree: expected a whole number from 1 to 4096, got 0'],
    ['gossip: loud', 'gossip: expected one of mesh, direct, got "loud"'],
    ['seed: [1]', 'seed: expected a number or a text, got [1]'],
    [`seed: ${'x'.repeat(201)}`, 'seed: expected a seed of at most 200 characters, got '],
    [`name: ${'x'.repeat(201)}`, 'name: expected a text of at most 200 characters, got '],
    ['link: { loss: 1.1 }', 'link.loss: expected a number from 0 to 1, got 1.1'],
    ['link: { bytesPerSecond: 0 }', 'link.bytesPerSecond: expected a number from 1 to 1000000000000, got 0'],
    ['link: { latency: { skew: 17 } }', 'link.latency.skew: expected a whole number from 1 to 16, got 17'],
    ['link: { latency: { minimum: 70 } }', 'link.latency.maximum: expected at least the minimum 70, got 60'],
    ['costs: { sign: -1 }', 'costs.sign: expected a number from 0 to 60000, got -1'],
    ['nods: 4', 'nods: unknown field, expected one of name, description, seed, nodes, '],
    ['link: { lost: 1 }', 'link.lost: unknown field, expected one of latency, loss, '],
    ['faults: crash', 'faults: expected a list of faults, got "crash"'],
    [
      'faults: [{ kind: quake }]',
      'faults[0].kind: expected a fault whose kind is one of partition, link, crash, ',
    ],
    ['faults: [{ kind: crash }]', 'faults[0].nodes: expected a list of node indices'],
    ['faults: [{ kind: crash, nodes: 4 }]', 'faults[0]: expected node indices from 0 to 3, got 4'],
    [
      'faults: [{ kind: partition, groups: [[0], [9]] }]',
      'faults[0]: expected node indices from 0 to 3, got 9',
    ],
    ['faults: [{ kind: link, between: 0, and: 5 }]', 'faults[0]: expected node indices from 0 to 3, got 5'],
    [
      'faults: [{ kind: partition, groups: [[0, 1], [1]] }]',
      'faults[0].groups: expected every node in one group at most, got 1 in two',
    ],
    [
      'faults: [{ kind: link, between: 0, latency: { minimum: 90, maximum: 80 } }]',
      'faults[0].latency.maximum: expected at least the minimum 90, got 80',
    ],
    [
      'faults: [{ kind: crash, nodes: 1, from: 4, to: 4 }]',
      'faults[0].to: expected a moment after 4.0, got 4.0',
    ],
    [
      'faults: [{ kind: crash, nodes: 1, from: 4.4 }]',
      'faults[0].from: expected a moment SLOT.INTERVAL like 12.3',
    ],
    [
      'faults: [{ kind: crash, nodes: 1, silent: 1 }]',
      'faults[0].silent: unknown field, expected one of kind, nodes, ',
    ],
    [
      'faults: [{ kind: late, nodes: 1 }]',
      'faults[0].milliseconds: expected a number from 0 to 1000000000, got nothing',
    ],
    [
      'faults: [{ kind: silent, nodes: 1, what: all }]',
      'faults[0].what: expected one of blocks, votes, both, got "all"',
    ],
    ['expectations: [{ at: soon }]', 'expectations[0].at: expected a moment SLOT.INTERVAL'],
    [
      'expectations: [{ finalisedWithin: 3 }]',
      'expectations[0].finalisedWithin: unknown field, expected one of at, ',
    ],
    ['expectations: [{ sameHead: 1 }]', 'expectations[0].sameHead: expected true or false, got 1'],
    ['- a list', ': expected a mapping with fields among name, '],
    ['nodes: [', ': expected YAML: '],
    ['name: &a [*a]', 'name: expected a text of at most 200 characters, got '],
  ]

  it.each(wrong)('is refused in one line: %s', (yaml, message) => {
    const refusal = refusalOf(yaml)
    expect(refusal).toContain(message)
    expect(refusal).not.toContain('\n')
    expect(refusal!.length).toBeLessThan(400)
  })

  it('never makes the reader throw, whatever it holds', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .tuple(fc.constantFrom('nodes', 'seed', 'link', 'faults', 'expectations'), fc.json())
        .map(([field, json]) => `${field}: ${json}`),
      fc.json().map((json) => `faults: [{ kind: partition, groups: ${json}, from: ${json} }]`),
    )
    fc.assert(
      fc.property(text, (yaml) => {
        const refusal = refusalOf(yaml)
        expect(refusal ?? '').not.toContain('\n')
      }),
      { numRuns: 500 },
    )
  })
})
