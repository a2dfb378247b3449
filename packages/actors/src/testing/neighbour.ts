import type { Journal } from '../journal.ts'
import type { Message, MessageOf, Ref } from '../message.ts'
import type { Scheduler } from '../scheduler.ts'
import { deepFreeze } from './freeze.ts'

/** What a neighbour does with some kinds of messages, e.g. answer questions. */
export type Script<M extends Message> = { [K in M['type']]?: (message: MessageOf<M, K>) => void }

/** Stands in for another actor: takes down what it is told and follows its script. */
export interface Neighbour<M extends Message> {
  readonly ref: Ref<M>
  /** Everything it was told and took, oldest first. */
  readonly received: readonly M[]
  /** What it was told of one kind. */
  of<K extends M['type']>(kind: K): MessageOf<M, K>[]
  /** Forgets what it was told so far. */
  clear(): void
  /** Replaces what it does with a kind of message. */
  on<K extends M['type']>(kind: K, act: (message: MessageOf<M, K>) => void): void
  /** Makes it refuse messages of these kinds from now on; without kinds it takes everything again. */
  refuse(...kinds: readonly M['type'][]): void
}

export function createNeighbour<M extends Message>(
  name: string,
  scheduler: Scheduler,
  journal: Journal,
  script: Script<M>,
): Neighbour<M> {
  const acts = new Map<string, (message: never) => void>(Object.entries(script) as [string, () => void][])
  const received: M[] = []
  let refused: readonly string[] = []

  const tell = (message: M): boolean => {
    if (refused.includes(message.type)) return false
    received.push(deepFreeze(message))
    // As with an actor, what follows happens in a later turn and not inside the sender's call.
    scheduler.enqueue({
      run: () => {
        journal.record(scheduler.now(), name, message, scheduler.monotonic())
        acts.get(message.type)?.(message as never)
      },
    })
    return true
  }

  return {
    ref: { name, tell },
    received,
    of: <K extends M['type']>(kind: K) =>
      received.filter((message): message is MessageOf<M, K> => message.type === kind),
    clear: () => {
      received.length = 0
    },
    on: (kind, act) => {
      acts.set(kind, act)
    },
    refuse: (...kinds) => {
      refused = kinds
    },
  }
}
