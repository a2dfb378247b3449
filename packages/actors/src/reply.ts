import type { AnswerOf, AskErrorCode, AskKind, AskResult, Message, Question, Ref, Reply } from './message.ts'
import { notePromiseActivity } from './promiseActivity.ts'
import type { Scheduler, Timer } from './scheduler.ts'

/** The one implementation of `Reply`: passes the first outcome, answer or refusal, to `settle`. */
export class OpenReply<T> implements Reply<T> {
  #settle: ((result: AskResult<T>) => void) | undefined
  #timer: Timer | undefined

  constructor(settle: (result: AskResult<T>) => void) {
    this.#settle = settle
  }

  get isOpen(): boolean {
    return this.#settle !== undefined
  }

  answer(value: T): boolean {
    return this.#finish({ ok: true, value })
  }

  refuse(code: AskErrorCode, message: string): boolean {
    return this.#finish({ ok: false, error: { code, message } })
  }

  /** Refuses with `timeout` if nothing came after so many milliseconds; `Infinity` waits for ever. */
  expireAfter(milliseconds: number, scheduler: Scheduler, from: string): void {
    if (milliseconds === Number.POSITIVE_INFINITY) return
    this.#timer = scheduler.after(milliseconds, () =>
      this.refuse('timeout', `${from}: expected an answer within ${milliseconds} ms, got none`),
    )
  }

  #finish(result: AskResult<T>): boolean {
    const settle = this.#settle
    if (settle === undefined) return false
    this.#settle = undefined
    this.#timer?.cancel()
    this.#timer = undefined
    settle(result)
    return true
  }
}

export type AskOptions = { readonly scheduler: Scheduler; readonly timeoutMilliseconds: number }

/**
 * Asks and waits for the answer: `await ask(chain, {type: 'getHead'}, {scheduler, timeoutMilliseconds: 1000})`.
 *
 * The promise never rejects; every question ends, at the latest by its timeout. An actor that asks this way handles
 * nothing else meanwhile: `ActorContext.request` brings the answer as a message instead.
 */
export function ask<M extends Message, K extends AskKind<M>>(
  ref: Ref<M>,
  question: Question<M, K>,
  options: AskOptions,
): Promise<AskResult<AnswerOf<M, K>>> {
  return awaitReply(ref.name, options, (reply) => putQuestion(ref, question, reply))
}

/** Opens a reply, lets `put` hand it to someone (a port, say), and waits for its outcome; never rejects. */
export function awaitReply<T>(
  from: string,
  options: AskOptions,
  put: (reply: Reply<T>) => void,
): Promise<AskResult<T>> {
  return new Promise((resolve) => {
    const reply = new OpenReply<T>((result) => {
      notePromiseActivity()
      resolve(result)
    })
    reply.expireAfter(options.timeoutMilliseconds, options.scheduler, from)
    put(reply)
  })
}

/** Sends a question with the given reply; a refusal by the mailbox is a refusal of the reply. */
export function putQuestion<M extends Message, K extends AskKind<M>>(
  ref: Ref<M>,
  question: Question<M, K>,
  reply: Reply<AnswerOf<M, K>>,
): void {
  if (!ref.tell({ ...question, reply } as unknown as M)) {
    reply.refuse('refused', `${ref.name}: full or closed, did not take ${question.type}`)
  }
}
