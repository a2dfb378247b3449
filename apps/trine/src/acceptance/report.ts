import { escapeXml } from '../escapeXml.ts'
import type { Figures } from './figures.ts'
import type { Sample } from './observer.ts'

export type StepReport = {
  readonly name: string
  /** When it began. */
  readonly slot: number
  readonly seconds: number
  /** From the end of what was done until every node had finalized a slot that came later. */
  readonly slotsToFinality: number
  readonly figures: Figures
  /** Why finality did not come back, or the step could not be done. */
  readonly failure?: string
  /** Why this machine cannot do the step: nothing was done. */
  readonly notRun?: string
}

export type AcceptanceReport = {
  readonly nodes: number
  readonly validators: number
  readonly steps: readonly StepReport[]
  readonly whole: Figures
  /** Validators that signed two things for a slot. */
  readonly offences: readonly string[]
  readonly samples: readonly Sample[]
}

const HEADINGS = [
  'slot',
  'what happened',
  'finality back after',
  'finality delay p50 / p99',
  'missed votes',
  'missed blocks',
  'reorgs (deepest)',
  'tick late p50 / p99',
  'RSS, largest node',
  'disk, all nodes',
]

/** The report as a table in Markdown. */
export function tableOf({ steps, whole, offences }: AcceptanceReport): string {
  const rows = [
    HEADINGS,
    ...steps.map((step) => [`${step.slot}`, step.name, outcomeOf(step), ...cellsOf(step.figures)]),
    ['', 'everything', '', ...cellsOf(whole)],
  ]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lineOf = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const [head, ...body] = rows.map(lineOf)
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const signed = offences.length === 0 ? 'Nobody signed two things for a slot.' : offences.join('\n')
  const notRun = steps.flatMap((step) =>
    step.notRun === undefined ? [] : [`**Not run**: ${step.name}: ${step.notRun}`],
  )
  return [head, rule, ...body, '', ...notRun, signed].join('\n')
}

function outcomeOf({ failure, notRun, slotsToFinality }: StepReport): string {
  if (notRun !== undefined) return '**not run**'
  return failure === undefined ? `${slotsToFinality} slots` : '**never**'
}

function cellsOf(figures: Figures): string[] {
  const { finalityDelay, missedVotes, expectedVotes, missedBlocks, reorgs, deepestReorg, lateness } = figures
  return [
    `${finalityDelay.p50} / ${finalityDelay.p99} slots`,
    `${missedVotes} of ${expectedVotes}`,
    `${missedBlocks}`,
    reorgs === 0 ? '0' : `${reorgs} (${deepestReorg})`,
    `${lateness.p50.toFixed(1)} / ${lateness.p99.toFixed(0)} ms`,
    megabytes(figures.residentMemory),
    megabytes(figures.disk),
  ]
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`
}

/** The report for continuous integration: a case for each step, and one for what was signed. */
export function junitOf({ steps, offences }: AcceptanceReport): string {
  const cases = [
    ...steps.map(({ slot, name, ...step }) => ({ ...step, name: `slot ${slot}: ${name}` })),
    {
      name: 'nobody signed two things for a slot',
      seconds: 0,
      failure: offences.join('\n') || undefined,
      notRun: undefined,
    },
  ]
  const failures = cases.filter(({ failure }) => failure !== undefined).length
  const skipped = cases.filter(({ notRun }) => notRun !== undefined).length
  const lines = cases.map(({ name, seconds, failure, notRun }) => {
    const open = `  <testcase classname="acceptance" name="${escapeXml(name)}" time="${seconds.toFixed(3)}"`
    if (notRun !== undefined) return `${open}><skipped message="${escapeXml(notRun)}"/></testcase>`
    return failure === undefined ? `${open}/>` : `${open}><failure>${escapeXml(failure)}</failure></testcase>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="trine acceptance" tests="${cases.length}" failures="${failures}" skipped="${skipped}">`,
    ...lines,
    '</testsuite>',
    '',
  ].join('\n')
}
