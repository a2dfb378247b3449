import { describe, expect, it } from 'vitest'
import { type ActorContext, ask, type Behaviour, type Decision, type Ref, type Start } from '../src/index.ts'
import { type CounterMessage, counterLanes, createTestSystem } from './support/counter.ts'

/** Adds up; `fail` throws; keeps what it saw in `log`. */
function counter(log: string[]): Start<CounterMessage> {
  let lives = 0
  return () => {
    lives += 1
    let sum = 0
    log.push(`start ${lives}`)
    return {
      receive(message) {
        if (message.type === 'add') sum += message.amount
        if (message.type === 'fail') throw new Error(message.text)
        if (message.type === 'getSum') message.reply.answer(sum)
        if (message.type === 'urgent') log.push(`urgent ${message.number}`)
      },
      close: () => void log.push('close'),
    }
  }
}

const askOptions = (scheduler: Parameters<typeof ask>[2]['scheduler']) => ({
  scheduler,
  timeoutMilliseconds: 1000,
})

describe('an actor', () => {
  it('starts in its own turn and handles what was told before', async () => {
    const { scheduler, system } = createTestSystem()
    const log: string[] = []
    const actor = system.actor<CounterMessage>('counter', counterLanes)
    expect(actor.ref.tell({ type: 'add', amount: 3 })).toBe(true)
    actor.start(counter(log))
    expect(log).toEqual([])
    const sum = await scheduler.settle(ask(actor.ref, { type: 'getSum' }, askOptions(scheduler)))
    expect(sum).toEqual({ ok: true, value: 3 })
    expect(() => actor.start(counter(log))).toThrow('test/counter: started twice or after its end')
    expect(() => system.actor('counter', counterLanes)).toThrow('test: there is already an actor counter')
  })

  it('handles one message at a time, the best rank next, also when handlers await', async () => {
    const { scheduler, system } = createTestSystem()
    const log: string[] = []
    const ref = system.spawn<CounterMessage>('slow', counterLanes, () => ({
      async receive(message) {
        const name = message.type === 'urgent' ? `urgent ${message.number}` : message.type
        log.push(`${name} begins`)
        await new Promise<void>((resolve) => scheduler.after(10, resolve))
        log.push(`${name} ends`)
      },
    }))
    ref.tell({ type: 'add', amount: 1 })
    await scheduler.advance(1)
    ref.tell({ type: 'add', amount: 2 })
    ref.tell({ type: 'urgent', number: 7 })
    await scheduler.run()
    const expected = ['add', 'urgent 7', 'add'].flatMap((name) => [`${name} begins`, `${name} ends`])
    expect(log).toEqual(expected)
    expect(scheduler.now()).toBe(30)
  })

  it.each<[Decision, number, string[]]>([
    ['resume', 6, ['start 1']],
    ['restart', 5, ['start 1', 'close', 'start 2']],
  ])('after a failure %s: sum %i', async (decision, expected, expectedLog) => {
    const { scheduler, system, failures } = createTestSystem()
    const log: string[] = []
    const ref = system.spawn('counter', counterLanes, counter(log), () => decision)
    ref.tell({ type: 'add', amount: 1 })
    ref.tell({ type: 'fail', text: 'bad luck' })
    ref.tell({ type: 'add', amount: 5 })
    const sum = await scheduler.settle(ask(ref, { type: 'getSum' }, askOptions(scheduler)))
    expect(sum).toEqual({ ok: true, value: expected })
    expect(log).toEqual(expectedLog)
    expect(failures).toMatchObject([
      { actor: 'test/counter', phase: 'receive', decision, message: { type: 'fail', text: 'bad luck' } },
    ])
    expect(String(failures[0]!.error)).toBe('Error: bad luck')
  })

  it('stopped by a failure, refuses everything and tells those who asked', async () => {
    const { scheduler, system } = createTestSystem()
    const log: string[] = []
    const ref = system.spawn('counter', counterLanes, counter(log), () => 'stop')
    ref.tell({ type: 'fail', text: 'the end' })
    const waiting = ask(ref, { type: 'getSum' }, askOptions(scheduler))
    const outcome = await scheduler.settle(waiting)
    expect(outcome).toMatchObject({ ok: false, error: { code: 'stopped' } })
    expect(ref.tell({ type: 'add', amount: 1 })).toBe(false)
    expect(await scheduler.settle(ask(ref, { type: 'getSum' }, askOptions(scheduler)))).toMatchObject({
      error: { code: 'refused' },
    })
    expect(log).toEqual(['start 1', 'close'])
    expect(system.figures()[0]).toMatchObject({ state: 'stopped', failures: 1, restarts: 0 })
  })

  it('that fails at every start is stopped after a few attempts', async () => {
    const { scheduler, system, failures } = createTestSystem()
    const start: Start<CounterMessage> = () => Promise.reject(new Error('no disk'))
    const ref = system.spawn('broken', counterLanes, start, () => 'resume')
    await scheduler.run()
    expect(failures.map((failure) => failure.decision)).toEqual([...Array(5).fill('restart'), 'stop'])
    expect(failures.every((failure) => failure.phase === 'start')).toBe(true)
    expect(ref.tell({ type: 'add', amount: 1 })).toBe(false)
  })

  it('waits for an asynchronous start, and for an asynchronous close before it starts again', async () => {
    const { scheduler, system } = createTestSystem()
    const log: string[] = []
    const pause = () => new Promise<void>((resolve) => scheduler.after(5, resolve))
    const start: Start<CounterMessage> = async () => {
      log.push(`${scheduler.now()} start`)
      await pause()
      const behaviour: Behaviour<CounterMessage> = {
        receive(message) {
          log.push(`${scheduler.now()} ${message.type}`)
          if (message.type === 'fail') throw new Error(message.text)
        },
        close: async () => {
          await pause()
          log.push(`${scheduler.now()} closed`)
        },
      }
      return behaviour
    }
    const ref = system.spawn('slow', counterLanes, start)
    ref.tell({ type: 'fail', text: 'x' })
    ref.tell({ type: 'add', amount: 1 })
    await scheduler.run()
    expect(log).toEqual(['0 start', '5 fail', '10 closed', '10 start', '15 add'])
  })

  it('does not mind what an earlier life still awaits', async () => {
    const { scheduler, system } = createTestSystem()
    const log: string[] = []
    const settle: ((text: string) => void)[] = []
    const contexts: ActorContext<CounterMessage>[] = []
    const ref = system.spawn<CounterMessage>('awaiting', counterLanes, (context) => {
      contexts.push(context)
      const life = contexts.length
      return {
        async receive(message) {
          log.push(`${life} ${message.type} begins`)
          await new Promise<string>((resolve) => settle.push(resolve))
          log.push(`${life} ${message.type} ends`)
        },
      }
    })
    ref.tell({ type: 'add', amount: 1 })
    ref.tell({ type: 'getSum', reply: { answer: () => true, refuse: () => true, isOpen: true } })
    ref.tell({ type: 'fail', text: '' })
    await scheduler.run()
    // Fails the actor from outside while its handler is suspended.
    const options = { as: 'jobDone' as const, timeoutMilliseconds: 10 }
    contexts[0]!
      .expect(options, () => {
        throw new Error('broken')
      })!
      .reply.answer(1)
    await scheduler.run()
    settle[0]!('late')
    await scheduler.run()
    expect(log).toEqual(['1 add begins', '2 getSum begins', '1 add ends'])
    settle[1]!('now')
    await scheduler.run()
    expect(log.slice(3)).toEqual(['2 getSum ends', '2 fail begins'])
  })

  it('drops the oldest where its lane says so, and a dropped question is refused', async () => {
    const { scheduler, system } = createTestSystem()
    const seen: number[] = []
    const ref: Ref<CounterMessage> = system.spawn('samples', counterLanes, () => ({
      receive: (message) => void (message.type === 'sample' && seen.push(message.number)),
    }))
    for (let number = 0; number < 5; number++) expect(ref.tell({ type: 'sample', number })).toBe(true)
    await scheduler.run()
    expect(seen).toEqual([2, 3, 4])
    const figures = system.figures()[0]!.lanes.find((lane) => lane.lane === 'samples')
    expect(figures).toMatchObject({ accepted: 5, dropped: 2, handled: 3, depth: 0, deepest: 3 })
  })

  it('counts waiting and busy time by lane', async () => {
    const { scheduler, system } = createTestSystem()
    const ref = system.spawn<CounterMessage>('slow', counterLanes, () => ({
      receive: () => new Promise<void>((resolve) => scheduler.after(10, resolve)),
    }))
    for (let amount = 0; amount < 3; amount++) ref.tell({ type: 'add', amount })
    await scheduler.run()
    const work = system.figures()[0]!.lanes.find((lane) => lane.lane === 'work')
    expect(work).toMatchObject({ handled: 3, waitTotal: 30, waitMax: 20, busyTotal: 30, busyMax: 10 })
  })

  it('is told when nothing is left, once after each burst', async () => {
    const { scheduler, system } = createTestSystem()
    const batches: number[][] = []
    let batch: number[] = []
    const ref = system.spawn<CounterMessage>('batches', counterLanes, () => ({
      receive: (message) => void (message.type === 'add' && batch.push(message.amount)),
      idle: () => {
        batches.push(batch)
        batch = []
        return true
      },
    }))
    for (let amount = 0; amount < 100; amount++) ref.tell({ type: 'add', amount })
    await scheduler.run()
    ref.tell({ type: 'add', amount: 100 })
    await scheduler.run()
    expect(batches.map((numbers) => numbers.length)).toEqual([100, 1])
  })
})
