/** What every benchmark needs: medians, a table, and `--json FILE`. */
import { writeFileSync } from 'node:fs'

/** Milliseconds of one run. */
export type Timing = { readonly median: number; readonly minimum: number; readonly rounds: number }

/** A line of a table: column -> text or number. */
export type Row = Readonly<Record<string, string | number>>

/**
 * Times `run`, once per round, after a few rounds that do not count.
 *
 * @param prepare makes the input of a round; not timed
 */
export function measure<Input = undefined>(options: {
  readonly run: (input: Input) => unknown
  readonly prepare?: (round: number) => Input
  readonly rounds?: number
  readonly warmups?: number
}): Timing {
  const { run, prepare, rounds = 15, warmups = 3 } = options
  const times: number[] = []
  for (let round = 0; round < warmups + rounds; round++) {
    const input = prepare?.(round) as Input
    const began = performance.now()
    run(input)
    if (round >= warmups) times.push(performance.now() - began)
  }
  times.sort((left, right) => left - right)
  return { median: times[Math.floor(rounds / 2)]!, minimum: times[0]!, rounds }
}

/** Bytes in use after a collection; needs `node --expose-gc`, as `npm run bench` gives it. */
export function bytesInUse(): number {
  if (globalThis.gc === undefined) throw new Error('expected node --expose-gc (npm run bench gives it)')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** A figure with three digits that count. */
export function threeDigits(value: number): number {
  return Number(value.toPrecision(3))
}

/** Prints rows under a title, the columns in line; the first row names the columns. */
export function printTable(title: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const cell = (value: string | number | undefined) =>
    typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 6 }) : (value ?? '')
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => cell(row[column]).length)),
  )
  const line = (cells: string[]) => cells.map((text, index) => text.padStart(widths[index]!)).join('  ')
  console.log(`\n${title}\n${line(columns)}`)
  for (const row of rows) console.log(line(columns.map((column) => cell(row[column]))))
}

/** Writes the figures of a run to the file named after `--json`, if there is one. */
export function writeJson(name: string, figures: unknown): void {
  const at = process.argv.indexOf('--json')
  if (at === -1) return
  const file = process.argv[at + 1]
  if (file === undefined) {
    console.error('--json: expected a file name after it, got none')
    process.exit(2)
  }
  writeFileSync(file, `${JSON.stringify({ [name]: figures }, null, 2)}\n`)
}
