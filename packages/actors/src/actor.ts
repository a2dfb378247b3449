import { close } from './close.ts'
import type { Behaviour, Failure, FailureReport, JobId, Start, Supervise } from './context.ts'
import { Ending, type StopReport } from './ending.ts'
import type { ActorFigures } from './figures.ts'
import { IDLE, type Journal, RESTARTED } from './journal.ts'
import type { LaneTable } from './lanes.ts'
import { Life, type LifeOwner } from './life.ts'
import { type Lane, Mailbox } from './mailbox.ts'
import { type Message, type Ref, replyOf } from './message.ts'
import type { Runnable, Scheduler } from './scheduler.ts'
import { Supervision } from './supervision.ts'

/** Most messages handled in one turn, so that an actor with much to do lets the others have theirs. */
const MESSAGES_PER_TURN = 64

export type ActorSettings = {
  readonly name: string
  readonly scheduler: Scheduler
  readonly journal: Journal | undefined
  readonly onFailure: (report: FailureReport) => void
}

/**
 * A mailbox with an owner. Messages can be told from the moment it exists and wait until it is started, so that
 * actors which know one another can be put together in any order.
 */
export class Actor<M extends Message> implements Runnable, LifeOwner<M> {
  readonly name: string
  readonly scheduler: Scheduler
  readonly mailbox: Mailbox<M>
  /** What others hold: it can only be told, there is no way from it to the state. */
  readonly ref: Ref<M>
  readonly #settings: ActorSettings
  #start: Start<M> | undefined
  #supervision = new Supervision<M>(() => 'restart')
  #state: ActorFigures['state'] = 'waiting'
  #life: Life<M> | undefined
  #behaviour: Behaviour<M> | undefined
  #isQueued = false
  /** An asynchronous handler, start or close is under way. */
  #isBusy = false
  /** Messages were handled since the last call of `idle`. */
  #hasWorked = false
  #jobIds = 0
  #staleResults = 0
  readonly #ending = new Ending()

  constructor(settings: ActorSettings, table: LaneTable<M>) {
    this.name = settings.name
    this.scheduler = settings.scheduler
    this.#settings = settings
    this.mailbox = new Mailbox(settings.name, table)
    this.ref = { name: this.name, tell: (message) => this.tell(message) }
  }

  tell(message: M): boolean {
    const taken = this.mailbox.offer(message, this.scheduler.monotonic())
    if (taken) this.wake()
    return taken
  }

  /** Gives the actor its behaviour. `start` runs in the actor's first turn, not inside this call. Once only. */
  start(start: Start<M>, supervise?: Supervise<M>): void {
    if (this.#state !== 'waiting') throw new Error(`${this.name}: started twice or after its end`)
    this.#start = start
    if (supervise !== undefined) this.#supervision = new Supervision(supervise)
    this.#state = 'running'
    this.wake()
  }

  /**
   * Takes no more messages, handles those it has and the results it still awaits, then ends. After the deadline it
   * ends at once and leaves the rest.
   */
  stop(deadlineMilliseconds: number): Promise<StopReport> {
    if (this.#state === 'waiting') this.kill()
    if (this.#state !== 'stopped') {
      const deadline = this.scheduler.after(deadlineMilliseconds, () => this.kill())
      this.#ending.whenReached(() => deadline.cancel())
      this.#state = 'draining'
      this.mailbox.isClosed = true
      this.#life?.cancelTimers()
      this.wake()
    }
    return this.#ending.wait()
  }

  /** Ends at once, as a crash of the machine would: nothing more is handled. */
  kill(): void {
    if (this.#state === 'stopped') return
    const waiting = this.mailbox.lanes.reduce((sum, lane) => sum + lane.size, 0)
    const wasBusy = this.#isBusy
    this.#endLife()
    this.#finish({ actor: this.name, drained: waiting === 0 && !wasBusy, discarded: waiting })
  }

  figures(): ActorFigures {
    return {
      actor: this.name,
      state: this.#state,
      restarts: this.#supervision.restarts,
      failures: this.#supervision.failures,
      staleResults: this.#staleResults,
      lanes: this.mailbox.lanes.map((lane) => lane.figures()),
    }
  }

  /** One turn: called by the scheduler only. */
  run(): void {
    this.#isQueued = false
    for (let handled = 0; handled < MESSAGES_PER_TURN; handled++) {
      if (this.#isBusy || this.#state === 'stopped') return
      const behaviour = this.#behaviour
      if (behaviour === undefined) {
        this.#begin()
        continue
      }
      const lane = this.mailbox.nextLane()
      if (lane === undefined) {
        if (this.#hasWorked && behaviour.idle !== undefined) {
          this.#becomeIdle(behaviour)
          continue
        }
        if (this.#state === 'draining' && this.#life?.awaitsResults !== true) this.#closeAndFinish()
        return
      }
      this.#handle(behaviour, lane)
    }
    this.wake()
  }

  wake(): void {
    if (this.#isQueued || this.#isBusy || this.#state === 'waiting') return
    this.#isQueued = true
    this.scheduler.enqueue(this)
  }

  nextJobId(): JobId {
    this.#jobIds += 1
    return this.#jobIds
  }

  countStaleResult(): void {
    this.#staleResults += 1
  }

  note(message: Message): void {
    const { scheduler, name } = this
    this.#settings.journal?.record(scheduler.now(), name, message, scheduler.monotonic())
  }

  failWith(error: unknown): void {
    this.#fail({ actor: this.name, phase: 'receive', error, message: undefined })
  }

  #begin(): void {
    const life = new Life<M>(this)
    this.#life = life
    const failed = (error: unknown) =>
      this.#fail({ actor: this.name, phase: 'start', error, message: undefined })
    try {
      const behaviour = this.#start!(life)
      if (behaviour instanceof Promise) {
        const ready = (state: Behaviour<M>) => {
          this.#behaviour = state
        }
        this.#await(life, behaviour, ready, failed)
      } else {
        this.#behaviour = behaviour
      }
    } catch (error) {
      failed(error)
    }
  }

  #becomeIdle(behaviour: Behaviour<M>): void {
    this.#hasWorked = false
    try {
      if (behaviour.idle!()) this.note(IDLE)
    } catch (error) {
      this.note(IDLE)
      this.failWith(error)
    }
  }

  #handle(behaviour: Behaviour<M>, lane: Lane<M>): void {
    this.#hasWorked = true
    const began = this.scheduler.monotonic()
    const message = this.mailbox.take(lane, began)
    this.note(message)
    let pending: void | Promise<void>
    try {
      pending = behaviour.receive(message)
    } catch (error) {
      this.#handlerFailed(lane, began, message, error)
      return
    }
    if (pending === undefined) this.#handled(lane, began)
    else this.#awaitHandler(pending, lane, began, message)
  }

  /** By itself, so that only handlers that await pay for what the closures keep. */
  #awaitHandler(pending: Promise<void>, lane: Lane<M>, began: number, message: M): void {
    this.#await(
      this.#life!,
      pending,
      () => this.#handled(lane, began),
      (error) => this.#handlerFailed(lane, began, message, error),
    )
  }

  #handled(lane: Lane<M>, began: number): void {
    this.#supervision.noteHandled()
    lane.noteBusy(this.scheduler.monotonic() - began)
  }

  #handlerFailed(lane: Lane<M>, began: number, message: M, error: unknown): void {
    lane.noteBusy(this.scheduler.monotonic() - began)
    replyOf(message)?.refuse('failed', `${this.name}: failed while handling ${message.type}`)
    this.#fail({ actor: this.name, phase: 'receive', error, message })
  }

  /** Lets the actor be busy until the promise settles; ignored if its life ended meanwhile. */
  #await<T>(
    life: Life<M>,
    promise: Promise<T>,
    done: (value: T) => void,
    failed: (error: unknown) => void,
  ): void {
    this.#isBusy = true
    life.suspend()
    const goOn = (next: () => void) => {
      if (life.isOver) return
      life.resume()
      this.#isBusy = false
      next()
      this.wake()
    }
    promise.then(
      (value) => goOn(() => done(value)),
      (error: unknown) => goOn(() => failed(error)),
    )
  }

  #fail(failure: Failure<M>): void {
    if (this.#state === 'stopped') return
    const decision = this.#supervision.decide(failure)
    this.#settings.onFailure({ ...failure, decision })
    if (decision === 'stop') this.kill()
    if (decision === 'restart') this.#restart()
  }

  #restart(): void {
    this.note(RESTARTED)
    const closing = this.#endLife()
    if (closing === undefined) {
      this.wake()
      return
    }
    this.#isBusy = true
    closing.then(() => {
      this.#isBusy = false
      this.wake()
    })
  }

  #closeAndFinish(): void {
    const report = { actor: this.name, drained: true, discarded: 0 }
    const closing = this.#endLife()
    if (closing === undefined) {
      this.#finish(report)
      return
    }
    this.#isBusy = true
    closing.then(() => this.#finish(report))
  }

  /** Gives the state up. The promise, if closing takes one, never rejects: a failure is reported. */
  #endLife(): Promise<void> | undefined {
    const behaviour = this.#behaviour
    this.#life?.end()
    this.#life = undefined
    this.#behaviour = undefined
    this.#isBusy = false
    if (behaviour === undefined) return undefined
    return close(behaviour, (error) => {
      const failure = { actor: this.name, phase: 'close', error, message: undefined } as const
      this.#settings.onFailure({ ...failure, decision: 'resume' })
    })
  }

  #finish(report: StopReport): void {
    if (this.#state === 'stopped') return
    this.#state = 'stopped'
    this.mailbox.isClosed = true
    this.mailbox.discardAll()
    this.#ending.reach(report)
  }
}
