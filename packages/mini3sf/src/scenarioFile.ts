import { checkSettings, parseSettings, refuseSettings, type SettingsResult } from '@trine/settings'
import { DEFAULT_SCENARIO, type Scenario, type Span } from './scenario.ts'
import { type ScenarioInput, scenarioFields } from './scenarioFields.ts'

/** Reads the YAML text of a scenario file; ranges of single fields are checked, not yet how they fit together. */
export function parseScenario(text: string): SettingsResult<ScenarioInput> {
  return parseSettings<ScenarioInput>(text, scenarioFields)
}

/** Checks the fields of a scenario from any source. */
export function checkScenario(content: unknown): SettingsResult<ScenarioInput> {
  return checkSettings<ScenarioInput>(content, scenarioFields)
}

/** The complete scenario from inputs (a later one overrides an earlier one) over the defaults. */
export function resolveScenario(...inputs: readonly ScenarioInput[]): SettingsResult<Scenario> {
  const input = inputs.reduce<ScenarioInput>(merge, {})
  const slotDuration = input.slotDuration ?? DEFAULT_SCENARIO.slotDuration
  const latency = { ...DEFAULT_SCENARIO.latency, ...defined(input.latency) }
  const scenario: Scenario = {
    name: input.name ?? DEFAULT_SCENARIO.name,
    seed: input.seed ?? DEFAULT_SCENARIO.seed,
    stakers: input.stakers ?? DEFAULT_SCENARIO.stakers,
    steps: input.steps ?? DEFAULT_SCENARIO.steps,
    slotDuration,
    latency,
    links: (input.links ?? []).map(({ from, to, ...own }) => ({
      from,
      to,
      latency: { ...latency, ...defined(own) },
    })),
    rules: { ...DEFAULT_SCENARIO.rules, ...defined(input.rules) },
    offline: (input.offline ?? []).map(({ stakers, ...span }) => ({ stakers, ...fullSpan(span) })),
    partitions: (input.partitions ?? []).map(({ groups, ...span }) => ({ groups, ...fullSpan(span) })),
    faults: (input.faults ?? []).map(({ staker, kind, what, delay, ...span }) => ({
      staker,
      kind,
      what: what ?? 'both',
      delay: delay ?? slotDuration,
      ...fullSpan(span),
    })),
  }
  return checkTogether(scenario)
}

function merge(base: ScenarioInput, override: ScenarioInput): ScenarioInput {
  const merged = { ...base, ...defined(override) }
  if (base.latency) merged.latency = { ...base.latency, ...defined(override.latency) }
  if (base.rules) merged.rules = { ...base.rules, ...defined(override.rules) }
  return merged
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Without the fields that are undefined, so that spreading it overrides nothing by accident. */
function defined<T extends object>(value: T | undefined): Defined<T> {
  const entries = Object.entries(value ?? {}).filter(([, entry]) => entry !== undefined)
  return Object.fromEntries(entries) as Defined<T>
}

/** A span left open begins at 0 and never ends. */
function fullSpan(span: { from?: number | undefined; to?: number | undefined }): Span {
  return { from: span.from ?? 0, to: span.to ?? Number.MAX_SAFE_INTEGER }
}

function checkTogether(scenario: Scenario): SettingsResult<Scenario> {
  const { stakers, links, offline, partitions, faults } = scenario
  const mentioned: (readonly [string, readonly number[]])[] = [
    ...links.flatMap(({ from, to }, index) => [
      [`links[${index}].from`, from] as const,
      [`links[${index}].to`, to] as const,
    ]),
    ...offline.map((span, index) => [`offline[${index}].stakers`, span.stakers] as const),
    ...partitions.map(({ groups }, index) => [`partitions[${index}].groups`, groups.flat()] as const),
    ...faults.map(({ staker }, index) => [`faults[${index}].staker`, [staker]] as const),
  ]
  for (const [field, indices] of mentioned) {
    const unknown = indices.find((index) => index >= stakers)
    if (unknown !== undefined) {
      return refuseSettings(
        'invalid-field',
        field,
        `expected staker indices from 0 to ${stakers - 1}, got ${unknown}`,
      )
    }
  }
  for (const [index, { groups }] of partitions.entries()) {
    const all = groups.flat()
    const twice = all.find((staker, position) => all.indexOf(staker) !== position)
    if (twice === undefined) continue
    const message = `expected every staker in one group at most, got ${twice} in two`
    return refuseSettings('invalid-field', `partitions[${index}].groups`, message)
  }
  for (const [kind, spans] of Object.entries({ offline, partitions, faults })) {
    const index = spans.findIndex((span) => span.from >= span.to)
    const span = spans[index]
    if (span === undefined) continue
    const message = `expected a clock above from (${span.from}), got ${span.to}`
    return refuseSettings('invalid-field', `${kind}[${index}].to`, message)
  }
  return { ok: true, value: scenario }
}
