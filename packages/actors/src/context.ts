import type { AnswerOf, AskKind, AskResult, Message, MessageOf, Question, Ref, Reply } from './message.ts'
import type { Scheduler, Timer } from './scheduler.ts'

/** Number of a job, request or expectation of one actor; never used twice, also not after a restart. */
export type JobId = number

/** The private state of an actor and what it does with each message. */
export interface Behaviour<M extends Message> {
  /** Handles one message. While a returned promise is open the next message waits. */
  receive(message: M): void | Promise<void>
  /**
   * Called when messages were handled and none is left: the moment to hand on what was collected, e.g. a batch of
   * signatures. Under load it comes late, with a large batch. Returns whether there was anything to do: in journals it
   * then stands as a message of type `$idle`.
   */
  idle?(): boolean
  /** Called when this state is given up: after draining, before a restart, or when the actor is stopped. */
  close?(): void | Promise<void>
}

/** Builds fresh state; called at the start and for every restart, in the actor's own turn. */
export type Start<M extends Message> = (context: ActorContext<M>) => Behaviour<M> | Promise<Behaviour<M>>

export type Expectation<T> = { readonly id: JobId; readonly reply: Reply<T> }

/** Makes the message by which a result reaches its actor. */
export type ToMessage<M extends Message, K extends M['type'], T> = (
  id: JobId,
  outcome: AskResult<T>,
) => MessageOf<M, K>

/**
 * What an actor can do besides handling messages. Results of all kinds come back as messages, in a place of their lane
 * that is reserved beforehand: a result is never refused. Where the lane has no place left, nothing is started and
 * `undefined` returned. A result for a state that is gone, or for a forgotten id, is counted and dropped.
 */
export interface ActorContext<M extends Message> {
  readonly name: string
  readonly self: Ref<M>
  readonly scheduler: Scheduler
  /**
   * Sends itself a message later. Throws when its lane has no place left: lanes of timers belong to the actor alone,
   * and it knows how many it arms.
   */
  after(milliseconds: number, message: M): Timer
  /** Opens a reply to be handed to a port or put into a question; its outcome arrives as a message of the kind `as`. */
  expect<T, K extends M['type'] = M['type']>(
    options: { readonly as: K; readonly timeoutMilliseconds: number },
    toMessage: ToMessage<M, K, T>,
  ): Expectation<T> | undefined
  /** Asks another actor; the answer, or why there is none, arrives as a message of the kind `as`. */
  request<N extends Message, Q extends AskKind<N>, K extends M['type']>(
    ref: Ref<N>,
    question: Question<N, Q>,
    options: { readonly as: K; readonly timeoutMilliseconds: number },
    toMessage: ToMessage<M, K, AnswerOf<N, Q>>,
  ): JobId | undefined
  /** Starts work outside of the actors; its result, or its error as `failed`, arrives as a message of the kind `as`. */
  startJob<T, K extends M['type']>(
    work: () => Promise<T>,
    options: { readonly as: K; readonly timeoutMilliseconds: number; readonly modelledMilliseconds: number },
    toMessage: ToMessage<M, K, T>,
  ): JobId | undefined
  /** Gives up a job or request: its result will be dropped, its place is free again. */
  forget(id: JobId): void
  /** Asks and awaits the answer inside a handler; until then this actor handles nothing else. */
  ask<N extends Message, Q extends AskKind<N>>(
    ref: Ref<N>,
    question: Question<N, Q>,
    timeoutMilliseconds: number,
  ): Promise<AskResult<AnswerOf<N, Q>>>
}

/** What went wrong in an actor, with the message that caused it. */
export type Failure<M extends Message = Message> = {
  readonly actor: string
  readonly phase: 'start' | 'receive' | 'close'
  readonly error: unknown
  /** The message being handled; undefined when no message was. It is not handled again. */
  readonly message: M | undefined
}

/** resume: go on with the same state. restart: go on with fresh state. stop: handle nothing any more. */
export type Decision = 'resume' | 'restart' | 'stop'

export type Supervise<M extends Message> = (failure: Failure<M>) => Decision

/** A failure and what was decided about it. */
export type FailureReport = Failure & { readonly decision: Decision }
