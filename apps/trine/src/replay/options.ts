import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import {
  checkScenario,
  parseScenario,
  resolveScenario,
  type Scenario,
  type ScenarioInput,
} from '@trine/mini3sf'
import { UserError } from '../userError.ts'

/** The options of `trine replay` as commander hands them over. */
export type ReplayOptions = {
  readonly seed?: string
  readonly stakers?: string
  readonly steps?: string
  readonly slotDuration?: string
  readonly latency?: string
  readonly scenario?: string
  readonly digest?: true
  readonly json?: string
  readonly seeds?: string
  readonly svg?: string
  readonly html?: string
  readonly at?: string
  readonly views?: string
  readonly window?: string
  readonly compare?: readonly string[]
  readonly against?: string
}

const MAX_SCENARIO_BYTES = 1_000_000

/** The scenario of a file (or the default one) with the command line's own settings over it. */
export function scenarioOf(options: ReplayOptions, file = options.scenario): Scenario {
  const inputs = file === undefined ? [] : [readScenarioFile(file)]
  const resolved = resolveScenario(...inputs, commandLineInput(options))
  if (resolved.ok) return resolved.value
  throw new UserError(`${file ?? 'scenario'}: ${resolved.error.field}: ${resolved.error.message}`)
}

/** Refuses what `--against` cannot do. */
export function checkProtocol(protocol: string, { slotDuration }: Scenario): void {
  if (protocol !== 'devnet1') throw new UserError(`--against: expected devnet1, got "${protocol}"`)
  if (slotDuration >= 4) return
  throw new UserError(`--against devnet1: expected a slot duration of at least 4 steps, got ${slotDuration}`)
}

/** A text file that is not absurdly large. */
export function readTextFile(path: string, maximumBytes: number): string {
  try {
    const { size } = statSync(path)
    if (size > maximumBytes) {
      throw new UserError(`${path}: expected at most ${maximumBytes} bytes, it has ${size}`)
    }
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${path}: cannot be read (${(error as Error).message})`)
  }
}

/** A list of staker indices like `0,3,7` or `0..4`. */
export function stakerList(flag: string, text: string, stakers: number): number[] {
  const wrong = `${flag}: expected staker indices from 0 to ${stakers - 1} like 0,3,7 or 0..4, got "${text}"`
  const indices = text.split(',').flatMap((part) => {
    const [, first, last] = /^(\d{1,4})(?:\.\.(\d{1,4}))?$/.exec(part) ?? []
    if (first === undefined) throw new UserError(wrong)
    const length = Number(last ?? first) - Number(first) + 1
    return Array.from({ length: Math.max(0, length) }, (_, index) => Number(first) + index)
  })
  if (indices.length === 0 || indices.some((index) => index >= stakers)) throw new UserError(wrong)
  return [...new Set(indices)]
}

function readScenarioFile(path: string): ScenarioInput {
  const parsed = parseScenario(readTextFile(path, MAX_SCENARIO_BYTES))
  if (!parsed.ok) {
    const { field, message } = parsed.error
    throw new UserError(`${path}: ${field === '' ? '' : `${field}: `}${message}`)
  }
  return { name: basename(path), ...parsed.value }
}

/** `--seed` and its like as a scenario of their own, checked by the same rules as a file. */
function commandLineInput(options: ReplayOptions): ScenarioInput {
  const given: Record<string, unknown> = {}
  for (const name of ['seed', 'stakers', 'steps', 'slotDuration'] as const) {
    if (options[name] !== undefined)
      given[name] = name === 'seed' ? options[name] : numberOrText(options[name])
  }
  if (options.latency !== undefined) given['latency'] = latencyInput(options.latency)
  const checked = checkScenario(given)
  if (checked.ok) return checked.value
  const [option = '', ...inner] = checked.error.field.split('.')
  const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw new UserError(`${[flag, ...inner].join(' ')}: ${checked.error.message}`)
}

function latencyInput(text: string): Record<string, unknown> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(part) ?? []
      if (name === undefined || value === undefined) {
        const example = 'factor=2.5,exponent=3,until=667,after=1'
        throw new UserError(`--latency: expected settings like ${example}, got "${part}" in "${text}"`)
      }
      return [name, numberOrText(value)]
    }),
  )
}

/** A number where the text is one; other text stays as it is, to be shown in the error. */
function numberOrText(text: string): number | string {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text
}
