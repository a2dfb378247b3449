import {
  choice,
  fields,
  flag,
  indices,
  list,
  parseSettings,
  realNumber,
  refuseSettings,
  type SettingsResult,
  text,
  wholeNumber,
} from '@trine/settings'
import { GOOD_LINK, type LinkConditions } from '@trine/transport-memory'
import { z } from 'zod'
import { momentField } from './moment.ts'
import {
  type Expectation,
  type Fault,
  MAX_NODES,
  MAX_SLOTS,
  type Scenario,
  SIGNATURE_MODES,
  TOPOLOGIES,
  WHAT,
} from './scenario.ts'

const nodes = indices(MAX_NODES, 'node indices')
const seed = z
  .union([z.string(), z.number()], { error: 'a number or a text' })
  .transform((value) => String(value))
  .refine((value) => value.length <= 200, { error: 'a seed of at most 200 characters' })

const linkShape = {
  latency: fields({
    minimum: realNumber(0, 600_000).optional(),
    maximum: realNumber(0, 600_000).optional(),
    skew: wholeNumber(1, 16).optional(),
  }).optional(),
  loss: realNumber(0, 1).optional(),
  duplication: realNumber(0, 1).optional(),
  reordering: realNumber(0, 1).optional(),
  bytesPerSecond: realNumber(1, 1e12).optional(),
}

const span = { from: momentField.optional(), to: momentField.optional() }
const what = choice(WHAT).optional()
const FAULT_KINDS = [
  'partition',
  'link',
  'crash',
  'skew',
  'silent',
  'late',
  'withhold',
  'equivocate',
  'stranger',
  'archive',
] as const satisfies readonly Fault['kind'][]

const fault = z.discriminatedUnion(
  'kind',
  [
    fields({ kind: z.literal('partition'), groups: list(nodes, 'groups of nodes'), ...span }),
    fields({ kind: z.literal('link'), between: nodes, and: nodes.optional(), ...linkShape, ...span }),
    fields({ kind: z.literal('crash'), nodes, wipe: flag().optional(), ...span }),
    fields({ kind: z.literal('skew'), nodes, milliseconds: realNumber(-1e9, 1e9), ...span }),
    fields({ kind: z.literal('silent'), nodes, what, ...span }),
    fields({ kind: z.literal('late'), nodes, what, milliseconds: realNumber(0, 1e9), ...span }),
    fields({ kind: z.literal('withhold'), nodes, what, ...span }),
    fields({ kind: z.literal('equivocate'), nodes, what, ...span }),
    fields({ kind: z.literal('stranger'), ...span }),
    fields({ kind: z.literal('archive'), ...span }),
  ],
  { error: `a fault whose kind is one of ${FAULT_KINDS.join(', ')}` },
)

const slot = wholeNumber(0, MAX_SLOTS)
const expectation = fields({
  at: momentField.optional(),
  everAfter: flag().optional(),
  finalizedWithin: slot.optional(),
  finalizedAtLeast: slot.optional(),
  finalizedAtMost: slot.optional(),
  headAtLeast: slot.optional(),
  sameHead: flag().optional(),
  reorgDepthAtMost: slot.optional(),
  evidenceAtLeast: slot.optional(),
})

/** The fields of a scenario with their types and ranges. */
export const scenarioFields = fields({
  name: text(200).optional(),
  description: text(2000).optional(),
  seed: seed.optional(),
  nodes: wholeNumber(1, MAX_NODES).optional(),
  validators: wholeNumber(1, 4096).optional(),
  slots: wholeNumber(1, MAX_SLOTS).optional(),
  signatures: choice(SIGNATURE_MODES).optional(),
  topology: choice(TOPOLOGIES).optional(),
  degree: wholeNumber(1, MAX_NODES).optional(),
  gossip: choice(['mesh', 'direct'] as const).optional(),
  link: fields(linkShape).optional(),
  costs: fields({
    sign: realNumber(0, 60_000).optional(),
    verify: realNumber(0, 60_000).optional(),
  }).optional(),
  faults: list(fault, 'faults').optional(),
  expectations: list(expectation, 'expectations').optional(),
})

/** A scenario as written in a file or on the command line: everything may be left out. */
export type ScenarioInput = z.output<typeof scenarioFields>

/** What `trine simulate` runs without a file. */
export const DEFAULT_SCENARIO: Scenario = {
  name: 'four nodes',
  description: 'Four nodes with two validators each on good links; nothing goes wrong.',
  seed: '0',
  nodes: 4,
  validators: 8,
  slots: 32,
  signatures: 'devnet',
  topology: 'full',
  degree: 4,
  gossip: 'mesh',
  link: GOOD_LINK,
  costs: { sign: 1, verify: 0.2 },
  faults: [],
  expectations: [],
}

/** Reads the YAML text of a scenario file; how its parts fit together is checked by `resolveScenario`. */
export function parseScenario(yaml: string): SettingsResult<ScenarioInput> {
  return parseSettings<ScenarioInput>(yaml, scenarioFields)
}

/** The complete scenario from inputs (a later one overrides an earlier one) over the defaults. */
export function resolveScenario(...inputs: readonly ScenarioInput[]): SettingsResult<Scenario> {
  const input = Object.assign({}, ...inputs.map(defined)) as ScenarioInput
  const scenario: Scenario = {
    ...DEFAULT_SCENARIO,
    ...(defined({
      ...input,
      link: undefined,
      costs: undefined,
      faults: undefined,
      expectations: undefined,
    }) as object),
    link: mergeLink(GOOD_LINK, input.link),
    costs: { ...DEFAULT_SCENARIO.costs, ...(defined(input.costs ?? {}) as Partial<Scenario['costs']>) },
    faults: (input.faults ?? []).map((entry) => resolveFault(entry)),
    expectations: (input.expectations ?? []).map(resolveExpectation),
  }
  return checkTogether(scenario)
}

type FaultInput = NonNullable<ScenarioInput['faults']>[number]
type LinkInput = NonNullable<ScenarioInput['link']>

function resolveFault(entry: FaultInput): Fault {
  const whole = { from: entry.from ?? { slot: 0, interval: 0 }, to: entry.to }
  switch (entry.kind) {
    case 'partition':
      return { kind: entry.kind, groups: entry.groups, ...whole }
    case 'link': {
      const { kind, between, and, from: _, to: __, ...changes } = entry
      return { kind, between, and: and ?? [], changes: linkChanges(changes), ...whole }
    }
    case 'crash':
      return { kind: entry.kind, nodes: entry.nodes, wipe: entry.wipe ?? false, ...whole }
    case 'skew':
      return { kind: entry.kind, nodes: entry.nodes, milliseconds: entry.milliseconds, ...whole }
    case 'late': {
      const { kind, milliseconds: delay } = entry
      return { kind, nodes: entry.nodes, what: entry.what ?? 'both', milliseconds: delay, ...whole }
    }
    case 'silent':
    case 'withhold':
    case 'equivocate':
      return { kind: entry.kind, nodes: entry.nodes, what: entry.what ?? 'both', ...whole }
    case 'stranger':
    case 'archive':
      return { kind: entry.kind, ...whole }
  }
}

function linkChanges(input: LinkInput): Partial<LinkConditions> {
  const { latency, ...rest } = defined(input) as LinkInput
  return {
    ...(rest as Partial<LinkConditions>),
    ...(latency && { latency: { ...GOOD_LINK.latency, ...defined(latency) } as LinkConditions['latency'] }),
  }
}

function mergeLink(base: LinkConditions, input: LinkInput | undefined): LinkConditions {
  return { ...base, ...(input && linkChanges(input)) }
}

function resolveExpectation(input: NonNullable<ScenarioInput['expectations']>[number]): Expectation {
  return {
    at: input.at,
    everAfter: input.everAfter ?? false,
    finalizedWithin: input.finalizedWithin,
    finalizedAtLeast: input.finalizedAtLeast,
    finalizedAtMost: input.finalizedAtMost,
    headAtLeast: input.headAtLeast,
    sameHead: input.sameHead,
    reorgDepthAtMost: input.reorgDepthAtMost,
    evidenceAtLeast: input.evidenceAtLeast,
  }
}

/** Without the fields that are undefined, so that spreading it overrides nothing by accident. */
function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>
}

function checkTogether(scenario: Scenario): SettingsResult<Scenario> {
  const { nodes: count, link } = scenario
  const refuse = (field: string, message: string) => refuseSettings('invalid-field', field, message)
  if (link.latency.maximum < link.latency.minimum) {
    return refuse(
      'link.latency.maximum',
      `expected at least the minimum ${link.latency.minimum}, got ${link.latency.maximum}`,
    )
  }
  for (const [index, entry] of scenario.faults.entries()) {
    const place = `faults[${index}]`
    const unknown = nodesOf(entry).find((node) => node >= count)
    if (unknown !== undefined)
      return refuse(place, `expected node indices from 0 to ${count - 1}, got ${unknown}`)
    const { from, to } = entry
    const isEmpty = to !== undefined && to.slot * 4 + to.interval <= from.slot * 4 + from.interval
    if (isEmpty) {
      return refuse(
        `${place}.to`,
        `expected a moment after ${from.slot}.${from.interval}, got ${to.slot}.${to.interval}`,
      )
    }
    if (entry.kind === 'partition') {
      const all = entry.groups.flat()
      const twice = all.find((node, position) => all.indexOf(node) !== position)
      if (twice !== undefined) {
        return refuse(`${place}.groups`, `expected every node in one group at most, got ${twice} in two`)
      }
    }
    if (
      entry.kind === 'link' &&
      entry.changes.latency &&
      entry.changes.latency.maximum < entry.changes.latency.minimum
    ) {
      const { minimum, maximum } = entry.changes.latency
      return refuse(`${place}.latency.maximum`, `expected at least the minimum ${minimum}, got ${maximum}`)
    }
  }
  return { ok: true, value: scenario }
}

/** Every node that a fault names. */
export function nodesOf(entry: Fault): readonly number[] {
  switch (entry.kind) {
    case 'partition':
      return entry.groups.flat()
    case 'link':
      return [...entry.between, ...entry.and]
    case 'stranger':
    case 'archive':
      return []
    default:
      return entry.nodes
  }
}
