import type { Decision, Failure, Supervise } from './context.ts'
import type { Message } from './message.ts'

/** Restarts in a row, without a message handled in between, after which an actor is stopped. */
const RESTARTS_IN_A_ROW = 5

/** What becomes of an actor after a failure: its policy, held back where it would restart for ever. */
export class Supervision<M extends Message> {
  failures = 0
  restarts = 0
  readonly #policy: Supervise<M>
  #restartsInARow = 0

  constructor(policy: Supervise<M>) {
    this.#policy = policy
  }

  decide(failure: Failure<M>): Decision {
    this.failures += 1
    const wanted = this.#policy(failure)
    // Without a state there is nothing to resume with.
    const decision = wanted === 'resume' && failure.phase === 'start' ? 'restart' : wanted
    if (decision !== 'restart') return decision
    if (this.#restartsInARow >= RESTARTS_IN_A_ROW) return 'stop'
    this.restarts += 1
    this.#restartsInARow += 1
    return 'restart'
  }

  noteHandled(): void {
    this.#restartsInARow = 0
  }
}
