import type { ActorContext, Expectation, JobId, ToMessage } from './context.ts'
import type { NoPlace } from './journal.ts'
import type { Lane, Mailbox } from './mailbox.ts'
import type { AnswerOf, AskKind, AskResult, Message, Question, Ref } from './message.ts'
import { beginAwait, endAwait } from './promiseActivity.ts'
import { ask, OpenReply, putQuestion } from './reply.ts'
import type { Scheduler, Timer } from './scheduler.ts'

/** What a life needs from its actor. */
export interface LifeOwner<M extends Message> {
  readonly name: string
  readonly ref: Ref<M>
  readonly scheduler: Scheduler
  readonly mailbox: Mailbox<M>
  nextJobId(): JobId
  /** Writes into the journal. */
  note(message: Message): void
  /** A result was put into the mailbox. */
  wake(): void
  countStaleResult(): void
  /** A function that makes a result message threw. */
  failWith(error: unknown): void
}

/**
 * The context of an actor from one start to the next. When it ends, its timers are off, its open jobs are stale, and
 * the places kept for them are free.
 */
export class Life<M extends Message> implements ActorContext<M> {
  readonly name: string
  readonly self: Ref<M>
  readonly scheduler: Scheduler
  readonly #owner: LifeOwner<M>
  readonly #jobs = new Map<JobId, Lane<M>>()
  readonly #timers = new Map<Timer, Lane<M>>()
  #isSuspended = false
  isOver = false

  constructor(owner: LifeOwner<M>) {
    this.#owner = owner
    this.name = owner.name
    this.self = owner.ref
    this.scheduler = owner.scheduler
  }

  /** Whether results of jobs or requests are still to come. */
  get awaitsResults(): boolean {
    return this.#jobs.size > 0
  }

  after(milliseconds: number, message: M): Timer {
    const { mailbox, scheduler, name } = this.#owner
    const lane = mailbox.reserve(message.type)
    if (lane === undefined) throw new Error(`${name}: no place left for a timer with ${message.type}`)
    const inner = scheduler.after(milliseconds, () => {
      this.#timers.delete(timer)
      this.#deliver(lane, message)
    })
    const timer: Timer = {
      cancel: () => {
        inner.cancel()
        if (this.#timers.delete(timer)) lane.reserved -= 1
      },
    }
    this.#timers.set(timer, lane)
    return timer
  }

  expect<T, K extends M['type']>(
    options: { readonly as: K; readonly timeoutMilliseconds: number },
    toMessage: ToMessage<M, K, T>,
  ): Expectation<T> | undefined {
    if (this.isOver) return undefined
    const id = this.#owner.nextJobId()
    const lane = this.#owner.mailbox.reserve(options.as)
    if (lane === undefined) {
      const noPlace: NoPlace = { type: '$noPlace', id }
      this.#owner.note(noPlace)
      return undefined
    }
    this.#jobs.set(id, lane)
    const reply = new OpenReply<T>((outcome) => this.#finishJob(id, outcome, toMessage))
    reply.expireAfter(options.timeoutMilliseconds, this.scheduler, this.name)
    return { id, reply }
  }

  request<N extends Message, Q extends AskKind<N>, K extends M['type']>(
    ref: Ref<N>,
    question: Question<N, Q>,
    options: { readonly as: K; readonly timeoutMilliseconds: number },
    toMessage: ToMessage<M, K, AnswerOf<N, Q>>,
  ): JobId | undefined {
    const expectation = this.expect(options, toMessage)
    if (expectation !== undefined) putQuestion(ref, question, expectation.reply)
    return expectation?.id
  }

  startJob<T, K extends M['type']>(
    work: () => Promise<T>,
    options: { readonly as: K; readonly timeoutMilliseconds: number; readonly modelledMilliseconds: number },
    toMessage: ToMessage<M, K, T>,
  ): JobId | undefined {
    const expectation = this.expect(options, toMessage)
    if (expectation === undefined) return undefined
    const { id, reply } = expectation
    // Inside a promise, so that work that throws at once fails the job and not the handler.
    const running = new Promise<T>((resolve) => resolve(work()))
    this.scheduler.external(running, options.modelledMilliseconds, (outcome) => {
      if (outcome.ok) reply.answer(outcome.value)
      else reply.refuse('failed', `${this.name}: job ${id}: ${String(outcome.error)}`)
    })
    return id
  }

  forget(id: JobId): void {
    const lane = this.#jobs.get(id)
    if (lane === undefined) return
    lane.reserved -= 1
    this.#jobs.delete(id)
  }

  ask<N extends Message, Q extends AskKind<N>>(
    ref: Ref<N>,
    question: Question<N, Q>,
    timeoutMilliseconds: number,
  ): Promise<AskResult<AnswerOf<N, Q>>> {
    return ask(ref, question, { scheduler: this.scheduler, timeoutMilliseconds })
  }

  /** Switches all timers off; what they would have sent is not sent. */
  cancelTimers(): void {
    for (const timer of [...this.#timers.keys()]) timer.cancel()
  }

  /** Its code waits at an `await` from here to `resume`, or to its end. */
  suspend(): void {
    this.#isSuspended = true
    beginAwait()
  }

  resume(): void {
    this.#isSuspended = false
    endAwait()
  }

  end(): void {
    this.isOver = true
    if (this.#isSuspended) this.resume()
    this.cancelTimers()
    for (const id of [...this.#jobs.keys()]) this.forget(id)
  }

  #finishJob<T, K extends M['type']>(id: JobId, outcome: AskResult<T>, toMessage: ToMessage<M, K, T>): void {
    const lane = this.#jobs.get(id)
    if (lane === undefined) {
      this.#owner.countStaleResult()
      return
    }
    this.#jobs.delete(id)
    let message: M
    try {
      message = toMessage(id, outcome)
    } catch (error) {
      lane.reserved -= 1
      this.#owner.failWith(error)
      return
    }
    this.#deliver(lane, message)
  }

  #deliver(lane: Lane<M>, message: M): void {
    this.#owner.mailbox.fulfil(lane, message, this.scheduler.monotonic())
    this.#owner.wake()
  }
}
