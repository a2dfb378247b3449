import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Channel } from '../src/index.ts'

describe('Channel', () => {
  it('gives every value once, in order, for any interleaving of producer and consumer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        async (capacity, operations) => {
          const channel = new Channel<number>(capacity)
          const puts: Promise<boolean>[] = []
          const takes: Promise<IteratorResult<number>>[] = []
          for (const isPut of operations) {
            if (isPut) puts.push(channel.put(puts.length))
            else takes.push(channel.next())
            expect(channel.size).toBeLessThanOrEqual(capacity)
          }
          channel.close()
          const accepted = await Promise.all(puts)
          const rest: number[] = []
          for await (const value of channel) rest.push(value)
          const taken = (await Promise.all(takes)).filter((next) => !next.done).map((next) => next.value)
          const expected = accepted.flatMap((isAccepted, value) => (isAccepted ? [value] : []))
          expect([...taken, ...rest]).toEqual(expected)
          // Only what found neither room nor a taker before the end is not accepted.
          expect(expected.length).toBe(Math.min(puts.length, takes.length + capacity))
        },
      ),
    )
  })

  it('holds producers back while it is full', async () => {
    const channel = new Channel<string>(1)
    expect(channel.tryPut('first')).toBe(true)
    expect(channel.tryPut('second')).toBe(false)
    let isPut = false
    const put = channel.put('second').then((taken) => {
      isPut = taken
    })
    await Promise.resolve()
    expect(isPut).toBe(false)
    expect(channel.tryTake()).toBe('first')
    await put
    expect(isPut).toBe(true)
    expect(channel.tryTake()).toBe('second')
    expect(channel.tryTake()).toBeUndefined()
  })

  it('ends waiting consumers and producers when it is closed, and lets the rest be taken', async () => {
    const empty = new Channel<number>(1)
    const next = empty.next()
    empty.close()
    expect(await next).toEqual({ done: true, value: undefined })
    const full = new Channel<number>(1)
    full.tryPut(1)
    const put = full.put(2)
    full.close()
    expect(await put).toBe(false)
    expect(full.tryPut(3)).toBe(false)
    expect(await full.next()).toEqual({ done: false, value: 1 })
    expect(await full.next()).toEqual({ done: true, value: undefined })
  })

  it('refuses a capacity that makes no sense', () => {
    expect(() => new Channel(0)).toThrow('channel: expected a capacity of at least 1, got 0')
    expect(() => new Channel(1.5)).toThrow('channel: expected a capacity of at least 1, got 1.5')
  })
})
