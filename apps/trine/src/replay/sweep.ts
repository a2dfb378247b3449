import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { addTo, type Histogram, plainScenario, type Scenario, type Summary, summarise } from '@trine/mini3sf'
import { Progress } from '../progress.ts'
import { UserError } from '../userError.ts'
import type { ReplayOptions } from './options.ts'
import { openForWriting } from './products.ts'
import type { SweepResult, SweepTask } from './sweepWorker.ts'

const MAX_SEEDS = 100_000n

/** The seeds that `--seeds 0..99` names: first and how many. */
function seedRange(text: string): { first: bigint; count: number } {
  const [, from, to] = /^(-?\d{1,4300})\.\.(-?\d{1,4300})$/.exec(text) ?? []
  const [first, last] = [BigInt(from ?? 0), BigInt(to ?? -1)]
  const count = last - first + 1n
  if (count < 1n || count > MAX_SEEDS) {
    throw new UserError(`--seeds: expected a range like 0..99 of 1 to ${MAX_SEEDS} seeds, got "${text}"`)
  }
  return { first, count: Number(count) }
}

/** Runs the scenario once per seed on all cores, by the model or by it and devnet-1, and prints summaries. */
export async function replaySeeds(scenario: Scenario, options: ReplayOptions, seeds: string): Promise<void> {
  const { first, count } = seedRange(seeds)
  const protocols: SweepTask['protocol'][] =
    options.against === undefined ? ['3sf-mini'] : ['3sf-mini', 'devnet1']
  const file = options.json === undefined ? undefined : openForWriting('--json', options.json)
  const sweeps: object[] = []
  if (!options.digest) console.log(sweepTitle(scenario, seeds, count))
  for (const protocol of protocols) {
    const progress = new Progress(process.stderr, count)
    const task = { scenario, protocol, withDigest: options.digest === true }
    const results = await runSeeds(task, first, count, (done) =>
      progress.update(done, `run ${done} of ${count}`),
    )
    progress.clear()
    const summary = summariseRuns(results)
    if (options.digest) for (const { seed, digest } of results) console.log(`${seed} ${digest}`)
    else console.log(summaryTable(protocol, scenario.slotDuration, summary))
    sweeps.push({ protocol, summary, runs: results.map(plainResult) })
    reportFailures(results)
  }
  if (file === undefined) return
  const report = { scenario: { ...plainScenario(scenario), seed: undefined }, seeds, unit: 'steps', sweeps }
  file.write(`${JSON.stringify(report, null, 2)}\n`)
  file.close()
}

function reportFailures(results: readonly SweepResult[]): void {
  const failed = results.filter(({ failure }) => failure !== undefined)
  for (const { seed, failure } of failed.slice(0, 10))
    console.error(`seed ${seed}: the model stopped in ${failure}`)
  if (failed.length > 10) console.error(`... and ${failed.length - 10} more seeds`)
  if (failed.length > 0) process.exitCode = 1
}

/** Hands seeds to one worker per core, each as soon as it is free; results in the order of the seeds. */
async function runSeeds(
  task: SweepTask,
  first: bigint,
  count: number,
  onProgress: (done: number) => void,
): Promise<SweepResult[]> {
  const results: SweepResult[] = new Array(count)
  const file = import.meta.url.endsWith('.ts') ? './sweepWorker.ts' : './sweepWorker.js'
  const workers = Array.from(
    { length: Math.min(availableParallelism(), count) },
    () => new Worker(new URL(file, import.meta.url), { workerData: task }),
  )
  let next = 0
  let done = 0
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            const handOut = (): void => {
              if (next < count) worker.postMessage(first + BigInt(next++))
              else resolve()
            }
            worker.on('message', (result: SweepResult) => {
              results[Number(result.seed - first)] = result
              done += 1
              onProgress(done)
              handOut()
            })
            worker.on('error', reject)
            handOut()
          }),
      ),
    )
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return results
}

type SweepSummary = Readonly<
  Record<'finalityDelay' | 'reorgs' | 'deepestReorg' | 'forks' | 'finalizedSlot', Summary>
>

/** Distributions over all runs; that of the delay over every block, staker and run. Delays are in steps. */
function summariseRuns(results: readonly SweepResult[]): Partial<SweepSummary> {
  const delays: Histogram = new Map()
  for (const { statistics } of results) addTo(delays, statistics.finalityDelays)
  const over = (value: (result: SweepResult) => number): Summary => {
    const histogram: Histogram = new Map()
    for (const result of results) addTo(histogram, new Map([[value(result), 1]]))
    return summarise(histogram)!
  }
  const finalityDelay = summarise(delays)
  return {
    ...(finalityDelay && { finalityDelay }),
    reorgs: over(({ statistics }) => statistics.reorgs),
    deepestReorg: over(({ statistics }) => statistics.deepestReorg),
    forks: over(({ statistics }) => statistics.forks),
    finalizedSlot: over(({ statistics }) => statistics.finalizedSlot),
  }
}

function sweepTitle({ stakers, steps, slotDuration }: Scenario, seeds: string, runs: number): string {
  return `${runs} runs (seeds ${seeds}): ${stakers} stakers, ${steps} steps, slots of ${slotDuration} steps`
}

function summaryTable(protocol: string, slotDuration: number, summary: Partial<SweepSummary>): string {
  const row = (label: string, values: Summary | undefined, unit = 1): string => {
    const cells = [values?.min, values?.median, values?.p95, values?.max].map((value) => {
      const text = value === undefined ? '-' : (value / unit).toFixed(unit === 1 ? 0 : 2)
      return text.padStart(9)
    })
    return `${label.padEnd(32)}${cells.join('')}`
  }
  return [
    `${protocol.padEnd(32)}${['min', 'median', 'p95', 'max'].map((name) => name.padStart(9)).join('')}`,
    row('finality delay of a block, slots', summary.finalityDelay, slotDuration),
    row('reorgs of all stakers in a run', summary.reorgs),
    row('deepest reorg of a run, blocks', summary.deepestReorg),
    row('forks in a run', summary.forks),
    row('last finalized slot of a run', summary.finalizedSlot),
  ].join('\n')
}

function plainResult({ seed, statistics, failure, digest }: SweepResult): object {
  const { finalityDelays, ...rest } = statistics
  return {
    seed: seed.toString(),
    finalityDelay: summarise(finalityDelays) ?? null,
    ...rest,
    failure: failure ?? null,
    ...(digest === undefined ? {} : { digest }),
  }
}
