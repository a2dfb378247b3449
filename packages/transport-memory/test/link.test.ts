import { createRandom, VirtualScheduler } from '@trine/actors'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Inbox } from '../src/inbox.ts'
import { checkConditions, GOOD_LINK, type LinkConditions } from '../src/index.ts'
import { Link, type LinkFigures, Pipe } from '../src/link.ts'

const NO_LIMIT = Number.POSITIVE_INFINITY

function createTestLink(changes: Partial<LinkConditions>, uplink = NO_LIMIT, seed: string | number = 'link') {
  const scheduler = new VirtualScheduler()
  const figures: LinkFigures = {
    sent: 0,
    bytes: 0,
    delivered: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    cut: 0,
  }
  const conditions = checkConditions({ ...GOOD_LINK, ...changes })
  const link = new Link('sender', scheduler, createRandom(seed), conditions, new Pipe(uplink), figures)
  const arrivals: { readonly number: number; readonly time: number }[] = []
  const note = (number: number) => void arrivals.push({ number, time: scheduler.now() })
  const inbox = new Inbox(scheduler, note)
  const sendGossip = (bytes: number, number: number) => link.sendGossip(bytes, NO_LIMIT, inbox, number)
  return { scheduler, figures, link, arrivals, note, sendGossip }
}

const latency = fc
  .tuple(fc.nat(100), fc.nat(200), fc.integer({ min: 1, max: 4 }))
  .map(([minimum, range, skew]) => ({ minimum, maximum: minimum + range, skew }))

describe('a link', () => {
  it('keeps to its latency and to the order of what was sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        latency,
        fc.array(fc.nat(50), { minLength: 1, maxLength: 50 }),
        fc.nat(),
        async (wait, pauses, seed) => {
          const { scheduler, arrivals, sendGossip } = createTestLink({ latency: wait }, NO_LIMIT, seed)
          const sentAt: number[] = []
          for (const [number, pause] of pauses.entries()) {
            await scheduler.advance(pause)
            sentAt.push(scheduler.now())
            sendGossip(100, number)
          }
          await scheduler.run()
          expect(arrivals.map(({ number }) => number)).toEqual(pauses.map((_, number) => number))
          arrivals.forEach(({ number, time }) => {
            // It may have to wait for the slowest before it.
            const latest = Math.max(...sentAt.slice(0, number + 1)) + wait.maximum
            expect(time).toBeGreaterThanOrEqual(sentAt[number]! + wait.minimum)
            expect(time).toBeLessThanOrEqual(latest)
          })
        },
      ),
    )
  })

  it('loses, doubles and holds up as often as it should', async () => {
    const { scheduler, figures, arrivals, sendGossip } = createTestLink({
      loss: 0.3,
      duplication: 0.1,
      reordering: 0.05,
    })
    const sent = 20_000
    for (let number = 0; number < sent; number++) {
      sendGossip(1, number)
      await scheduler.advance(1)
    }
    await scheduler.run()
    expect(figures.sent).toBe(sent)
    expect(figures.lost / sent).toBeCloseTo(0.3, 1)
    expect(figures.duplicated / (0.7 * sent)).toBeCloseTo(0.1, 1)
    expect(figures.reordered / (0.7 * sent)).toBeCloseTo(0.05, 1)
    expect(arrivals.length).toBe(sent - figures.lost + figures.duplicated)
    const overtakes = arrivals.filter(
      ({ number }, index) => number < (arrivals[index - 1]?.number ?? 0),
    ).length
    expect(overtakes).toBeGreaterThan(figures.reordered / 2)
  })

  it('takes its time for bytes, and the uplink of the sender does too', async () => {
    const still = { minimum: 10, maximum: 10, skew: 1 }
    const slowLink = createTestLink({ latency: still, bytesPerSecond: 1000 })
    for (const number of [0, 1, 2]) slowLink.sendGossip(500, number)
    slowLink.link.occupy(1000)
    slowLink.sendGossip(500, 3)
    await slowLink.scheduler.run()
    expect(slowLink.arrivals.map(({ time }) => time)).toEqual([510, 1010, 1510, 3010])
    const slowUplink = createTestLink({ latency: still, bytesPerSecond: 2000 }, 1000)
    for (const number of [0, 1]) slowUplink.sendGossip(500, number)
    await slowUplink.scheduler.run()
    expect(slowUplink.arrivals.map(({ time }) => time)).toEqual([760, 1260])
  })

  it('loses no piece of a stream and keeps the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.9, noNaN: true }), fc.nat(), async (loss, seed) => {
        const { scheduler, link, arrivals, note } = createTestLink(
          { loss, reordering: 0.5, duplication: 0.5 },
          NO_LIMIT,
          seed,
        )
        let last = 0
        for (let number = 0; number < 30; number++) last = link.sendOnStream(10, last, () => note(number))
        await scheduler.run()
        expect(arrivals.map(({ number }) => number)).toEqual(
          Array.from({ length: 30 }, (_, number) => number),
        )
      }),
    )
  })

  it('lets nothing through while it is cut, also not what was under way', async () => {
    const { scheduler, figures, link, arrivals, sendGossip } = createTestLink({
      latency: { minimum: 50, maximum: 50, skew: 1 },
    })
    sendGossip(1, 0)
    await scheduler.advance(20)
    link.isCut = true
    sendGossip(1, 1)
    await scheduler.advance(100)
    link.isCut = false
    sendGossip(1, 2)
    await scheduler.run()
    expect(arrivals.map(({ number }) => number)).toEqual([2])
    expect(figures.cut).toBe(2)
  })

  it('draws the same numbers whatever its conditions are', async () => {
    const timesWith = async (changes: Partial<LinkConditions>) => {
      const { scheduler, arrivals, sendGossip } = createTestLink(changes)
      for (let number = 0; number < 50; number++) {
        sendGossip(1, number)
        await scheduler.advance(1000)
      }
      return new Map(arrivals.map(({ number, time }) => [number, time]))
    }
    const plain = await timesWith({})
    const lossy = await timesWith({ loss: 0.4 })
    expect(lossy.size).toBeLessThan(45)
    for (const [number, time] of lossy) expect(time).toBe(plain.get(number))
  })

  it('refuses conditions that make no sense', () => {
    const check = (changes: object) => () => checkConditions({ ...GOOD_LINK, ...changes } as LinkConditions)
    expect(check({ loss: 1.1 })).toThrow('loss: expected 0 to 1, got 1.1')
    expect(check({ duplication: Number.NaN })).toThrow('duplication: expected 0 to 1, got NaN')
    expect(check({ bytesPerSecond: 0 })).toThrow('bytesPerSecond: expected more than 0, got 0')
    expect(check({ latency: { minimum: 5, maximum: 4, skew: 1 } })).toThrow(
      'latency: expected 0 <= minimum <= maximum, got 5 and 4',
    )
    expect(check({ latency: { minimum: 5, maximum: 6, skew: 1.5 } })).toThrow(
      'latency.skew: expected a whole number from 1 to 16, got 1.5',
    )
  })
})
