import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { DEFAULT_SCENARIO, type Scenario, type Span } from './scenario.ts'
import { type ScenarioInput, scenarioFields } from './scenarioFields.ts'

/** Why a scenario was refused. `field` is empty when the text as a whole is wrong. */
export type ScenarioError = {
  readonly code: 'invalid-yaml' | 'invalid-field' | 'unknown-field'
  readonly field: string
  /** What was expected and what came instead. */
  readonly message: string
}

export type ScenarioResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ScenarioError }

/** Reads the YAML text of a scenario file; ranges of single fields are checked, not yet how they fit together. */
export function parseScenario(text: string): ScenarioResult<ScenarioInput> {
  let content: unknown
  try {
    const document = parseDocument(text)
    if (document.errors[0]) throw document.errors[0]
    content = document.toJS() ?? {}
  } catch (error) {
    const message = (error as Error).message.split('\n')[0] ?? ''
    return refuse('invalid-yaml', '', `expected YAML: ${message.replace(/:$/, '')}`)
  }
  return checkScenario(content)
}

/** Checks the fields of a scenario from any source. */
export function checkScenario(content: unknown): ScenarioResult<ScenarioInput> {
  const checked = scenarioFields.safeParse(content)
  if (checked.success) return { ok: true, value: checked.data }
  return describeIssue(checked.error.issues[0]!, content)
}

/** The complete scenario from inputs (a later one overrides an earlier one) over the defaults. */
export function resolveScenario(...inputs: readonly ScenarioInput[]): ScenarioResult<Scenario> {
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

function checkTogether(scenario: Scenario): ScenarioResult<Scenario> {
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
      return refuse(
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
    return refuse('invalid-field', `partitions[${index}].groups`, message)
  }
  for (const [kind, spans] of Object.entries({ offline, partitions, faults })) {
    const index = spans.findIndex((span) => span.from >= span.to)
    const span = spans[index]
    if (span === undefined) continue
    const message = `expected a clock above from (${span.from}), got ${span.to}`
    return refuse('invalid-field', `${kind}[${index}].to`, message)
  }
  return { ok: true, value: scenario }
}

function describeIssue(issue: z.core.$ZodIssue, content: unknown): ScenarioResult<never> {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = unknown === undefined ? issue.path : [...issue.path, unknown]
  const field = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
  if (unknown !== undefined) return refuse('unknown-field', field, `unknown field, expected ${issue.message}`)
  let value = content
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part]
  return refuse('invalid-field', field, `expected ${issue.message}, got ${shown(value)}`)
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}

function refuse(code: ScenarioError['code'], field: string, message: string): ScenarioResult<never> {
  return { ok: false, error: { code, field, message } }
}
