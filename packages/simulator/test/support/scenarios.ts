import fc from 'fast-check'
import { parseScenario, resolveScenario, type Scenario, type ScenarioInput } from '../../src/index.ts'

/** The scenario that a YAML text says; throws when it is refused. */
export function scenarioOf(yaml: string): Scenario {
  const input = parseScenario(yaml)
  const scenario = input.ok ? resolveScenario(input.value) : input
  if (!scenario.ok) throw new Error(`${scenario.error.field}: ${scenario.error.message}`)
  return scenario.value
}

/** Why a YAML text is no scenario: the field and what is said about it; undefined when it is one. */
export function refusalOf(yaml: string): string | undefined {
  const input = parseScenario(yaml)
  const scenario = input.ok ? resolveScenario(input.value) : input
  return scenario.ok ? undefined : `${scenario.error.field}: ${scenario.error.message}`
}

const NODES = 7
const nodes = fc.uniqueArray(fc.nat(NODES - 1), { minLength: 1, maxLength: NODES })
const what = fc.constantFrom('blocks' as const, 'votes' as const, 'both' as const)
const milliseconds = fc.oneof(fc.nat(100_000), fc.double({ min: 0, max: 1e6, noNaN: true }))

const moment = fc.record({ slot: fc.nat(300), interval: fc.nat(3) })

/** A span that is not empty. */
const span = fc
  .tuple(moment, fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }))
  .map(([from, length]) => {
    const end = from.slot * 4 + from.interval + (length ?? 0)
    const to = length === undefined ? undefined : { slot: Math.floor(end / 4), interval: end % 4 }
    return { from, to }
  })

const share = fc.double({ min: 0, max: 1, noNaN: true })
const link = fc.record(
  {
    latency: fc
      .tuple(milliseconds, milliseconds, fc.integer({ min: 1, max: 16 }))
      .map(([minimum, more, skew]) => ({ minimum: minimum / 4, maximum: (minimum + more) / 4, skew })),
    loss: share,
    duplication: share,
    reordering: share,
    bytesPerSecond: fc.double({ min: 1, max: 1e12, noNaN: true }),
  },
  { requiredKeys: [] },
)

const fault = fc
  .tuple(
    fc.oneof(
      fc
        .tuple(nodes, fc.nat(NODES))
        .map(([all, cut]) => ({ kind: 'partition' as const, groups: [all.slice(0, cut), all.slice(cut)] })),
      fc
        .tuple(nodes, fc.option(nodes, { nil: undefined }), link)
        .map(([between, and, changes]) => ({ kind: 'link' as const, between, and, ...changes })),
      fc.record({ kind: fc.constant('crash' as const), nodes, wipe: fc.boolean() }),
      fc.record({
        kind: fc.constant('skew' as const),
        nodes,
        milliseconds: fc.integer({ min: -5000, max: 5000 }),
      }),
      fc.record({ kind: fc.constant('silent' as const), nodes, what }),
      fc.record({ kind: fc.constant('late' as const), nodes, what, milliseconds }),
      fc.record({ kind: fc.constant('withhold' as const), nodes, what }),
      fc.record({ kind: fc.constant('equivocate' as const), nodes, what }),
      fc.record({ kind: fc.constant('stranger' as const) }),
      fc.record({ kind: fc.constant('archive' as const) }),
    ),
    span,
  )
  .map(([kind, whole]) => ({ ...kind, ...whole }))

const expectation = fc.record(
  {
    at: moment,
    everAfter: fc.boolean(),
    finalizedWithin: fc.nat(300),
    finalizedAtLeast: fc.nat(300),
    finalizedAtMost: fc.nat(300),
    headAtLeast: fc.nat(300),
    sameHead: fc.boolean(),
    reorgDepthAtMost: fc.nat(300),
    evidenceAtLeast: fc.nat(300),
  },
  { requiredKeys: [] },
)

/** What a scenario file can say, seven nodes and with anything left out. */
export const scenarioInput: fc.Arbitrary<ScenarioInput> = fc
  .record(
    {
      name: fc.string({ unit: 'grapheme', maxLength: 40 }),
      description: fc.string({ unit: 'grapheme', maxLength: 300 }),
      seed: fc.oneof(fc.nat().map(String), fc.string({ unit: 'grapheme', maxLength: 20 })),
      validators: fc.integer({ min: 1, max: 4096 }),
      slots: fc.integer({ min: 1, max: 262_144 }),
      signatures: fc.constantFrom('none' as const, 'test' as const, 'devnet' as const),
      topology: fc.constantFrom(
        'full' as const,
        'ring' as const,
        'line' as const,
        'star' as const,
        'random' as const,
      ),
      degree: fc.integer({ min: 1, max: 4096 }),
      gossip: fc.constantFrom('mesh' as const, 'direct' as const),
      link,
      costs: fc.record(
        { sign: fc.double({ min: 0, max: 1000, noNaN: true }), verify: fc.nat(100) },
        { requiredKeys: [] },
      ),
      faults: fc.array(fault, { maxLength: 5 }),
      expectations: fc.array(expectation, { maxLength: 4 }),
    },
    { requiredKeys: [] },
  )
  .map((input) => ({ ...input, nodes: NODES }) as ScenarioInput)

/** Complete scenarios of all kinds. */
export const anyScenario: fc.Arbitrary<Scenario> = scenarioInput.map((input) => {
  const scenario = resolveScenario(input)
  if (!scenario.ok) throw new Error(`${scenario.error.field}: ${scenario.error.message}`)
  return scenario.value
})
