import { readFileSync } from 'node:fs'
import { checkSettings, describeSettingsError, type SettingsResult } from '@trine/settings'
import {
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
  quiet?: boolean
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
