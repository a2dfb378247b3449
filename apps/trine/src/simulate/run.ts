import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import {
  createSignatureKit,
  formatMoment,
  type Scenario,
  type SimulationReport,
  simulate,
} from '@trine/simulator'
import { junitOf } from './junit.ts'
import type { SimulateCommandOptions } from './options.ts'
import { printReport } from './printReport.ts'

/** Runs a scenario, prints and writes what came of it, and sets the exit code. */
export async function runSimulation(
  scenario: Scenario,
  file: string | undefined,
  options: SimulateCommandOptions,
): Promise<void> {
  const began = performance.now()
  const isTerminal = process.stderr.isTTY === true && options.quiet !== true
  if (isTerminal && scenario.signatures !== 'none') {
    process.stderr.write(`making ${scenario.validators} keys (${scenario.signatures})...\r`)
  }
  const kit = await createSignatureKit(scenario)
  const report = await simulate(scenario, {
    kit,
    startHash: () => createHash('sha256'),
    onInterval: (moment) => {
      if (isTerminal && moment.interval === 0)
        process.stderr.write(`slot ${moment.slot} of ${scenario.slots}...      \r`)
    },
  })
  if (isTerminal) process.stderr.write(`${' '.repeat(40)}\r`)
  const seconds = (performance.now() - began) / 1000
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`)
  if (options.junit !== undefined) writeFileSync(options.junit, junitOf(scenario, report, seconds))
  if (options.quiet !== true) printReport(scenario, report, seconds)
  printVerdict(report, commandFor(scenario, file, options))
  process.exitCode = report.isOk ? 0 : 1
}

function printVerdict(report: SimulationReport, command: string): void {
  const { violations, disappointments } = report
  for (const { at, node, message } of violations) {
    const where = node === undefined ? '' : ` node ${node}:`
    console.log(`VIOLATED at ${formatMoment(at)}:${where} ${message}`)
  }
  for (const { at, message } of disappointments) console.log(`NOT MET at ${formatMoment(at)}: ${message}`)
  if (report.isOk) console.log('ok: every invariant held and every expectation was met')
  else console.log(`failed with seed ${report.seed}; to run it again: ${command}`)
}

/** The command that does the same again, byte for byte. */
function commandFor(scenario: Scenario, file: string | undefined, options: SimulateCommandOptions): string {
  const given = (['nodes', 'validators', 'slots', 'signatures'] as const).flatMap((name) => {
    const value = options[name]
    return value === undefined ? [] : [`--${name} ${value}`]
  })
  return [
    'npx trine simulate',
    ...(file === undefined ? [] : [file]),
    `--seed ${scenario.seed}`,
    ...given,
  ].join(' ')
}
