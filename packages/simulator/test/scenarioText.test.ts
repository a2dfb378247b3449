import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SCENARIO, writeScenario } from '../src/index.ts'
import { anyScenario, scenarioOf } from './support/scenarios.ts'

describe('a scenario as text', () => {
  it('reads back the same, whatever it is', () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        expect(scenarioOf(writeScenario(scenario))).toEqual(scenario)
      }),
      { numRuns: 300 },
    )
  })

  const folder = new URL('../../../test/scenarios/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

  it.each(files)('reads back the same: %s', (file) => {
    const scenario = scenarioOf(readFileSync(new URL(file, folder), 'utf8'))
    expect(scenarioOf(writeScenario(scenario))).toEqual(scenario)
  })

  it('is short: what is usual is left out', () => {
    const text = writeScenario({
      ...DEFAULT_SCENARIO,
      faults: [
        {
          kind: 'crash',
          nodes: [1, 2],
          wipe: false,
          from: { slot: 4, interval: 0 },
          to: { slot: 6, interval: 3 },
        },
      ],
    })
    expect(text).toBe(
      [
        'name: four nodes',
        'seed: 0',
        'nodes: 4',
        'validators: 8',
        'slots: 32',
        'signatures: devnet',
        'faults:',
        '  - { kind: crash, nodes: [ 1, 2 ], from: 4, to: 6.3 }',
        '',
      ].join('\n'),
    )
  })
})
