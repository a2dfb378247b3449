import { VirtualScheduler } from '@trine/actors'
import { createEventHub } from '@trine/api'
import type { Line } from '@trine/logs'
import type { NodeEvent, ValidatorMessageFrom } from '@trine/messages'
import { failure, success } from '@trine/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClockWatch } from '../src/watch/clockWatch.ts'
import { bestWait, medianRange, OffsetEstimate, rangeOf } from '../src/watch/offsetRange.ts'
import { readResources, warningsOf, watchResources } from '../src/watch/resourceWatch.ts'
import { VoteArrivals } from '../src/watch/voteArrivals.ts'

const fail = (error: unknown) => {
  throw error
}

const GENESIS = 1_700_000_000_000
const timing = { genesisTime: GENESIS, millisecondsPerInterval: 1000, intervalsPerSlot: 4 }
const SLOT = 4000

const second = (time: number) => Math.floor(time / 1000) * 1000

describe('the offset of a clock by whole seconds of another', () => {
  const delays = { there: fc.integer({ min: 0, max: 3000 }), back: fc.integer({ min: 0, max: 3000 }) }

  it('always lies within the range, however long questions and answers take', () => {
    const arbitrary = fc.record({
      time: fc.integer({ min: 0, max: 1e12 }),
      offset: fc.integer({ min: -1e7, max: 1e7 }),
      ...delays,
    })
    fc.assert(
      fc.property(arbitrary, ({ time, offset, there, back }) => {
        const told = second(time + there - offset)
        const { low, high } = rangeOf({ sentAt: time, receivedAt: time + there + back, told })
        expect(low).toBeLessThanOrEqual(offset)
        expect(high).toBeGreaterThanOrEqual(offset)
      }),
    )
  })

  it('is narrowed down to what the way takes, by asking when the seconds turn', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (offset, begin) => {
        const estimate = new OffsetEstimate()
        let now = begin
        for (let question = 0; question < 9; question++) {
          estimate.note({ sentAt: now, receivedAt: now + 4, told: second(now + 2 - offset) }, now)
          now += 4 + bestWait(estimate.at(now)!, now)
        }
        const { low, high } = estimate.at(now)!
        expect(low).toBeLessThanOrEqual(offset)
        expect(high).toBeGreaterThanOrEqual(offset)
        expect(high - low).toBeLessThan(30)
      }),
    )
  })

  it('is known anew when one of the clocks was set, and grows vague with time', () => {
    const estimate = new OffsetEstimate()
    estimate.note({ sentAt: 10_000, receivedAt: 10_010, told: 10_000 }, 0)
    expect(estimate.at(0)).toEqual({ low: -1000, high: 10 })
    expect(estimate.at(100_000)).toEqual({ low: -1010, high: 20 })
    estimate.note({ sentAt: 50_000, receivedAt: 50_010, told: 20_000 }, 100_000)
    expect(estimate.at(100_000)).toEqual({ low: 29_000, high: 30_010 })
    estimate.forget()
    expect(estimate.at(0)).toBeUndefined()
  })

  it('of several clocks is what most of them say', () => {
    expect(medianRange([])).toBeUndefined()
    const honest = [
      { low: -20, high: 30 },
      { low: -10, high: 40 },
    ]
    expect(medianRange([...honest, { low: 1e9, high: 2e9 }])).toEqual({ low: -10, high: 40 })
    expect(medianRange([...honest, { low: -2e9, high: -1e9 }])).toEqual({ low: -20, high: 30 })
  })
})

const root = `0x${'00'.repeat(32)}` as const
const reference = { root, slot: 0 }
const chainStarted = (validatorCount: number): NodeEvent => ({
  type: 'chainStarted',
  head: reference,
  safeTarget: reference,
  justified: reference,
  finalized: reference,
  validatorCount,
})
const vote = (slot: number, validatorIndex: number, origin: 'gossip' | 'own' = 'gossip'): NodeEvent => ({
  type: 'attestation',
  validatorIndex,
  slot,
  head: reference,
  target: reference,
  source: reference,
  origin,
  validationTime: undefined,
})
const intervalBegan = (slot: number, interval: number): NodeEvent => ({
  type: 'intervalBegan',
  slot,
  interval,
  lateness: 0,
})

describe('votes that come before their time', () => {
  const due = (slot: number) => GENESIS + slot * SLOT + 1000

  it('say how far behind our clock is, once half of all validators were early', () => {
    const arrivals = new VoteArrivals(timing)
    arrivals.note(chainStarted(6), GENESIS)
    arrivals.note(vote(5, 0), due(5) - 700)
    arrivals.note(vote(5, 0), due(5) - 700)
    arrivals.note(vote(5, 1, 'own'), due(5) - 700)
    arrivals.note(vote(5, 1), due(5) - 800)
    expect(arrivals.atMostAhead).toBeUndefined()
    arrivals.note(vote(5, 2), due(5) - 900)
    expect(arrivals.atMostAhead).toBe(-800)
    arrivals.note(vote(4, 3), due(4))
    expect(arrivals.atMostAhead).toBe(-800)
    arrivals.forget()
    expect(arrivals.atMostAhead).toBeUndefined()
  })

  it('of a few liars say nothing', () => {
    const arrivals = new VoteArrivals(timing)
    arrivals.note(chainStarted(9), GENESIS)
    for (let index = 0; index < 4; index++) arrivals.note(vote(5, index), due(5) - 3000)
    for (let index = 4; index < 9; index++) arrivals.note(vote(5, index), due(5) + 50)
    expect(arrivals.atMostAhead).toBe(50)
  })
})

describe('the watch of the clock', () => {
  /** A node whose clock is off, its sources right. */
  function createBench(options: {
    readonly offset: number
    readonly sources?: readonly string[]
    readonly isSilent?: boolean
  }) {
    const scheduler = new VirtualScheduler(GENESIS)
    const hub = createEventHub(fail)
    const told: ValidatorMessageFrom<'api'>[] = []
    const lines: Line[] = []
    const state = { offset: options.offset, refuses: false }
    const watch = new ClockWatch({
      scheduler,
      timing,
      events: hub,
      logs: { log: (line) => void lines.push(line) },
      validator: {
        name: 'validator',
        tell: (message) => {
          told.push(message)
          if (state.refuses) return false
          if ('reply' in message) (message.reply as { answer(value: boolean): void }).answer(true)
          return true
        },
      },
      timeSources: options.sources ?? ['http://me:secret@a'],
      askTime: async () => {
        const now = scheduler.now()
        if (options.isSilent) return failure('nobody')
        return success({ sentAt: now, receivedAt: now + 2, told: second(now + 1 - state.offset) })
      },
    })
    let slot = 0
    const pass = async (slots: number) => {
      for (let count = 0; count < slots; count++) {
        await scheduler.advance(SLOT)
        hub.emit(intervalBegan(slot++, 3))
        await scheduler.advance(1)
      }
    }
    const types = () => told.map(({ type }) => type)
    return { scheduler, hub, told, types, lines, state, watch, pass }
  }

  it('leaves duties alone while the clock is about right', async () => {
    const bench = createBench({ offset: 120 })
    await bench.pass(40)
    expect(bench.watch.offset).toBeGreaterThan(90)
    expect(bench.watch.offset).toBeLessThan(150)
    expect([bench.told, bench.lines]).toEqual([[], []])
    bench.watch[Symbol.dispose]()
  })

  it.each([900, -900])(
    'pauses duties while the clock is off by %s ms, with a reason, and lets them go on',
    async (offset) => {
      const bench = createBench({ offset })
      await bench.pass(10)
      expect(bench.told).toMatchObject([
        {
          type: 'pauseDuties',
          by: 'clockWatch',
          reason: expect.stringMatching(offset > 0 ? /ms ahead/ : /ms behind/),
        },
      ])
      expect(bench.lines.map(({ message }) => message)).toContain('the clock is off')
      bench.state.offset = 0
      bench.hub.emit({ type: 'clockStepped', milliseconds: -offset })
      await bench.pass(40)
      expect(bench.types()).toEqual(['pauseDuties', 'resumeDuties'])
      expect(bench.told[1]).toMatchObject({ by: 'clockWatch' })
      bench.watch[Symbol.dispose]()
    },
  )

  it.each([4000, -1500])('notices within three slots that the clock was set by %s ms', async (step) => {
    const bench = createBench({ offset: 0 })
    await bench.pass(7)
    bench.state.offset = step
    bench.hub.emit({ type: 'clockStepped', milliseconds: step })
    await bench.pass(3)
    expect(bench.types()).toEqual(['pauseDuties'])
    bench.state.offset = 0
    bench.hub.emit({ type: 'clockStepped', milliseconds: -step })
    await bench.pass(1)
    expect(bench.types()).toEqual(['pauseDuties', 'resumeDuties'])
    await bench.pass(20)
    expect(bench.types()).toHaveLength(2)
    bench.watch[Symbol.dispose]()
  })

  it('tells again what the validators did not hear', async () => {
    const bench = createBench({ offset: 2000 })
    bench.state.refuses = true
    await bench.pass(6)
    const refused = bench.told.length
    expect(refused).toBeGreaterThan(1)
    bench.state.refuses = false
    await bench.pass(6)
    expect(bench.told).toHaveLength(refused + 1)
    bench.watch[Symbol.dispose]()
  })

  it('without an answer knows nothing, and hides what the URL logs in with', async () => {
    const bench = createBench({ offset: 0, isSilent: true })
    await bench.pass(20)
    expect(bench.watch.offset).toBeUndefined()
    expect(bench.told).toEqual([])
    expect(JSON.stringify(bench.lines)).not.toContain('secret')
    expect(bench.lines.length).toBeGreaterThan(0)
    bench.watch[Symbol.dispose]()
  })

  it('without sources goes by votes that come too early', async () => {
    const bench = createBench({ offset: 0, sources: [] })
    bench.hub.emit(chainStarted(2))
    for (let slot = 0; slot < 4; slot++) {
      // In interval 0, a whole interval before they are due.
      for (const index of [0, 1]) bench.hub.emit(vote(slot, index))
      await bench.pass(1)
    }
    expect(bench.types()).toEqual(['pauseDuties'])
    expect(bench.watch.offset).toBeLessThan(-500)
    bench.watch[Symbol.dispose]()
  })

  it.each([
    [600, ['every vote comes late: the clock may be ahead']],
    [400, []],
  ])('without sources, of votes that all come %s ms late, it says: %j', async (late, warnings) => {
    const bench = createBench({ offset: 0, sources: [] })
    bench.hub.emit(chainStarted(2))
    for (let slot = 0; slot < 12; slot++) {
      await bench.scheduler.advance(1000 + late)
      for (const index of [0, 1]) bench.hub.emit(vote(slot, index))
      await bench.scheduler.advance(SLOT - 1000 - late)
      bench.hub.emit(intervalBegan(slot, 3))
    }
    expect(bench.lines.map(({ message }) => message)).toEqual(warnings)
    expect([bench.told, bench.watch.offset]).toEqual([[], undefined])
    bench.watch[Symbol.dispose]()
  })
})

describe('disk and memory', () => {
  const plenty = { diskFree: 5e10, diskSize: 1e11, resident: 1e9, memory: 8e9, heapUsed: 1e8, heapLimit: 4e9 }

  it('are warned of before they are used up, with what to do', () => {
    expect(warningsOf(plenty)).toEqual([])
    const cases = [{ diskFree: 1.9e9 }, { diskFree: 4e9 }, { resident: 7e9 }, { heapUsed: 3.9e9 }]
    for (const change of cases) {
      const [line, ...more] = warningsOf({ ...plenty, ...change })
      expect(line).toMatchObject({ level: 'warn', advice: expect.any(String) })
      expect(more).toEqual([])
    }
  })

  it('are warned of once an hour, and anew when it was better in between', async () => {
    const hub = createEventHub(fail)
    const lines: Line[] = []
    let resources = { ...plenty, diskFree: 1 }
    const stop = watchResources(hub, { log: (line) => void lines.push(line) }, async () => resources)
    let slot = 0
    const look = async (count: number) => {
      for (let index = 0; index < count; index++) {
        slot += 15
        hub.emit(intervalBegan(slot, 0))
        await new Promise(setImmediate)
      }
    }
    await look(60)
    expect(lines).toHaveLength(1)
    await look(1)
    expect(lines).toHaveLength(2)
    resources = plenty
    await look(1)
    resources = { ...plenty, diskFree: 1 }
    await look(1)
    expect(lines).toHaveLength(3)
    stop()
    await look(60)
    expect(lines).toHaveLength(3)
  })

  it('of this machine can be read', async () => {
    for (const figure of Object.values(await readResources('.'))) expect(figure).toBeGreaterThan(0)
  })
})
