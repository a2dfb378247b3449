import { parentPort, workerData } from 'node:worker_threads'
import {
  createRun,
  type RunStatistics,
  type Scenario,
  StatisticsCollector,
  TraceDigest,
} from '@trine/mini3sf'
import { startNativeSha256 } from './nativeSha256.ts'

/** What a worker is given at its start; afterwards it is sent seeds. */
export type SweepTask = { readonly scenario: Scenario; readonly withDigest: boolean }

/** What a worker answers for a seed. */
export type SweepResult = {
  readonly seed: bigint
  readonly statistics: RunStatistics
  readonly failure: string | undefined
  readonly digest: string | undefined
}

const { scenario, withDigest } = workerData as SweepTask

parentPort?.on('message', (seed: bigint) => {
  const run = createRun({ ...scenario, seed }, startNativeSha256)
  const collector = new StatisticsCollector()
  const trace = withDigest ? new TraceDigest(startNativeSha256) : undefined
  while (run.step()) {
    collector.addStep(run)
    trace?.addStep(run)
  }
  const answer: SweepResult = {
    seed,
    statistics: collector.finish(run),
    failure: run.failure && `step ${run.failure.step}: ${run.failure.message}`,
    digest: trace?.hex(),
  }
  parentPort?.postMessage(answer)
})
