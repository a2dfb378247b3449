import { parentPort, workerData } from 'node:worker_threads'
import {
  createRun,
  type ModelRun,
  type RunStatistics,
  type Scenario,
  StatisticsCollector,
  TraceDigest,
} from '@trine/mini3sf'
import { startNativeSha256 } from './nativeSha256.ts'

/** What a worker is given at its start; afterwards it is sent seeds. */
export type SweepTask = {
  readonly scenario: Scenario
  readonly protocol: '3sf-mini' | 'devnet1'
  readonly withDigest: boolean
}

/** What a worker answers for a seed. */
export type SweepResult = {
  readonly seed: bigint
  readonly statistics: RunStatistics
  readonly failure: string | undefined
  readonly digest: string | undefined
}

const { scenario, protocol, withDigest } = workerData as SweepTask
const { DevnetRun } = protocol === 'devnet1' ? await import('@trine/mini3sf/devnet1') : {}

function startRun(seed: bigint): ModelRun {
  const seeded = { ...scenario, seed }
  return DevnetRun === undefined ? createRun(seeded, startNativeSha256) : new DevnetRun(seeded)
}

parentPort?.on('message', (seed: bigint) => {
  const run = startRun(seed)
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
