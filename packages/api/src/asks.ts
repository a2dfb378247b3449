import {
  type AnswerOf,
  type AskKind,
  type AskResult,
  ask,
  type Message,
  type Question,
  type Ref,
  type Scheduler,
} from '@trine/actors'
import { type Result, success } from '@trine/types'
import { type ApiFailure, apiFailure } from './failure.ts'

/**
 * Questions of the API to the services. Requests that want the same at the same time share one question, so that many
 * readers cost a service no more than one.
 */
export class Asks {
  readonly #scheduler: Scheduler
  readonly #timeoutMilliseconds: number
  readonly #open = new Map<string, Promise<Result<unknown, ApiFailure>>>()

  constructor(scheduler: Scheduler, timeoutMilliseconds: number) {
    this.#scheduler = scheduler
    this.#timeoutMilliseconds = timeoutMilliseconds
  }

  /** Asks for something that nobody else asks for. No answer is `UNAVAILABLE`. */
  async ask<M extends Message, K extends AskKind<M>>(
    ref: Ref<M>,
    question: Question<M, K>,
    timeoutMilliseconds = this.#timeoutMilliseconds,
  ): Promise<Result<AnswerOf<M, K>, ApiFailure>> {
    const result: AskResult<AnswerOf<M, K>> = await ask(ref, question, {
      scheduler: this.#scheduler,
      timeoutMilliseconds,
    })
    if (result.ok) return success(result.value)
    return apiFailure('UNAVAILABLE', `${ref.name} did not answer (${result.error.code}): try again later`)
  }

  /** As `ask`; one question for all who ask while it is open. The question's fields decide what is the same. */
  share<M extends Message, K extends AskKind<M>>(
    ref: Ref<M>,
    question: Question<M, K>,
  ): Promise<Result<AnswerOf<M, K>, ApiFailure>> {
    const key = `${ref.name} ${JSON.stringify(question)}`
    const open = this.#open.get(key) as Promise<Result<AnswerOf<M, K>, ApiFailure>> | undefined
    if (open !== undefined) return open
    const asked = this.ask(ref, question).finally(() => this.#open.delete(key))
    this.#open.set(key, asked)
    return asked
  }
}
