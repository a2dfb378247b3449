import { type ActorHandle, createActorSystem } from '../actorSystem.ts'
import type { FailureReport, Start, Supervise } from '../context.ts'
import { type Journal, type JournalEntry, RingJournal } from '../journal.ts'
import type { LaneTable } from '../lanes.ts'
import type { AnswerOf, AskKind, AskResult, Message, Question, Ref } from '../message.ts'
import { createRandom, type Random } from '../random.ts'
import { ask } from '../reply.ts'
import { VirtualScheduler } from '../virtualScheduler.ts'
import { deepFreeze } from './freeze.ts'
import { createNeighbour, type Neighbour, type Script } from './neighbour.ts'
import { expectSequence, type Step } from './sequence.ts'

export type LabOptions = {
  /** First value of `scheduler.now()`, milliseconds since the Unix epoch. */
  readonly startTime?: number
  readonly seed?: string | number
  /** What to do with failures of the actors under test; without it they are thrown by `run` and `advance`. */
  readonly onFailure?: (report: FailureReport) => void
}

/** A place to test one actor alone: virtual time, neighbours that follow a script, a journal of all that was handled. */
export interface Lab {
  readonly scheduler: VirtualScheduler
  readonly random: Random
  /** Starts the actor under test. */
  spawn<M extends Message>(
    name: string,
    lanes: LaneTable<M>,
    start: Start<M>,
    supervise?: Supervise<M>,
  ): ActorHandle<M>
  /** Makes a stand-in for another actor. */
  neighbour<M extends Message>(name: string, script?: Script<M>): Neighbour<M>
  /** Lets everything happen that needs no time to pass. */
  settle(): Promise<void>
  /** Lets so many milliseconds of virtual time pass. */
  advance(milliseconds: number): Promise<void>
  /** Asks an actor and runs until the answer is there. */
  ask<M extends Message, K extends AskKind<M>>(
    ref: Ref<M>,
    question: Question<M, K>,
  ): Promise<AskResult<AnswerOf<M, K>>>
  /** What actors and neighbours handled so far, in order. */
  journal(): readonly JournalEntry[]
  /** Checks that the journal has these steps in this order, others in between allowed. */
  expectSequence(...steps: readonly Step[]): void
}

const ASK_TIMEOUT = 60_000

export function createLab(options: LabOptions = {}): Lab {
  const scheduler = new VirtualScheduler(options.startTime ?? 0)
  const kept = new RingJournal(Number.POSITIVE_INFINITY)
  const journal: Journal = {
    // Before the handler sees it: one that changes its message fails.
    record: (time, actor, message, monotonic) => kept.record(time, actor, deepFreeze(message), monotonic),
  }
  const failures: FailureReport[] = []
  const onFailure = options.onFailure ?? ((report: FailureReport) => void failures.push(report))
  const system = createActorSystem({ name: 'lab', scheduler, journal, onFailure })

  const throwFailure = () => {
    const report = failures.shift()
    if (report === undefined) return
    const cause = report.message === undefined ? report.phase : report.message.type
    throw new Error(`${report.actor} failed at ${cause}: ${String(report.error)}`, { cause: report.error })
  }
  const advance = async (milliseconds: number) => {
    await scheduler.advance(milliseconds)
    throwFailure()
  }

  return {
    scheduler,
    random: createRandom(options.seed ?? 0),
    spawn: (name, lanes, start, supervise) => {
      const actor = system.actor(name, lanes)
      actor.start(start, supervise)
      return actor
    },
    neighbour: (name, script = {}) => createNeighbour(`lab/${name}`, scheduler, journal, script),
    settle: () => advance(0),
    advance,
    ask: async (ref, question) => {
      const answer = await scheduler.settle(
        ask(ref, question, { scheduler, timeoutMilliseconds: ASK_TIMEOUT }),
      )
      throwFailure()
      return answer
    },
    journal: () => kept.entries(),
    expectSequence: (...steps) => expectSequence(kept.entries(), steps),
  }
}
