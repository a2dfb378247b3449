import { Actor } from './actor.ts'
import type { FailureReport, Start, Supervise } from './context.ts'
import type { StopReport } from './ending.ts'
import type { ActorFigures, OverfullLane } from './figures.ts'
import type { Journal } from './journal.ts'
import type { LaneTable } from './lanes.ts'
import type { Message, Ref } from './message.ts'
import type { Scheduler } from './scheduler.ts'

export type ActorSystemOptions = {
  /** First part of the path of every actor, e.g. the name of the node. */
  readonly name: string
  readonly scheduler: Scheduler
  readonly journal?: Journal
  /** Told of every failure and of what was decided. It must not throw. */
  readonly onFailure: (report: FailureReport) => void
}

/** An actor as its owner sees it; everyone else gets only `ref`. */
export interface ActorHandle<M extends Message> {
  readonly name: string
  readonly ref: Ref<M>
  start(start: Start<M>, supervise?: Supervise<M>): void
  stop(deadlineMilliseconds: number): Promise<StopReport>
  kill(): void
  figures(): ActorFigures
}

export interface ActorSystem {
  readonly name: string
  readonly scheduler: Scheduler
  /** Makes a mailbox that takes messages at once; `start` gives it a behaviour. Throws when the name is taken. */
  actor<M extends Message>(name: string, lanes: LaneTable<M>): ActorHandle<M>
  /** Makes and starts an actor. Without `supervise` a failure restarts it. */
  spawn<M extends Message>(
    name: string,
    lanes: LaneTable<M>,
    start: Start<M>,
    supervise?: Supervise<M>,
  ): Ref<M>
  /**
   * Stops the actors one after the other, each with its mailbox handled to the end: those named first in that order,
   * then the others, youngest first. Each gets at most `deadlineMilliseconds`.
   */
  shutdown(order: readonly string[], deadlineMilliseconds: number): Promise<readonly StopReport[]>
  /** Ends all actors at once, as a crash would. */
  kill(): void
  figures(): readonly ActorFigures[]
  /** A lane with more messages than it may hold, which never happens; costs less than all figures. */
  overfullLane(): OverfullLane | undefined
}

/** Makes the set of actors that belong together: one node, or one test. */
export function createActorSystem(options: ActorSystemOptions): ActorSystem {
  const { name: systemName, scheduler, journal, onFailure } = options
  // biome-ignore lint/suspicious/noExplicitAny: actors of all message kinds stand in one table
  const actors = new Map<string, Actor<any>>()

  const actor = <M extends Message>(name: string, lanes: LaneTable<M>): ActorHandle<M> => {
    if (actors.has(name)) throw new Error(`${systemName}: there is already an actor ${name}`)
    const made = new Actor<M>({ name: `${systemName}/${name}`, scheduler, journal, onFailure }, lanes)
    actors.set(name, made)
    return made
  }

  const shutdown = async (order: readonly string[], deadlineMilliseconds: number) => {
    const unknown = order.find((name) => !actors.has(name))
    if (unknown !== undefined) throw new Error(`${systemName}: no actor ${unknown} to stop`)
    const reports: StopReport[] = []
    for (const name of new Set([...order, ...[...actors.keys()].reverse()])) {
      reports.push(await actors.get(name)!.stop(deadlineMilliseconds))
    }
    return reports
  }

  return {
    name: systemName,
    scheduler,
    actor,
    spawn: (name, lanes, start, supervise) => {
      const made = actor(name, lanes)
      made.start(start, supervise)
      return made.ref
    },
    shutdown,
    kill: () => {
      for (const made of actors.values()) made.kill()
    },
    figures: () => [...actors.values()].map((made) => made.figures()),
    overfullLane: () => {
      for (const { name, mailbox } of actors.values()) {
        const lane = mailbox.overfullLane()
        if (lane !== undefined) return { actor: name, ...lane.figures() }
      }
      return undefined
    },
  }
}
