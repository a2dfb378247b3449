import { readFileSync } from 'node:fs'
import { checkSettings, describeSettingsError, type SettingsResult } from '@trine/settings'
import {
  type Moment,
  parseMoment,
  parseScenario,
  resolveScenario,
  type Scenario,
  type ScenarioInput,
  scenarioFields,
} from '@trine/simulator'
import { UserError } from '../userError.ts'

export type SimulateCommandOptions = {
  seed?: string
  nodes?: string
  validators?: string
  slots?: string
  signatures?: string
  json?: string
  junit?: string
  html?: string
  quiet?: boolean
  shrink?: string | true
  shrinkRuns?: string
  shrinkSeconds?: string
  journal?: string
  resume?: string
  until?: string
  node?: string
  inspect?: boolean
  exportVector?: string
}

/** Options that have no meaning for a run that is over. */
const RUN_OPTIONS = [
  'seed',
  'nodes',
  'validators',
  'slots',
  'signatures',
  'junit',
  'html',
  'shrink',
  'journal',
] as const

/** Refuses options that do not go together. */
export function checkOptions(file: string | undefined, options: SimulateCommandOptions): void {
  shrinkLimits(options)
  if (options.resume === undefined) {
    for (const name of ['until', 'inspect'] as const) {
      if (options[name] !== undefined) throw new UserError(`--${name}: expected --resume FILE beside it`)
    }
    if (options.node !== undefined && options.exportVector === undefined) {
      throw new UserError('--node: expected --resume FILE or --export-vector FILE beside it')
    }
    return
  }
  if (file !== undefined) {
    throw new UserError(`--resume: expected no scenario beside it, since the journal holds one, got ${file}`)
  }
  const other = RUN_OPTIONS.find((name) => options[name] !== undefined)
  if (other !== undefined) throw new UserError(`--resume: expected no --${other} beside it`)
}

/** The scenario of a file with what the command line says over it. Throws UserError for anything wrong. */
export function scenarioOf(file: string | undefined, options: SimulateCommandOptions): Scenario {
  const fromFile = file === undefined ? {} : unwrap(file, parseScenario(readText(file)))
  const fromOptions = unwrap(
    'trine simulate',
    checkSettings<ScenarioInput>(overrides(options), scenarioFields),
  )
  return unwrap(file ?? 'trine simulate', resolveScenario(fromFile, fromOptions))
}

/** Index of a node of the scenario; undefined when none was asked for. */
export function nodeOf(text: string | undefined, { nodes }: Scenario): number | undefined {
  if (text === undefined) return undefined
  const node = wholeNumberOf('--node', text)
  if (node >= nodes) throw new UserError(`--node: expected a number from 0 to ${nodes - 1}, got ${text}`)
  return node
}

/** A moment within the scenario; undefined when none was asked for. */
export function momentOf(text: string | undefined, { slots }: Scenario): Moment | undefined {
  if (text === undefined) return undefined
  const moment = parseMoment(text)
  if (moment === undefined || moment.slot >= slots) {
    throw new UserError(`--until: expected SLOT.INTERVAL from 0.0 to ${slots - 1}.3, got ${text}`)
  }
  return moment
}

const USUAL_SHRINK_RUNS = '400'
const USUAL_SHRINK_SECONDS = '300'

/** How long to look for a smaller scenario, at most. */
export function shrinkLimits({ shrinkRuns, shrinkSeconds }: SimulateCommandOptions): {
  readonly runs: number
  readonly seconds: number
} {
  return {
    runs: wholeNumberOf('--shrink-runs', shrinkRuns ?? USUAL_SHRINK_RUNS),
    seconds: wholeNumberOf('--shrink-seconds', shrinkSeconds ?? USUAL_SHRINK_SECONDS),
  }
}

function wholeNumberOf(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UserError(`${option}: expected a whole number, got ${text}`)
  return Number(text)
}

function overrides({ seed, nodes, validators, slots, signatures }: SimulateCommandOptions): object {
  const numbers = { nodes, validators, slots }
  const given = Object.entries(numbers).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, numberOf(text)]],
  )
  return {
    ...Object.fromEntries(given),
    ...(seed !== undefined && { seed }),
    ...(signatures !== undefined && { signatures }),
  }
}

/** A number where the text is one; else the text itself, for the message of the check. */
function numberOf(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`${file}: expected a readable scenario file (${(error as Error).message})`)
  }
}

function unwrap<T>(source: string, result: SettingsResult<T>): T {
  if (!result.ok) throw new UserError(describeSettingsError(source, result.error))
  return result.value
}
