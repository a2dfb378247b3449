import type { SettingsResult } from '@trine/settings'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SCENARIO, parseScenario, resolveScenario, type Scenario } from '../src/index.ts'

function scenarioOf(...texts: string[]): SettingsResult<Scenario> {
  const inputs = []
  for (const text of texts) {
    const parsed = parseScenario(text)
    if (!parsed.ok) return parsed
    inputs.push(parsed.value)
  }
  return resolveScenario(...inputs)
}

describe('a scenario file', () => {
  it('that is empty is the default', () => {
    expect(scenarioOf('')).toEqual({ ok: true, value: DEFAULT_SCENARIO })
  })

  it('may set everything', () => {
    const text = `
name: all of it
seed: "-123456789012345678901234567890"
stakers: 6
steps: 90
slotDuration: 8
latency: {factor: 1.5, until: 40}
links:
  - {from: 0, to: [1, 2], after: 5}
rules: {threshold: 3/4, comparison: at-least, backoff: squares, immediate: 2}
offline:
  - {stakers: 1..3, from: 5, to: 9}
partitions:
  - {groups: [0..2, [3, 4]], from: 10}
faults:
  - {staker: 5, kind: withhold, what: blocks, delay: 3, to: 70}
  - {staker: 4, kind: equivocate}
`
    const latency = { factor: 1.5, exponent: 3, until: 40, after: 1 }
    const never = Number.MAX_SAFE_INTEGER
    expect(scenarioOf(text)).toEqual({
      ok: true,
      value: {
        name: 'all of it',
        seed: -123456789012345678901234567890n,
        stakers: 6,
        steps: 90,
        slotDuration: 8,
        latency,
        links: [{ from: [0], to: [1, 2], latency: { ...latency, after: 5 } }],
        rules: {
          ...DEFAULT_SCENARIO.rules,
          threshold: { numerator: 3, denominator: 4 },
          comparison: 'at-least',
          backoff: 'squares',
          immediate: 2,
        },
        offline: [{ stakers: [1, 2, 3], from: 5, to: 9 }],
        partitions: [
          {
            groups: [
              [0, 1, 2],
              [3, 4],
            ],
            from: 10,
            to: never,
          },
        ],
        faults: [
          { staker: 5, kind: 'withhold', what: 'blocks', delay: 3, from: 0, to: 70 },
          { staker: 4, kind: 'equivocate', what: 'both', delay: 8, from: 0, to: never },
        ],
      },
    })
  })

  it('takes the rules of devnet-1 by name', () => {
    const resolved = scenarioOf('rules: devnet-1')
    expect(resolved.ok && resolved.value.rules).toEqual({
      ...DEFAULT_SCENARIO.rules,
      comparison: 'at-least',
      safeTarget: 'ceil',
      justifiedTargets: 'skip',
    })
  })

  it('is overridden field by field by what comes after it', () => {
    const resolved = scenarioOf('seed: 3\nlatency: {factor: 9, after: 4}', 'latency: {factor: 1}')
    expect(resolved.ok && [resolved.value.seed, resolved.value.latency]).toEqual([
      3n,
      { factor: 1, exponent: 3, until: 667, after: 4 },
    ])
  })
})

describe('a wrong scenario file names the field and what is expected', () => {
  const seed = 'expected an integer of at most 4300 digits (in quotes beyond 2^53)'
  it.each([
    ['seed: 1.5', 'seed', `${seed}, got 1.5`],
    ['seed: soon', 'seed', `${seed}, got "soon"`],
    ['seed: 12345678901234567890', 'seed', `${seed}, got 12345678901234567000`],
    ['stakers: 0', 'stakers', 'expected a whole number from 1 to 4096, got 0'],
    ['steps: 2.5', 'steps', 'expected a whole number from 1 to 1000000, got 2.5'],
    ['steps: .nan', 'steps', 'expected a whole number from 1 to 1000000, got NaN'],
    ['slotDuration: -1', 'slotDuration', 'expected a whole number from 1 to 1000000, got -1'],
    ['latency: {factor: -1}', 'latency.factor', 'expected a number from 0 to 1000000, got -1'],
    ['latency: {speed: 2}', 'latency.speed', 'unknown field, expected one of factor, exponent, until, after'],
    ['latency: 3', 'latency', 'expected a mapping with fields among factor, exponent, until, after, got 3'],
    [
      'rules: devnet-7',
      'rules',
      'expected original, devnet-1 or a mapping with fields among threshold, comparison, safeTarget, justifiedTargets, immediate, backoff, got "devnet-7"',
    ],
    [
      'rules: {threshold: 4/3}',
      'rules.threshold',
      'expected a fraction above 0 and up to 1 like 2/3, got "4/3"',
    ],
    [
      'rules: {backoff: cubes}',
      'rules.backoff',
      'expected one of squares-and-oblongs, squares, powers-of-two, every-slot, got "cubes"',
    ],
    ['faults: [{kind: withhold}]', 'faults[0].staker', 'expected a whole number from 0 to 4095, got nothing'],
    ['faults: [{staker: 1, kind: lie}]', 'faults[0].kind', 'expected one of withhold, equivocate, got "lie"'],
    ['offline: [{stakers: [a]}]', 'offline[0].stakers[0]', 'expected a whole number from 0 to 4095, got "a"'],
    [
      'offline: [{stakers: 5..2}]',
      'offline[0].stakers',
      'expected a list of staker indices, an index or a range like 0..4, got "5..2"',
    ],
    ['offline: [{stakers: 8..10}]', 'offline[0].stakers', 'expected staker indices from 0 to 9, got 10'],
    ['links: [{from: 1, to: 12}]', 'links[0].to', 'expected staker indices from 0 to 9, got 12'],
    ['offline: [{stakers: 1, from: 5, to: 5}]', 'offline[0].to', 'expected a clock above from (5), got 5'],
    [
      'partitions: [{groups: [0..4, 4..6]}]',
      'partitions[0].groups',
      'expected every staker in one group at most, got 4 in two',
    ],
    [
      'colour: red',
      'colour',
      'unknown field, expected one of name, seed, stakers, steps, slotDuration, latency, links, rules, offline, partitions, faults',
    ],
  ])('%s', (text, field, message) => {
    const resolved = scenarioOf(text)
    expect(resolved.ok ? resolved : { field: resolved.error.field, message: resolved.error.message }).toEqual(
      {
        field,
        message,
      },
    )
  })

  it('and the place where the text is not YAML', () => {
    expect(scenarioOf('steps: 3\nlinks: [')).toMatchObject({
      ok: false,
      error: {
        code: 'invalid-yaml',
        field: '',
        message: expect.stringMatching(/^expected YAML: .* at line 2, column \d+$/),
      },
    })
  })
})

it('no text makes the reader throw', () => {
  const words = [
    'seed',
    'latency',
    'links',
    'stakers',
    ':',
    ' ',
    '\n',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a',
    '*a',
    '0..9',
    '"',
    '|',
    '!!',
    '1',
    '-',
    ',',
  ]
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.constantFrom(...words)).map((parts) => parts.join('')),
      ),
      (text) => {
        const parsed = parseScenario(text)
        if (parsed.ok) resolveScenario(parsed.value)
      },
    ),
    { numRuns: 500 },
  )
  for (const bomb of ['['.repeat(200_000), '{a: '.repeat(50_000), `a: &a [1]\n${'b: [*a,*a]\n'.repeat(3)}`]) {
    expect(parseScenario(bomb).ok).toBe(false)
  }
})
