import { GOOD_LINK } from '@trine/transport-memory'
import type { Expectation, Scenario } from '../scenario.ts'
import { writeScenario } from '../scenarioText.ts'
import type { Failure } from './failure.ts'
import {
  fewerFaults,
  fewerFaultyNodes,
  fewerNodes,
  fewerSlots,
  fewerValidators,
  milderFaults,
  type Reduction,
  shorterSpans,
  usualConditions,
  withSlots,
} from './reductions.ts'

export type ShrinkOptions = {
  /** Runs a scenario and says how it failed first, undefined when it did not. */
  readonly run: (scenario: Scenario) => Promise<Failure | undefined>
  /** Most runs, the first one included. */
  readonly maxRuns: number
  /** Asked before every run: ends the search early. */
  readonly isTimeUp?: () => boolean
  readonly onProgress?: (progress: ShrinkProgress) => void
}

export type ShrinkProgress = {
  readonly runs: number
  /** What the last run had less of. */
  readonly what: string
  readonly stillFails: boolean
  /** The smallest scenario so far. */
  readonly best: Scenario
}

export type Shrunk = {
  readonly scenario: Scenario
  /** How it fails. */
  readonly failure: Failure
  readonly runs: number
  /** Nothing smaller was left to try; else the runs or the time were used up. */
  readonly isComplete: boolean
}

/** In this order, round after round: first what saves most time, then what says most about the cause. */
const PASSES: readonly ((scenario: Scenario) => Iterable<Reduction>)[] = [
  usualConditions,
  fewerFaults,
  fewerNodes,
  fewerFaultyNodes,
  shorterSpans,
  fewerValidators,
  milderFaults,
]

/**
 * Looks for a smaller scenario that fails in the same way, by leaving out one thing after another (delta debugging).
 * Deterministic, but for the time being up. Undefined when the scenario does not fail.
 *
 * Where the faults are to blame, which a run without them shows, a smaller scenario counts only if its faults are to
 * blame as well: one that is too short, or too small, to meet its expectation anyhow is no explanation.
 */
export async function shrinkScenario(
  scenario: Scenario,
  options: ShrinkOptions,
): Promise<Shrunk | undefined> {
  return new Search(scenario, options).search()
}

class Search {
  readonly #options: ShrinkOptions
  /** What earlier runs came to, by scenario. */
  readonly #known = new Map<string, Failure | undefined>()
  #best: Scenario
  #failure: Failure | undefined
  #areFaultsToBlame = false
  #runs = 0

  constructor(scenario: Scenario, options: ShrinkOptions) {
    this.#best = scenario
    this.#options = options
  }

  async search(): Promise<Shrunk | undefined> {
    this.#failure = await this.#run(this.#best)
    if (this.#failure === undefined) return undefined
    this.#areFaultsToBlame = !(await this.#failsAlike(faultless(this.#best)))
    await this.#tryAll(this.#essentials)
    const passes = this.#areFaultsToBlame ? [...PASSES, fewerSlots] : PASSES
    let isComplete = false
    while (!isComplete && !this.#isOver()) {
      isComplete = true
      for (const pass of passes) if (await this.#tryAll(pass)) isComplete = false
    }
    isComplete = isComplete && !this.#isOver()
    return { scenario: this.#best, failure: this.#failure, runs: this.#runs, isComplete }
  }

  /** Tries the reductions of a pass until none works any more; whether one did. */
  async #tryAll(pass: (scenario: Scenario) => Iterable<Reduction>): Promise<boolean> {
    let hasImproved = false
    for (let goesOn = true; goesOn; ) {
      goesOn = false
      for (const reduction of pass(this.#best)) {
        if (this.#isOver()) return hasImproved
        if (await this.#try(reduction)) {
          goesOn = true
          hasImproved = true
          break
        }
      }
    }
    return hasImproved
  }

  async #try({ what, scenario }: Reduction): Promise<boolean> {
    const text = writeScenario(scenario)
    if (text === writeScenario(this.#best) || this.#known.has(text)) return false
    const failure = await this.#run(scenario)
    let stillFails = failure?.kind === this.#failure!.kind
    if (stillFails && this.#areFaultsToBlame) stillFails = !(await this.#failsAlike(faultless(scenario)))
    if (stillFails) {
      this.#best = scenario
      this.#failure = failure
    }
    this.#options.onProgress?.({ runs: this.#runs, what, stillFails, best: this.#best })
    return stillFails
  }

  async #failsAlike(scenario: Scenario): Promise<boolean> {
    return (await this.#run(scenario))?.kind === this.#failure!.kind
  }

  async #run(scenario: Scenario): Promise<Failure | undefined> {
    const text = writeScenario(scenario)
    if (!this.#known.has(text)) {
      this.#runs += 1
      this.#known.set(text, await this.#options.run(scenario))
    }
    return this.#known.get(text)
  }

  #isOver(): boolean {
    return this.#runs >= this.#options.maxRuns || this.#options.isTimeUp?.() === true
  }

  /** Without the other expectations, and without what comes after the failure. */
  readonly #essentials = function* (this: Search, scenario: Scenario): Generator<Reduction> {
    const { expectation, kind, at } = this.#failure!
    const expectations = expectation === undefined ? [] : [only(expectation, kind)]
    const essential = { ...scenario, expectations }
    yield { what: 'up to the failure', scenario: withSlots(essential, at.slot + 1) }
    yield { what: 'one expectation', scenario: essential }
  }.bind(this)
}

/** The same network on good links, with no faults. */
function faultless(scenario: Scenario): Scenario {
  return { ...scenario, link: GOOD_LINK, faults: [] }
}

/** The part of an expectation that was not met. */
function only(expectation: Expectation, kind: Failure['kind']): Expectation {
  const entries = Object.entries(expectation).map(([field, value]) => [
    field,
    field === kind || field === 'at' || field === 'everAfter' ? value : undefined,
  ])
  // Without a node running no part is met.
  return kind === 'nodeRunning' ? expectation : (Object.fromEntries(entries) as Expectation)
}
