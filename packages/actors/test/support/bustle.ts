import {
  ask,
  createActorSystem,
  createRandom,
  defineLanes,
  type Journal,
  type Reply,
  VirtualScheduler,
} from '../../src/index.ts'

type BustleMessage =
  | { readonly type: 'work'; readonly hops: number; readonly payload: Uint8Array }
  | { readonly type: 'done'; readonly id: number; readonly ok: boolean }
  | { readonly type: 'getLoad'; readonly reply: Reply<number> }

const lanes = defineLanes<BustleMessage>()({
  lanes: {
    results: { rank: 0, capacity: 20, whenFull: 'refuse' },
    questions: { rank: 1, capacity: 5, whenFull: 'refuse' },
    work: { rank: 2, capacity: 10, whenFull: 'dropOldest' },
  },
  laneOf: { done: 'results', getLoad: 'questions', work: 'work' },
})

/**
 * Actors that do a bit of everything by chance: tell, ask and await, ask and go on, wait, work outside, fail and
 * restart. Runs to its end on virtual time; only the seed decides what happens.
 */
export async function runBustle(seed: string, members: number, journal: Journal): Promise<void> {
  const scheduler = new VirtualScheduler()
  const random = createRandom(seed)
  const system = createActorSystem({ name: seed, scheduler, journal, onFailure: () => {} })
  const actors = Array.from({ length: members }, (_, index) => system.actor(`member${index}`, lanes))
  const options = { as: 'done' as const, timeoutMilliseconds: 30 }
  actors.forEach((actor, index) => {
    const chance = random.split(`member${index}`)
    actor.start((context) => {
      let load = 0
      const toMessage = (id: number, outcome: { readonly ok: boolean }) =>
        ({ type: 'done', id, ok: outcome.ok }) as const
      return {
        async receive(message) {
          load += 1
          if (message.type === 'getLoad') message.reply.answer(load)
          if (message.type !== 'work' || message.hops === 0) return
          const other = chance.pick(actors).ref
          const next = { ...message, hops: message.hops - 1 }
          const act = chance.integer(6)
          if (act === 0) await ask(other, { type: 'getLoad' }, { scheduler, timeoutMilliseconds: 20 })
          if (act === 1) context.request(other, { type: 'getLoad' }, options, toMessage)
          if (act === 2) await new Promise<void>((resolve) => scheduler.after(chance.float() * 10, resolve))
          if (act === 3) {
            const work = new Promise<number>((resolve) => setTimeout(() => resolve(1), chance.integer(3)))
            context.startJob(() => work, { ...options, modelledMilliseconds: chance.integer(40) }, toMessage)
          }
          if (act === 4 && chance.chance(0.2)) throw new Error('by chance')
          other.tell(next)
          if (chance.chance(0.3)) chance.pick(actors).ref.tell(next)
        },
        idle: () => {
          load -= 1
          return load % 2 === 0
        },
      }
    })
  })
  for (const actor of actors)
    actor.ref.tell({ type: 'work', hops: 12, payload: new Uint8Array(100).fill(members) })
  await scheduler.run()
}
