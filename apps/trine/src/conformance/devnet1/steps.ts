import { type CaseResult, messageOf } from '../runner.ts'

/** A step of a sequence: how reports call it, and what it does; the outcome is what differs, if anything. */
export type Step = {
  readonly name: string
  readonly run: () => string | undefined | Promise<string | undefined>
}

/**
 * Runs steps that build upon one another, each a case. The first that differs is the last: what comes after it would
 * only differ because of it.
 */
export async function runSteps(steps: Iterable<Step>): Promise<CaseResult[]> {
  const cases: CaseResult[] = []
  for (const { name, run } of steps) {
    const failure = await outcomeOf(run)
    if (failure !== undefined) {
      return [...cases, { name, failure: `${failure} (the steps after it were not run)` }]
    }
    cases.push({ name })
  }
  return cases
}

async function outcomeOf(run: Step['run']): Promise<string | undefined> {
  try {
    return await run()
  } catch (error) {
    return messageOf(error)
  }
}
