/**
 * Messages per second through channels, mailboxes and questions, under virtual and system time, and timers per second.
 * `npm run bench -- channel [--json FILE]`
 */
import { writeFileSync } from 'node:fs'
import {
  ask,
  Channel,
  createActorSystem,
  createSystemScheduler,
  defineLanes,
  type Ref,
  type Reply,
  type Scheduler,
  VirtualScheduler,
} from '../src/index.ts'

type WorkMessage =
  | { readonly type: 'tick'; readonly slot: number }
  | { readonly type: 'vote'; readonly validatorIndex: number }
  | { readonly type: 'getCount'; readonly reply: Reply<number> }

const workLanes = defineLanes<WorkMessage>()({
  lanes: {
    time: { rank: 0, capacity: 16, whenFull: 'refuse' },
    queries: { rank: 1, capacity: 1024, whenFull: 'refuse' },
    votes: { rank: 2, capacity: 4096, whenFull: 'dropOldest' },
  },
  laneOf: { tick: 'time', getCount: 'queries', vote: 'votes' },
})

const COUNT = 1_000_000
const ROUNDS = 5

function spawnCounter(scheduler: Scheduler): Ref<WorkMessage> {
  const system = createActorSystem({ name: 'bench', scheduler, onFailure: fail })
  return system.spawn('counter', workLanes, () => {
    let count = 0
    return {
      receive(message) {
        if (message.type === 'getCount') message.reply.answer(count)
        else count += 1
      },
    }
  })
}

/** Actors that pass messages on around a ring, all at once. */
function spawnRing(scheduler: Scheduler, members: number): Ref<WorkMessage>[] {
  const system = createActorSystem({ name: 'ring', scheduler, onFailure: fail })
  const actors = Array.from({ length: members }, (_, index) => system.actor(`member${index}`, workLanes))
  actors.forEach((actor, index) => {
    const next = actors[(index + 1) % members]!.ref
    actor.start(() => ({
      receive(message) {
        if (message.type === 'vote' && message.validatorIndex > 0) {
          next.tell({ type: 'vote', validatorIndex: message.validatorIndex - 1 })
        }
      },
    }))
  })
  return actors.map((actor) => actor.ref)
}

async function channelStream(): Promise<number> {
  const channel = new Channel<number>(1024)
  const produce = async () => {
    for (let index = 0; index < COUNT; index++) if (!channel.tryPut(index)) await channel.put(index)
    channel.close()
  }
  const produced = produce()
  let sum = 0
  for await (const value of channel) sum += value
  await produced
  if (sum !== (COUNT * (COUNT - 1)) / 2) throw new Error(`channel: lost values, sum is ${sum}`)
  return COUNT
}

async function virtualMailbox(): Promise<number> {
  const scheduler = new VirtualScheduler()
  const counter = spawnCounter(scheduler)
  for (let sent = 0; sent < COUNT; ) {
    for (let index = 0; index < 4096; index++, sent++) counter.tell({ type: 'vote', validatorIndex: index })
    await scheduler.run()
  }
  return COUNT
}

async function virtualRing(members: number): Promise<number> {
  const scheduler = new VirtualScheduler()
  const refs = spawnRing(scheduler, members)
  for (const ref of refs) ref.tell({ type: 'vote', validatorIndex: COUNT / members - 1 })
  await scheduler.run()
  return COUNT
}

async function systemMailbox(): Promise<number> {
  const scheduler = createSystemScheduler()
  const counter = spawnCounter(scheduler)
  for (let sent = 0; sent < COUNT; ) {
    for (let index = 0; index < 4096; index++, sent++) counter.tell({ type: 'vote', validatorIndex: index })
    await ask(counter, { type: 'getCount' }, { scheduler, timeoutMilliseconds: 10_000 })
  }
  return COUNT
}

async function questions(scheduler: Scheduler, run: (work: Promise<unknown>) => Promise<unknown>) {
  const counter = spawnCounter(scheduler)
  const count = COUNT / 10
  for (let asked = 0; asked < count; asked += 1000) {
    const options = { scheduler, timeoutMilliseconds: 1000 }
    await run(Promise.all(Array.from({ length: 1000 }, () => ask(counter, { type: 'getCount' }, options))))
  }
  return count
}

async function virtualTimers(): Promise<number> {
  const scheduler = new VirtualScheduler()
  let left = COUNT
  for (let index = 0; index < 4096; index++) {
    const again = () => {
      left -= 1
      if (left > 0) scheduler.after(1 + ((left * 7919) % 4001), again)
    }
    scheduler.after(index, again)
  }
  await scheduler.run()
  return COUNT
}

function fail(report: { readonly error: unknown }): void {
  throw report.error
}

const cases: Readonly<Record<string, () => Promise<number>>> = {
  'channel, one producer and one consumer': channelStream,
  'mailbox, virtual time': virtualMailbox,
  'mailbox, system time': systemMailbox,
  'ring of 5 actors, virtual time': () => virtualRing(5),
  'ring of 5,000 actors, virtual time': () => virtualRing(5000),
  'questions, virtual time': () => {
    const scheduler = new VirtualScheduler()
    return questions(scheduler, (work) => scheduler.settle(work))
  },
  'questions, system time': () => questions(createSystemScheduler(), (work) => work),
  'timers, virtual time': virtualTimers,
}

const results: { name: string; perSecond: number }[] = []
for (const [name, run] of Object.entries(cases)) {
  const speeds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    const count = await run()
    speeds.push(count / ((performance.now() - began) / 1000))
  }
  const perSecond = Math.round(speeds.sort((left, right) => left - right)[Math.floor(ROUNDS / 2)]!)
  results.push({ name, perSecond })
  console.log(
    `${name.padEnd(42)} ${perSecond.toLocaleString('en').padStart(12)} a second (median of ${ROUNDS})`,
  )
}

const jsonAt = process.argv.indexOf('--json')
if (jsonAt !== -1) writeFileSync(process.argv[jsonAt + 1]!, JSON.stringify({ channel: results }, null, 2))
