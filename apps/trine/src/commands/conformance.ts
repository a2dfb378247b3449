import type { Command } from 'commander'
import type { Report } from '../conformance/conformance.ts'

/** `trine conformance DIR...`: runs vectors and says which cases fail and why. */
export function registerConformance(program: Command): void {
  program
    .command('conformance')
    .description('run conformance vectors and report every case that differs')
    .argument('<path...>', 'folders or files of vectors')
    .option('--json', 'print one JSON report instead of lines')
    .addHelpText(
      'after',
      `
Examples:
  $ trine conformance vectors/devnet1
  $ trine conformance vectors/xmss vectors/networking --json > report.json

Exit codes: 0 all passed, 1 a case failed, 2 a file is unreadable or of no known kind.`,
    )
    .action(async (paths: string[], options: { json?: boolean }) => {
      const { runConformance } = await import('../conformance/conformance.ts')
      const { loadRunners } = await import('../conformance/runners.ts')
      const report = await runConformance(paths, await loadRunners(), (file, name, failure) => {
        if (options.json !== true) console.log(`FAIL ${file} > ${name}: ${failure}`)
      })
      if (options.json === true) console.log(JSON.stringify(report, null, 2))
      else printSummary(report)
      for (const { reason } of report.unusable) console.error(`trine: ${reason}`)
      if (report.unusable.length > 0) process.exitCode = 2
      else process.exitCode = report.failures.length === 0 ? 0 : 1
    })
}

function printSummary({ files, passed, failures, notes, notApplicable, casesByKind }: Report): void {
  for (const { file, name, note } of notes) console.log(`note ${file} > ${name}: ${note}`)
  for (const { file, name, reason } of notApplicable) console.log(`n/a  ${file} > ${name}: ${reason}`)
  const kinds = Object.entries(casesByKind).map(([kind, cases]) => `${kind} ${cases}`)
  console.log([`${files} files`, ...kinds].join(', '))
  if (notApplicable.length > 0) console.log(`${notApplicable.length} not applicable`)
  console.log(`${passed} passed, ${failures.length} failed`)
}
