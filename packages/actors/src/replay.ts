import type { ActorContext, Behaviour, JobId, Start } from './context.ts'
import { IDLE, type JournalEntry, type NoPlace, RESTARTED } from './journal.ts'
import type { AskResult, Message } from './message.ts'
import { OpenReply } from './reply.ts'
import type { Scheduler } from './scheduler.ts'

/** When something happened, by both clocks of a scheduler. */
export type Instant = Pick<JournalEntry, 'time' | 'monotonic'>

/** An actor whose state is being rebuilt from its part of a journal, entry by entry. */
export interface Replay<M extends Message> {
  /** Takes the next entry; it is handled when the one after it is known, since that may say more about it. */
  feed(entry: Instant & Pick<JournalEntry, 'message'>): Promise<void>
  /** Handles what is left and gives the state, with its clocks at `now` if given; more may be fed afterwards. */
  finish(now?: Instant): Promise<Behaviour<M>>
}

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
  entries: readonly (Instant & Pick<JournalEntry, 'message'>)[],
): Promise<Behaviour<M>> {
  const rebuilding = createReplay(name, start, entries[0] ?? { time: 0, monotonic: 0 })
  for (const entry of entries) await rebuilding.feed(entry)
  return rebuilding.finish()
}

/** As `replay`, for a journal that comes piece by piece. `startedAt` is when the actor was first started. */
export function createReplay<M extends Message>(
  name: string,
  start: Start<M>,
  startedAt: Instant,
): Replay<M> {
  let now = startedAt
  const withoutPlace = new Set<JobId>()
  const context = createReplayContext<M>(name, () => now, withoutPlace)
  let behaviour: Behaviour<M> | undefined
  const begin = async () => {
    behaviour = undefined
    try {
      behaviour = await start(context)
    } catch {
      // Then the journal goes on with a restart.
    }
  }
  const handle = async (message: Message) => {
    try {
      if (message.type === IDLE.type) behaviour!.idle?.()
      else await behaviour!.receive(message as M)
    } catch {
      // The journal says what came of it: a restart, or nothing.
    }
  }
  let pending: () => Promise<void> = begin
  return {
    async feed({ message, ...instant }) {
      if (message.type === '$noPlace') withoutPlace.add((message as NoPlace).id)
      if (message.type.startsWith('$') && message.type !== IDLE.type && message.type !== RESTARTED.type)
        return
      await pending()
      now = instant
      pending = message.type === RESTARTED.type ? begin : () => handle(message)
    },
    async finish(end) {
      await pending()
      pending = async () => {}
      if (end !== undefined) now = end
      if (behaviour === undefined) throw new Error(`${name}: expected a start that succeeds, found none`)
      return behaviour
    },
  }
}

function createReplayContext<M extends Message>(
  name: string,
  now: () => Instant,
  withoutPlace: ReadonlySet<JobId>,
): ActorContext<M> {
  const never = { cancel: () => {} }
  const scheduler: Scheduler = {
    now: () => now().time,
    monotonic: () => now().monotonic,
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
    request: (ref, question) => {
      const id = nextId()
      // Whoever stands in for the other actor may count what it is told.
      if (id !== undefined) ref.tell({ ...question, reply: new OpenReply(() => {}) } as never)
      return id
    },
    startJob: nextId,
    forget: () => {},
    ask: () =>
      Promise.resolve({
        ok: false,
        error: { code: 'refused', message: 'replay asks nobody' },
      } as AskResult<never>),
  }
}
