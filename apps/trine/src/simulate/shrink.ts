import { existsSync } from 'node:fs'
import {
  failureOf,
  formatMoment,
  type Scenario,
  type ShrinkProgress,
  type Shrunk,
  type SimulationReport,
  shrinkScenario,
  simulate,
  writeScenario,
} from '@trine/simulator'
import { UserError } from '../userError.ts'
import { type SimulateCommandOptions, shrinkLimits } from './options.ts'
import { quoted, showProgress, writeOutput } from './output.ts'

/** Behind the name of a scenario that was shrunk. */
const SHRUNK = ', shrunk'

/** Refuses to write over what was probably meant to be the scenario. */
export function checkShrinkFile(file: string | undefined, { shrink }: SimulateCommandOptions): void {
  if (typeof shrink !== 'string' || file !== undefined || !existsSync(shrink)) return
  throw new UserError(
    `--shrink ${shrink}: expected a file to write that is not there yet; to shrink a scenario: trine simulate ${shrink} --shrink`,
  )
}

/** Looks for a smaller scenario that fails like a run that has failed, and writes it. */
export async function runShrink(
  scenario: Scenario,
  report: SimulationReport,
  options: SimulateCommandOptions,
): Promise<void> {
  if (report.isOk) {
    console.log('nothing to shrink: the scenario does not fail')
    return
  }
  const { runs: maxRuns, seconds } = shrinkLimits(options)
  const end = performance.now() + seconds * 1000
  const isQuiet = options.quiet === true
  const shrunk = await shrinkScenario(scenario, {
    run: async (candidate) => failureOf(await simulate(candidate, { failFast: true })),
    maxRuns,
    isTimeUp: () => performance.now() >= end,
    onProgress: (progress) => noteProgress(progress, isQuiet),
  })
  showProgress('')
  if (shrunk === undefined) throw new Error('a run that failed did not fail again')
  writeShrunk(scenario, shrunk, options.shrink === true ? '-' : options.shrink!)
}

function noteProgress({ runs, what, stillFails, best }: ShrinkProgress, isQuiet: boolean): void {
  if (isQuiet) return
  showProgress(`shrink: run ${runs}, ${what}: ${stillFails ? 'still fails' : 'does not fail'}`)
  if (!stillFails) return
  showProgress('')
  console.log(`shrink: run ${runs}, ${what}: still fails; now ${sizeOf(best)}`)
}

function writeShrunk(
  original: Scenario,
  { scenario, failure, runs, isComplete }: Shrunk,
  path: string,
): void {
  const moment = formatMoment(failure.at)
  const text = writeScenario({
    ...scenario,
    name: `${original.name.replace(SHRUNK, '').slice(0, 190)}${SHRUNK}`,
    description: `Fails at ${moment}: ${failure.message}`.slice(0, 2000),
  })
  console.log(`shrunk in ${runs} runs from ${sizeOf(original)} to ${sizeOf(scenario)}`)
  if (!isComplete) console.log('there may be something smaller: the runs, or the time, were used up')
  console.log(`fails at ${moment}: ${failure.message}`)
  if (path === '-') console.log('the scenario, to be kept in a file and run by npx trine simulate FILE:\n')
  writeOutput(path, text)
  if (path !== '-') console.log(`to run it again: npx trine simulate ${quoted(path)}`)
}

function sizeOf({ nodes, validators, slots, faults }: Scenario): string {
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
  return [
    counted(faults.length, 'fault'),
    counted(nodes, 'node'),
    counted(validators, 'validator'),
    counted(slots, 'slot'),
  ].join(', ')
}
