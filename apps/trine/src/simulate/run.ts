import { createHash } from 'node:crypto'
import {
  createSignatureKit,
  formatMoment,
  type Scenario,
  type SimulationReport,
  simulate,
  VectorRecorder,
} from '@trine/simulator'
import { openJournal } from './journal.ts'
import { junitOf } from './junit.ts'
import { nodeOf, type SimulateCommandOptions } from './options.ts'
import { quoted, showProgress, writeOutput } from './output.ts'
import { printReport } from './printReport.ts'
import { checkShrinkFile, runShrink } from './shrink.ts'
import { writeVector } from './vector.ts'

/** Most violations and unmet expectations listed: the first ones matter. */
const PROBLEMS_LISTED = 20

/** Runs a scenario, prints and writes what came of it, and sets the exit code. */
export async function runSimulation(
  scenario: Scenario,
  file: string | undefined,
  options: SimulateCommandOptions,
): Promise<void> {
  checkShrinkFile(file, options)
  const vectorNode = nodeOf(options.node, scenario) ?? 0
  const recorder = options.exportVector === undefined ? undefined : createRecorder(scenario, vectorNode)
  const journal = options.journal === undefined ? undefined : await openJournal(options.journal)
  const page = options.html === undefined ? undefined : await openPage(scenario, options.html)
  const began = performance.now()
  if (scenario.signatures !== 'none' && options.quiet !== true) {
    showProgress(`making ${scenario.validators} keys (${scenario.signatures})...`)
  }
  const kit = await createSignatureKit(scenario)
  const report = await simulate(scenario, {
    kit,
    startHash: () => createHash('sha256'),
    journal,
    onStoreStep:
      recorder &&
      ((node, step) => {
        if (node === vectorNode) recorder.take(step)
      }),
    onEvent: page?.onEvent,
    onInterval: async (moment, world) => {
      await page?.onInterval(moment, world)
      journal?.check()
      const { slot, interval } = moment
      if (interval === 0 && options.quiet !== true) showProgress(`slot ${slot} of ${scenario.slots}...`)
    },
  })
  showProgress('')
  journal?.close()
  journal?.check()
  const seconds = (performance.now() - began) / 1000
  if (options.json !== undefined) writeOutput(options.json, `${JSON.stringify(report, null, 2)}\n`)
  if (options.junit !== undefined) writeOutput(options.junit, junitOf(scenario, report, seconds))
  if (options.quiet !== true) printReport(scenario, report, seconds)
  if (recorder !== undefined) writeVector(options.exportVector!, vectorNode, recorder)
  await page?.write()
  printVerdict(report, commandFor(scenario, file, options))
  if (options.shrink !== undefined) await runShrink(scenario, report, options)
  process.exitCode = report.isOk ? 0 : 1
}

export function createRecorder(scenario: Scenario, node: number): VectorRecorder {
  return new VectorRecorder(
    `Node ${node} in the simulation "${scenario.name}", seed ${scenario.seed}: every step of its fork-choice store`,
  )
}

async function openPage(scenario: Scenario, file: string) {
  const { createPageRecorder } = await import('./page.ts')
  return createPageRecorder(scenario, file)
}

function printVerdict(report: SimulationReport, command: string): void {
  const { violations, disappointments } = report
  const problems = [
    ...violations.map(({ at, node, message }) => {
      const where = node === undefined ? '' : ` node ${node}:`
      return `VIOLATED at ${formatMoment(at)}:${where} ${message}`
    }),
    ...disappointments.map(({ at, message }) => `NOT MET at ${formatMoment(at)}: ${message}`),
  ]
  for (const problem of problems.slice(0, PROBLEMS_LISTED)) console.log(problem)
  const more = problems.length - PROBLEMS_LISTED
  if (more > 0) console.log(`... and ${more} more`)
  if (report.isOk) console.log('ok: every invariant held and every expectation was met')
  else console.log(`failed with seed ${report.seed}; to run it again: ${command}`)
}

/** The command that does the same again, byte for byte. */
function commandFor(scenario: Scenario, file: string | undefined, options: SimulateCommandOptions): string {
  const given = (['nodes', 'validators', 'slots', 'signatures'] as const).flatMap((name) => {
    const value = options[name]
    return value === undefined ? [] : [`--${name} ${quoted(value)}`]
  })
  return [
    'npx trine simulate',
    ...(file === undefined ? [] : [quoted(file)]),
    `--seed ${quoted(scenario.seed)}`,
    ...given,
  ].join(' ')
}
