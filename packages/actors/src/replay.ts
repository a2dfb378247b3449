import type { ActorContext, Behaviour, JobId, Start } from './context.ts'
import { IDLE, type JournalEntry, type NoPlace, RESTARTED } from './journal.ts'
import type { AskResult, Message } from './message.ts'
import { OpenReply } from './reply.ts'
import type { Scheduler } from './scheduler.ts'

/**
 * Rebuilds the state of one actor from its part of a journal: a fresh state is given the same messages, at the same
 * times, in the same order. What it tells others, asks and starts goes nowhere, for the answers stand in the journal;
 * what a handler throws was reported then and is not again.
 *
 * Exact for an actor that is changed by messages alone; one that awaits `ask` inside a handler gets no answer here.
 */
export async function replay<M extends Message>(
  name: string,
  start: Start<M>,
  entries: readonly Pick<JournalEntry, 'time' | 'message'>[],
): Promise<Behaviour<M>> {
  const withoutPlace = new Set(
    entries.flatMap(({ message }) => (message.type === '$noPlace' ? [(message as NoPlace).id] : [])),
  )
  let time = entries[0]?.time ?? 0
  const context = createReplayContext<M>(name, () => time, withoutPlace)
  let behaviour = await start(context)
  for (const entry of entries) {
    time = entry.time
    const { message } = entry
    if (message.type === '$noPlace') continue
    if (message.type === RESTARTED.type) {
      behaviour = await start(context)
      continue
    }
    try {
      if (message.type === IDLE.type) behaviour.idle?.()
      else await behaviour.receive(message as M)
    } catch {
      // The journal says what came of it: a restart, or nothing.
    }
  }
  return behaviour
}

function createReplayContext<M extends Message>(
  name: string,
  now: () => number,
  withoutPlace: ReadonlySet<JobId>,
): ActorContext<M> {
  const never = { cancel: () => {} }
  const scheduler: Scheduler = {
    now,
    monotonic: now,
    after: () => never,
    enqueue: () => {},
    external: () => {},
  }
  let ids = 0
  const nextId = (): JobId | undefined => {
    ids += 1
    return withoutPlace.has(ids) ? undefined : ids
  }
  return {
    name,
    self: { name, tell: () => true },
    scheduler,
    after: () => never,
    expect: <T>() => {
      const id = nextId()
      return id === undefined ? undefined : { id, reply: new OpenReply<T>(() => {}) }
    },
    request: nextId,
    startJob: nextId,
    forget: () => {},
    ask: () =>
      Promise.resolve({
        ok: false,
        error: { code: 'refused', message: 'replay asks nobody' },
      } as AskResult<never>),
  }
}
