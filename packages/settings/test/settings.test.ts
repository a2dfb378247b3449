import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { z } from 'zod'
import {
  choice,
  describeSettingsError,
  fields,
  flag,
  indices,
  list,
  parseSettings,
  realNumber,
  text,
  wholeNumber,
} from '../src/index.ts'

const schema = fields({
  name: text(5).optional(),
  nodes: wholeNumber(1, 10).optional(),
  loss: realNumber(0, 1).optional(),
  kind: choice(['crash', 'delay']).optional(),
  isOn: flag().optional(),
  faults: list(fields({ node: wholeNumber(0, 9) }), 'faults').optional(),
  group: indices(8, 'node indices').optional(),
})

function outcomeOf(yaml: string): unknown {
  const outcome = parseSettings(yaml, schema)
  return outcome.ok ? outcome.value : describeSettingsError('f.yaml', outcome.error)
}

it('reads what fits', () => {
  expect(outcomeOf('')).toEqual({})
  expect(outcomeOf('nodes: 4\nloss: 0.5\nkind: crash\nisOn: true\nfaults: [{node: 3}]')).toEqual({
    nodes: 4,
    loss: 0.5,
    kind: 'crash',
    isOn: true,
    faults: [{ node: 3 }],
  })
  expect(outcomeOf('group: 3')).toEqual({ group: [3] })
  expect(outcomeOf('group: 1..3')).toEqual({ group: [1, 2, 3] })
})

it.each([
  ['nodes: 0', 'f.yaml: nodes: expected a whole number from 1 to 10, got 0'],
  ['nodes: four', 'f.yaml: nodes: expected a whole number from 1 to 10, got "four"'],
  ['loss: 1.5', 'f.yaml: loss: expected a number from 0 to 1, got 1.5'],
  ['kind: burn', 'f.yaml: kind: expected one of crash, delay, got "burn"'],
  ['isOn: 1', 'f.yaml: isOn: expected true or false, got 1'],
  ['name: too long', 'f.yaml: name: expected a text of at most 5 characters, got "too long"'],
  ['faults: [{node: 3}, {node: 10}]', 'f.yaml: faults[1].node: expected a whole number from 0 to 9, got 10'],
  ['faults: [{}]', 'f.yaml: faults[0].node: expected a whole number from 0 to 9, got nothing'],
  ['faults: [{node: 1, at: 2}]', 'f.yaml: faults[0].at: unknown field, expected one of node'],
  ['faults: 3', 'f.yaml: faults: expected a list of faults, got 3'],
  ['group: 9', 'f.yaml: group[0]: expected a whole number from 0 to 7, got 9'],
  ['- 1', expect.stringMatching(/^f\.yaml: expected a mapping with fields among name, .*, got \[1\]$/)],
  ['a: [', expect.stringMatching(/^f\.yaml: expected YAML: /)],
  ['a: &a [*a]', expect.stringContaining('f.yaml: ')],
])('refuses %s in one line', (yaml, expected) => {
  expect(outcomeOf(yaml)).toEqual(expected)
})

it('never throws, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.jsonValue().map((value) => stringify(value)),
      ),
      (yaml) => {
        const outcome = parseSettings(yaml, z.union([schema, list(schema, 'settings')]))
        expect(outcome.ok || outcome.error.message.length > 0).toBe(true)
      },
    ),
    { numRuns: 2000 },
  )
})
