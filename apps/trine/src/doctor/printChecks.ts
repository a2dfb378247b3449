import { styleText } from 'node:util'
import type { Check, Outcome } from './check.ts'

const STYLES = { ok: 'green', warn: 'yellow', fail: 'red', unknown: 'dim' } as const

/** The checks for people: one line each, and one for what to do. */
export function printChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, outcome, detail, fix }) => {
    const mark = styleText(STYLES[outcome], outcome.padEnd(7))
    const line = `${mark}  ${name.padEnd(width)}  ${detail}`
    return fix === undefined ? [line] : [line, `${' '.repeat(width + 11)}-> ${fix}`]
  })
  return `${lines.join('\n')}\n${summary(checks)}`
}

function summary(checks: readonly Check[]): string {
  const count = (wanted: Outcome) => checks.filter(({ outcome }) => outcome === wanted).length
  return `${checks.length} checks: ${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail, ${count('unknown')} unknown`
}
