import type { ModelRun } from '../modelRun.ts'
import type { Scenario } from '../scenario.ts'

/**
 * The per-step records of a run as one JSON document with a line for each step:
 * `{"scenario": ..., "genesisHash": ..., "steps": [{"step", "clock", "stakers": [status, ...]}, ...], "failure": ...}`.
 * Made in pieces, because the whole may be larger than the longest text.
 */
export function recordsHead(run: ModelRun): string {
  const scenario = JSON.stringify(plainScenario(run.scenario))
  return `{"scenario": ${scenario},\n"genesisHash": "${run.genesisHash}",\n"steps": [`
}

/** The record of the latest step, with the separator from the one before. */
export function stepRecord(run: ModelRun): string {
  const stakers = Array.from({ length: run.scenario.stakers }, (_, staker) => {
    const status = run.status(staker)
    return { ...status, safeTarget: status.safeTarget ?? null }
  })
  const record = JSON.stringify({ step: run.stepsDone - 1, clock: run.stepsDone, stakers })
  return `${run.stepsDone === 1 ? '' : ','}\n${record}`
}

/** The end of the document. */
export function recordsTail(run: ModelRun): string {
  return `\n],\n"failure": ${JSON.stringify(run.failure ?? null)}}\n`
}

/** A scenario as JSON can hold it: the seed as decimal text, spans that never end without their end. */
export function plainScenario(scenario: Scenario): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(scenario, (_, value: unknown) => {
      if (typeof value === 'bigint') return value.toString()
      return value === Number.MAX_SAFE_INTEGER ? undefined : value
    }),
  ) as Record<string, unknown>
}
