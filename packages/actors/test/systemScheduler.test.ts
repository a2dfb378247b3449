import { expect, it } from 'vitest'
import { ask, Channel, createActorSystem, createSystemScheduler } from '../src/index.ts'
import { type CounterMessage, counterLanes } from './support/counter.ts'

const scheduler = createSystemScheduler()

it('never runs a timer early, and not when cancelled', async () => {
  const early: number[] = []
  const fired = new Channel<number>(100)
  for (const delay of [0, 0.4, 1, 1.5, 7, 20]) {
    const began = scheduler.monotonic()
    scheduler.after(delay, () => {
      // Node counts whole milliseconds from its own cached clock, hence the one.
      if (scheduler.monotonic() - began < delay - 1) early.push(delay)
      fired.tryPut(delay)
    })
  }
  scheduler.after(1, () => void fired.tryPut(-1)).cancel()
  for (let count = 0; count < 6; count++) expect((await fired.next()).value).toBeGreaterThanOrEqual(0)
  expect(early).toEqual([])
  expect(fired.size).toBe(0)
})

it('lets input and output have their turn while actors keep each other busy', async () => {
  const system = createActorSystem({ name: 'real', scheduler, onFailure: () => {} })
  const [left, right] = ['left', 'right'].map((name) => system.actor<CounterMessage>(name, counterLanes))
  let passes = 0
  const pass = (to: typeof left) => () => ({
    receive: (message: CounterMessage) => {
      passes += 1
      if (message.type === 'add') to!.ref.tell(message)
    },
  })
  left!.start(pass(right))
  right!.start(pass(left))
  left!.ref.tell({ type: 'add', amount: 1 })
  // Timers come though the actors never rest; a busy machine needs many of them until the actors have done so much.
  for (let turn = 0; turn < 5 || passes <= 1000; turn++)
    await new Promise((resolve) => setTimeout(resolve, 1))
  expect(passes).toBeGreaterThan(1000)
  system.kill()
})

it('delivers the outcome of work outside', async () => {
  const outcomes = new Channel<unknown>(2)
  scheduler.external(Promise.resolve(7), 1000, (outcome) => void outcomes.tryPut(outcome))
  scheduler.external(Promise.reject('no'), 1000, (outcome) => void outcomes.tryPut(outcome))
  expect((await outcomes.next()).value).toEqual({ ok: true, value: 7 })
  expect((await outcomes.next()).value).toEqual({ ok: false, error: 'no' })
})

it('asks and answers in real time', async () => {
  const system = createActorSystem({ name: 'asked', scheduler, onFailure: () => {} })
  const ref = system.spawn<CounterMessage>('counter', counterLanes, () => ({
    receive: async (message) => {
      if (message.type !== 'getSum') return
      await new Promise((resolve) => setImmediate(resolve))
      message.reply.answer(9)
    },
  }))
  expect(await ask(ref, { type: 'getSum' }, { scheduler, timeoutMilliseconds: 60_000 })).toEqual({
    ok: true,
    value: 9,
  })
  expect(await system.shutdown([], 60_000)).toEqual([{ actor: 'asked/counter', drained: true, discarded: 0 }])
})
