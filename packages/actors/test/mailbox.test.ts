import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineLanes, type LaneOptions, type LaneTable, type Message } from '../src/index.ts'
import { Mailbox } from '../src/mailbox.ts'

type Numbered = Message & { readonly number: number }

const laneOptions: fc.Arbitrary<Omit<LaneOptions, 'rank'>> = fc.record({
  capacity: fc.integer({ min: 1, max: 20 }),
  whenFull: fc.constantFrom('refuse' as const, 'dropOldest' as const),
})

/** The naive mailbox: one list, searched from the front for the best rank. */
function createNaiveMailbox(lanes: readonly LaneOptions[]) {
  let waiting: { readonly lane: number; readonly number: number }[] = []
  return {
    offer(lane: number, number: number): boolean {
      const inLane = waiting.filter((item) => item.lane === lane)
      if (inLane.length >= lanes[lane]!.capacity) {
        if (lanes[lane]!.whenFull === 'refuse') return false
        waiting = waiting.filter((item) => item !== inLane[0])
      }
      waiting.push({ lane, number })
      return true
    },
    take(): number | undefined {
      const ranks = waiting.map((item) => lanes[item.lane]!.rank)
      const first = waiting[ranks.indexOf(Math.min(...ranks))]
      waiting = waiting.filter((item) => item !== first)
      return first?.number
    },
  }
}

describe('Mailbox', () => {
  it('takes by rank, keeps the order within a lane and each capacity, as a naive list does', () => {
    const scenario = fc.array(laneOptions, { minLength: 1, maxLength: 6 }).chain((options) =>
      fc.tuple(
        fc.constant(options),
        fc.shuffledSubarray(
          options.map((_, index) => index),
          { minLength: options.length },
        ),
        fc.array(fc.integer({ min: -2, max: options.length - 1 }), { maxLength: 200 }),
      ),
    )
    fc.assert(
      fc.property(scenario, ([options, ranks, operations]) => {
        const lanes = options.map((option, index) => ({ ...option, rank: ranks[index]! }))
        const names = lanes.map((_, index) => `lane${index}`)
        const table: LaneTable<Numbered> = {
          lanes: Object.fromEntries(lanes.map((lane, index) => [names[index], lane])),
          laneOf: Object.fromEntries(names.map((name) => [name, name])),
        }
        const mailbox = new Mailbox<Numbered>('test', table)
        const naive = createNaiveMailbox(lanes)
        const take = () => {
          const lane = mailbox.nextLane()
          return lane === undefined ? undefined : mailbox.take(lane, 0).number
        }
        operations.forEach((operation, number) => {
          if (operation < 0) {
            expect(take()).toBe(naive.take())
          } else {
            expect(mailbox.offer({ type: names[operation]!, number }, 0)).toBe(naive.offer(operation, number))
          }
        })
        for (const lane of mailbox.lanes) {
          expect(lane.size).toBeLessThanOrEqual(lane.options.capacity)
          expect(lane.accepted).toBe(lane.size + lane.dropped + taken(mailbox, lane.name))
        }
        for (let left = naive.take(); left !== undefined; left = naive.take()) expect(take()).toBe(left)
        expect(mailbox.isEmpty).toBe(true)
      }),
    )
  })

  it('keeps the places that are reserved', () => {
    const table = defineLanes<Numbered>()({
      lanes: { only: { rank: 0, capacity: 2, whenFull: 'refuse' } },
      laneOf: { result: 'only' } as Record<string, 'only'>,
    })
    const mailbox = new Mailbox<Numbered>('test', table)
    const place = mailbox.reserve('result')!
    expect(mailbox.offer({ type: 'result', number: 1 }, 0)).toBe(true)
    expect(mailbox.offer({ type: 'result', number: 2 }, 0)).toBe(false)
    expect(mailbox.reserve('result')).toBeUndefined()
    mailbox.isClosed = true
    mailbox.fulfil(place, { type: 'result', number: 3 }, 0)
    expect(mailbox.take(mailbox.nextLane()!, 0).number).toBe(1)
    expect(mailbox.take(mailbox.nextLane()!, 0).number).toBe(3)
  })

  it('refuses lane tables that make no sense', () => {
    const lane = { rank: 0, capacity: 1, whenFull: 'refuse' } as const
    const define = (lanes: Record<string, LaneOptions>) => defineLanes<Numbered>()({ lanes, laneOf: {} })
    expect(() => define({ a: lane, b: lane })).toThrow('lane b: expected a rank of its own, got 0 of lane a')
    expect(() => define({ a: { ...lane, capacity: 0 } })).toThrow(
      'lane a: expected a capacity of at least 1, got 0',
    )
    expect(() => new Mailbox<Numbered>('me', { lanes: { a: lane }, laneOf: { x: 'b' } })).toThrow(
      'me: message x names a lane b that does not exist',
    )
  })
})

/** How many messages of a lane were taken out by its owner, from the figures. */
function taken(mailbox: Mailbox<Numbered>, lane: string): number {
  const { accepted, dropped, depth } = mailbox.lanes.find(({ name }) => name === lane)!.figures()
  return accepted - dropped - depth
}
