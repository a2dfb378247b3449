import { ask, createActorSystem, createSkewedScheduler, type Ref, VirtualScheduler } from '@trine/actors'
import { createLab } from '@trine/actors/testing'
import { type ClockMessage, clockLanes, type NodeEvent, type Tick } from '@trine/messages'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startClock } from '../src/index.ts'

const GENESIS = 1_763_712_794_000
const timing = { genesisTime: GENESIS, millisecondsPerInterval: 1000, intervalsPerSlot: 4 }
const numberOf = (tick: Tick) => tick.slot * 4 + tick.interval

/** A clock on virtual time whose wall clock can be set, with one listener that can refuse. */
async function startTestClock(startTime: number) {
  const base = new VirtualScheduler(startTime)
  const scheduler = createSkewedScheduler(base, 0)
  const system = createActorSystem({
    name: 'test',
    scheduler,
    onFailure: ({ error }) => {
      throw error
    },
  })
  const ticks: { readonly number: number; readonly skipped: number; readonly at: number }[] = []
  const events: NodeEvent[] = []
  let takes = true
  const listener: Ref<Tick> = {
    name: 'listener',
    tell: (tick) => {
      if (takes) ticks.push({ number: numberOf(tick), skipped: tick.skipped, at: scheduler.now() })
      return takes
    },
  }
  const clock = system.spawn<ClockMessage>(
    'clock',
    clockLanes,
    startClock({ timing, listeners: [listener], events: { emit: (event) => void events.push(event) } }),
  )
  const refuse = (refuses: boolean) => {
    takes = !refuses
  }
  await base.advance(0)
  return { base, scheduler, clock, ticks, events, refuse }
}

describe('ClockService', () => {
  it('ticks every interval at its beginning from genesis on', async () => {
    const { base, ticks, events } = await startTestClock(GENESIS - 1500)
    await base.advance(1500 + 12_000)
    expect(ticks).toEqual(
      Array.from({ length: 13 }, (_, number) => ({ number, skipped: 0, at: GENESIS + number * 1000 })),
    )
    expect(
      events.filter((event) => event.type === 'intervalBegan').every((event) => event.lateness === 0),
    ).toBe(true)
  })

  it('counts down to genesis: hours, minutes, tens, seconds', async () => {
    const { base, events, ticks } = await startTestClock(GENESIS - 7_300_400)
    await base.advance(7_300_399)
    expect(ticks).toEqual([])
    const seconds = events.map((event) => (event.type === 'countdown' ? event.secondsToGenesis : event.type))
    const minutes = Array.from({ length: 59 }, (_, index) => 60 * (60 - index))
    expect(seconds).toEqual([7301, 7200, ...minutes, 60, 50, 40, 30, 20, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    await base.advance(1)
    expect(ticks).toMatchObject([{ number: 0 }])
  })

  it('begins with the running interval when it is started later, and does not call that late', async () => {
    const { base, scheduler, clock, ticks } = await startTestClock(GENESIS + 10_400)
    await base.advance(1000)
    expect(ticks).toEqual([
      { number: 10, skipped: 0, at: GENESIS + 10_400 },
      { number: 11, skipped: 0, at: GENESIS + 11_000 },
    ])
    const asked = ask(clock, { type: 'getClock' }, { scheduler, timeoutMilliseconds: 100 })
    const view = await base.settle(asked)
    expect(view.ok && view.value).toEqual({
      genesisTime: GENESIS,
      now: scheduler.now(),
      lastTick: { slot: 2, interval: 3 },
      ticks: 2,
      skippedIntervals: 0,
      clockSteps: 0,
      lateness: { last: 0, mean: 0, max: 0 },
    })
  })

  it('reports what it slept through, and goes on with the running interval', async () => {
    const { base, scheduler, ticks, events } = await startTestClock(GENESIS)
    await base.advance(2100)
    scheduler.shift(20_300)
    await base.advance(2000)
    expect(ticks.map(({ number, skipped }) => [number, skipped])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [23, 20],
      [24, 0],
    ])
    expect(events).toContainEqual({ type: 'clockStepped', milliseconds: 20_300 })
    expect(events).toContainEqual({
      type: 'intervalsSkipped',
      first: { slot: 0, interval: 3 },
      last: { slot: 5, interval: 2 },
      count: 20,
    })
    expect(events).toContainEqual({ type: 'intervalBegan', slot: 5, interval: 3, lateness: 300 })
  })

  it('lets time stand still while the wall clock is behind', async () => {
    const { base, scheduler, ticks, events } = await startTestClock(GENESIS)
    await base.advance(5500)
    scheduler.shift(-3000)
    await base.advance(5000)
    expect(ticks.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(ticks[6]!.at).toBe(GENESIS + 6000)
    expect(events).toContainEqual({ type: 'clockStepped', milliseconds: -3000 })
  })

  it('never repeats, never goes back, accounts for every interval, whatever is done to the wall clock', async () => {
    const step = fc.oneof(
      fc.record({ pass: fc.integer({ min: 0, max: 5000 }) }),
      fc.record({ shift: fc.integer({ min: -20_000, max: 20_000 }) }),
      fc.record({ refuse: fc.boolean() }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -9000, max: 9000 }),
        fc.array(step, { maxLength: 40 }),
        async (start, steps) => {
          const { base, scheduler, ticks, refuse } = await startTestClock(GENESIS + start)
          for (const one of steps) {
            if ('pass' in one) await base.advance(one.pass)
            else if ('shift' in one) scheduler.shift(one.shift)
            else refuse(one.refuse)
          }
          refuse(false)
          await base.advance(2000)
          ticks.forEach((tick, index) => {
            const previous = ticks[index - 1]
            if (previous !== undefined) expect(tick.number - previous.number).toBe(1 + tick.skipped)
            else if (start < 0) expect(tick.number).toBe(tick.skipped)
            expect(Math.floor((tick.at - GENESIS) / 1000)).toBe(tick.number)
          })
          expect(new Set(ticks.map(({ number }) => number)).size).toBe(ticks.length)
        },
      ),
    )
  })

  it('does not tick an interval again after a restart of the service', async () => {
    const lab = createLab({ startTime: GENESIS, onFailure: () => {} })
    const listener = lab.neighbour<Tick>('listener')
    let breaks = false
    const emit = (event: NodeEvent) => {
      if (breaks && event.type === 'intervalBegan') throw new Error('sink is broken')
    }
    lab.spawn<ClockMessage>(
      'clock',
      clockLanes,
      startClock({ timing, listeners: [listener.ref], events: { emit } }),
    )
    await lab.advance(1000)
    breaks = true
    await lab.advance(1500)
    breaks = false
    await lab.advance(1500)
    expect(listener.received.map(numberOf)).toEqual([0, 1, 2, 3, 4])
  })
})
