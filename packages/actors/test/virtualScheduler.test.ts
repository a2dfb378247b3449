import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSkewedScheduler, VirtualScheduler } from '../src/index.ts'
import { type CounterMessage, counterLanes, createTestSystem } from './support/counter.ts'

describe('VirtualScheduler', () => {
  it('runs timers by time and then by age, cancelled ones not, as sorting says', async () => {
    const plan = fc.array(
      fc.record({ delay: fc.integer({ min: -5, max: 20 }), cancels: fc.option(fc.nat(200)) }),
      { maxLength: 200 },
    )
    await fc.assert(
      fc.asyncProperty(plan, async (timers) => {
        const scheduler = new VirtualScheduler()
        const ran: number[] = []
        const made = timers.map(({ delay }, index) => scheduler.after(delay, () => void ran.push(index)))
        const cancelled = new Set(timers.flatMap(({ cancels }) => (cancels === null ? [] : [cancels])))
        for (const index of cancelled) made[index]?.cancel()
        expect(scheduler.pendingTimers).toBe(timers.filter((_, index) => !cancelled.has(index)).length)
        await scheduler.run()
        const expected = timers
          .map(({ delay }, index) => ({ time: Math.max(0, delay), index }))
          .filter(({ index }) => !cancelled.has(index))
          .sort((left, right) => left.time - right.time || left.index - right.index)
          .map(({ index }) => index)
        expect(ran).toEqual(expected)
        expect(scheduler.pendingTimers).toBe(0)
      }),
    )
  })

  it('stays sound when many timers are cancelled while others run', async () => {
    const scheduler = new VirtualScheduler()
    const ran: number[] = []
    const made = Array.from({ length: 1000 }, (_, index) =>
      scheduler.after((index * 7919) % 1000, () => {
        ran.push((index * 7919) % 1000)
        for (let other = index; other < 1000; other += 3) made[other]!.cancel()
      }),
    )
    await scheduler.run()
    expect(ran).toEqual([...ran].sort((left, right) => left - right))
    expect(ran.length).toBeGreaterThan(5)
    expect(scheduler.pendingTimers).toBe(0)
  })

  it('lets time pass only as far as asked', async () => {
    const scheduler = new VirtualScheduler(1_000_000)
    const ran: number[] = []
    for (const time of [10, 20, 20.5]) scheduler.after(time, () => void ran.push(time))
    await scheduler.advance(20)
    expect([ran, scheduler.now(), scheduler.monotonic()]).toEqual([[10, 20], 1_000_020, 20])
    await scheduler.run()
    expect([ran, scheduler.now()]).toEqual([[10, 20, 20.5], 1_000_020.5])
  })

  it('waits for work outside and delivers it at its modelled time, however it ends', async () => {
    const scheduler = new VirtualScheduler()
    const log: string[] = []
    let finish: (value: string) => void = () => {}
    const slow = new Promise<string>((resolve) => {
      finish = resolve
    })
    scheduler.external(slow, 10, (outcome) => log.push(`${scheduler.now()} ${JSON.stringify(outcome)}`))
    scheduler.external(Promise.reject('no'), 5, (outcome) =>
      log.push(`${scheduler.now()} ${JSON.stringify(outcome)}`),
    )
    scheduler.after(10, () => log.push(`${scheduler.now()} timer`))
    const run = scheduler.run()
    await new Promise((resolve) => setImmediate(resolve))
    expect(log).toEqual(['5 {"ok":false,"error":"no"}'])
    finish('yes')
    await run
    expect(log.slice(1)).toEqual(['10 {"ok":true,"value":"yes"}', '10 timer'])
  })

  it('lets everything behind an await happen before time moves on', async () => {
    const { scheduler, system } = createTestSystem()
    const log: string[] = []
    const ref = system.spawn<CounterMessage>('awaiting', counterLanes, () => ({
      async receive() {
        for (let hop = 0; hop < 50; hop++) await Promise.resolve()
        log.push(`hops at ${scheduler.now()}`)
        await new Promise<void>((resolve) => scheduler.after(10, resolve))
        for (let hop = 0; hop < 50; hop++) await Promise.resolve()
        log.push(`done at ${scheduler.now()}`)
      },
    }))
    ref.tell({ type: 'add', amount: 1 })
    scheduler.after(0, () => log.push('timer at 0'))
    scheduler.after(10.5, () => log.push('timer at 10.5'))
    await scheduler.run()
    expect(log).toEqual(['hops at 0', 'timer at 0', 'done at 10', 'timer at 10.5'])
  })

  it('says when a promise can never be settled, and when it is run twice', async () => {
    const scheduler = new VirtualScheduler()
    await expect(scheduler.settle(new Promise(() => {}))).rejects.toThrow('the promise is still open')
    scheduler.external(new Promise((resolve) => setImmediate(resolve)), 0, () => {})
    const running = scheduler.run()
    await expect(scheduler.run()).rejects.toThrow('virtual time: is already running')
    await running
  })

  it('shows a skewed wall clock over the same timers', async () => {
    const base = new VirtualScheduler(5000)
    const skewed = createSkewedScheduler(base, -200)
    expect([skewed.now(), skewed.monotonic()]).toEqual([4800, 0])
    skewed.shift(-4000)
    let firedAt = 0
    skewed.after(10, () => {
      firedAt = skewed.now()
    })
    await base.run()
    expect(firedAt).toBe(810)
  })
})
