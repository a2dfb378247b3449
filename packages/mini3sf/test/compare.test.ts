import { expect, it } from 'vitest'
import {
  compareSources,
  createRun,
  DEFAULT_SCENARIO,
  differingSettings,
  plainScenario,
  recordedSource,
  recordsHead,
  recordsTail,
  type Scenario,
  sourceOfRun,
  stepRecord,
} from '../src/index.ts'
import { withChanges } from './randomScenario.ts'

const source = (changes: Partial<Scenario>) => sourceOfRun(createRun(withChanges({ steps: 300, ...changes })))

function recorded(changes: Partial<Scenario>): unknown {
  const run = createRun(withChanges({ steps: 300, ...changes }))
  let text = recordsHead(run)
  while (run.step()) text += stepRecord(run)
  return JSON.parse(text + recordsTail(run))
}

it('equal runs have no difference', () => {
  const comparison = compareSources(source({}), source({}))
  expect(comparison).toMatchObject({ steps: 300, first: undefined, firstSteps: {}, lengths: [300, 300] })
})

it('a recorded run is the run', () => {
  const read = recordedSource(recorded({}))
  if (!read.ok) throw new Error(read.error.message)
  expect(compareSources(source({}), read.value).first).toBeUndefined()
  expect(differingSettings(source({}).scenario, read.value.scenario)).toEqual([])
})

it('what is no recorded run is refused by the name of the field', () => {
  const run = recorded({ steps: 2 }) as { steps: { stakers: Record<string, unknown>[] }[] }
  run.steps[1]!.stakers[3]!['head'] = 'abc'
  expect(recordedSource(run)).toMatchObject({
    ok: false,
    error: { field: 'steps.1.stakers.3.head', message: 'expected a recorded run: 64 hex digits' },
  })
})

it('names the first step that differs, and everything that differs there', () => {
  const offline = [{ stakers: [4], from: 100, to: 150 }]
  const { first, firstSteps } = compareSources(source({}), source({ offline }))
  const [plain, changed] = [{}, { offline }].map((changes) => createRun(withChanges(changes)))
  const step = first!.step
  for (let done = 0; done < step; done++) {
    plain!.step()
    changed!.step()
    for (let staker = 0; staker < 10; staker++) expect(plain!.status(staker)).toEqual(changed!.status(staker))
  }
  plain!.step()
  changed!.step()
  const differing = Array.from({ length: 10 }, (_, staker) => staker).filter(
    (staker) => JSON.stringify(plain!.status(staker)) !== JSON.stringify(changed!.status(staker)),
  )
  expect([...new Set(first!.differences.map(({ staker }) => staker))]).toEqual(differing)
  expect(Math.min(...Object.values(firstSteps))).toBe(step)
})

it('runs of different size are compared as far as both go', () => {
  const comparison = compareSources(source({}), source({ steps: 200 }))
  expect(comparison).toMatchObject({ steps: 200, lengths: [300, 200], first: undefined })
  expect(compareSources(source({}), source({ stakers: 4 })).stakers).toEqual([10, 4])
})

it('settings that differ are listed by path', () => {
  const left = plainScenario(DEFAULT_SCENARIO)
  const right = plainScenario(
    withChanges({
      seed: 5n,
      latency: { ...DEFAULT_SCENARIO.latency, factor: 3 },
      offline: [{ stakers: [1], from: 3, to: Number.MAX_SAFE_INTEGER }],
    }),
  )
  expect(differingSettings(left, right)).toEqual([
    { setting: 'seed', left: '0', right: '5' },
    { setting: 'latency.factor', left: '2.5', right: '3' },
    { setting: 'offline', left: '[]', right: '[{"stakers":[1],"from":3}]' },
  ])
})
