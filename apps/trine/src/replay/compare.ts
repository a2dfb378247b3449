import {
  COMPARED,
  COMPARED_SLOTS,
  type Compared,
  type ComparedSlot,
  type Comparison,
  compareSources,
  createRun,
  differingSettings,
  recordedSource,
  type StatusSource,
  sourceOfRun,
} from '@trine/mini3sf'
import { Progress } from '../progress.ts'
import { UserError } from '../userError.ts'
import { startNativeSha256 } from './nativeSha256.ts'
import { type ReplayOptions, readTextFile, scenarioOf } from './options.ts'

const MAX_RECORD_BYTES = 400_000_000
const SHOWN_DIFFERENCES = 20

const NAMES: Readonly<Record<Compared | ComparedSlot, string>> = {
  newVotes: 'votes waiting',
  knownVotes: 'votes known',
  chain: 'blocks known',
  head: 'head',
  safeTarget: 'safe target',
  justified: 'justified',
  finalized: 'finalized',
  headSlot: 'slot of head',
  justifiedSlot: 'slot justified',
  finalizedSlot: 'slot finalized',
}

/** Runs or reads two scenarios and prints where they first differ; exit code 1 when they do. */
export function replayComparison(options: ReplayOptions, files: readonly string[]): void {
  const [leftFile, rightFile] = files
  if (leftFile === undefined || rightFile === undefined || files.length !== 2) {
    throw new UserError(`--compare: expected two scenario files or recorded runs, got ${files.length}`)
  }
  const [left, right] = [sourceOf(options, leftFile), sourceOf(options, rightFile)]
  console.log(`A: ${leftFile}\nB: ${rightFile}`)
  const settings = differingSettings(left.scenario, right.scenario)
  if (settings.length > 0) console.log('Settings that differ (A | B):')
  for (const { setting, left, right } of settings) console.log(`  ${setting}: ${left} | ${right}`)

  const steps = Number(left.scenario['steps'])
  const progress = new Progress(process.stderr, steps)
  let step = 0
  const watched: StatusSource = {
    ...left,
    next: () => {
      progress.update(++step, `step ${step} of ${steps}`)
      return left.next()
    },
  }
  const comparison = compareSources(watched, right)
  progress.clear()
  const slotDuration = Number(left.scenario['slotDuration'])
  console.log(comparisonText(comparison, slotDuration))
  if (comparison.first !== undefined || !isSame(comparison.lengths) || !isSame(comparison.stakers))
    process.exitCode = 1
}

/** A comparison in words. */
function comparisonText(comparison: Comparison, slotDuration: number): string {
  const { first, firstSteps, steps, lengths, stakers, finalizedSlots } = comparison
  const lines: string[] = []
  if (!isSame(stakers))
    lines.push(`Stakers: ${stakers.join(' | ')}; those that only one has are not compared`)
  if (!isSame(lengths)) lines.push(`Steps: ${lengths.join(' | ')}; the first ${steps} are compared`)
  if (first === undefined) return [...lines, `No difference in ${steps} steps`].join('\n')

  lines.push(`First difference: ${stepText(first.step, slotDuration)} (A | B)`)
  for (const { staker, what, left, right } of first.differences.slice(0, SHOWN_DIFFERENCES)) {
    lines.push(`  staker ${staker}: ${NAMES[what]} ${left} | ${right}`)
  }
  const more = first.differences.length - SHOWN_DIFFERENCES
  if (more > 0) lines.push(`  ... and ${more} more`)
  lines.push('First step at which any staker differs in its')
  for (const what of [...COMPARED, ...COMPARED_SLOTS]) {
    const step = firstSteps[what]
    lines.push(`  ${NAMES[what].padEnd(16)}${step === undefined ? 'never' : stepText(step, slotDuration)}`)
  }
  lines.push(`Highest finalized slot at the end: ${finalizedSlots.join(' | ')}`)
  return lines.join('\n')
}

function stepText(step: number, slotDuration: number): string {
  const clock = step + 1
  return `step ${step} (slot ${Math.floor(clock / slotDuration) + 2}, time ${clock % slotDuration} of ${slotDuration})`
}

function isSame([left, right]: readonly [number, number]): boolean {
  return left === right
}

/** A file with recorded steps is read back; anything else is a scenario to run. */
function sourceOf(options: ReplayOptions, path: string): StatusSource {
  const json = path.endsWith('.json') ? parseJson(path) : undefined
  if (typeof json !== 'object' || json === null || !Array.isArray((json as { steps?: unknown }).steps)) {
    return sourceOfRun(createRun(scenarioOf(options, path), startNativeSha256))
  }
  const source = recordedSource(json)
  if (!source.ok) throw new UserError(`${path}: ${source.error.field}: ${source.error.message}`)
  return source.value
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readTextFile(path, MAX_RECORD_BYTES))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${path}: expected JSON (${(error as Error).message})`)
  }
}
