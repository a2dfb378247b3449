import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ActorContext } from '../src/index.ts'
import { type CounterMessage, counterLanes, createTestSystem } from './support/counter.ts'

describe('shutdown', () => {
  it('handles everything that was accepted, actor after actor, for any load and any speed', async () => {
    const load = fc.array(fc.record({ messages: fc.nat(100), delay: fc.nat(5) }), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(load, async (actors) => {
        const { scheduler, system } = createTestSystem()
        const handled = actors.map(() => 0)
        const ended: string[] = []
        const refs = actors.map(({ delay }, index) =>
          system.spawn<CounterMessage>(`actor${index}`, counterLanes, () => ({
            receive() {
              handled[index]! += 1
              if (delay > 0) return new Promise((resolve) => scheduler.after(delay, resolve))
            },
            close: () => void ended.push(`actor${index}`),
          })),
        )
        const accepted = actors.map(({ messages }, index) => {
          const told = Array.from({ length: messages }, (_, amount) =>
            refs[index]!.tell({ type: 'add', amount }),
          )
          return told.filter((taken) => taken).length
        })
        const order = actors.map((_, index) => `actor${index}`)
        const reports = await scheduler.settle(system.shutdown(order, 10_000))
        expect(handled).toEqual(accepted)
        expect(ended).toEqual(order)
        expect(reports.every((report) => report.drained && report.discarded === 0)).toBe(true)
        expect(refs.some((ref) => ref.tell({ type: 'add', amount: 0 }))).toBe(false)
        expect(scheduler.pendingTimers).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  it('stops the youngest first where no order is given, and waits for results under way', async () => {
    const { scheduler, system } = createTestSystem()
    const log: string[] = []
    for (const name of ['old', 'young']) {
      system
        .spawn<CounterMessage>(name, counterLanes, (context: ActorContext<CounterMessage>) => ({
          receive(message) {
            if (message.type === 'jobDone') log.push(`${name} got ${message.result}`)
            if (message.type !== 'add') return
            const options = { as: 'jobDone' as const, timeoutMilliseconds: 1000, modelledMilliseconds: 30 }
            context.startJob(
              () => Promise.resolve('work'),
              options,
              (id, outcome) => ({ type: 'jobDone', id, result: outcome.ok ? outcome.value : 'nothing' }),
            )
          },
          close: () => void log.push(`${name} closed`),
        }))
        .tell({ type: 'add', amount: 1 })
    }
    await scheduler.settle(system.shutdown([], 10_000))
    expect(log).toEqual(['old got work', 'young got work', 'young closed', 'old closed'])
    expect(scheduler.now()).toBe(30)
    await expect(system.shutdown(['stranger'], 1)).rejects.toThrow('test: no actor stranger to stop')
  })

  it('gives up at the deadline and says what it left', async () => {
    const { scheduler, system, failures } = createTestSystem()
    const ref = system.spawn<CounterMessage>('stuck', counterLanes, () => ({
      receive: () => new Promise(() => {}),
      close: () => Promise.reject(new Error('cannot close')),
    }))
    for (let amount = 0; amount < 4; amount++) ref.tell({ type: 'add', amount })
    const reports = await scheduler.settle(system.shutdown([], 500))
    expect(reports).toEqual([{ actor: 'test/stuck', drained: false, discarded: 3 }])
    expect(scheduler.now()).toBe(500)
    await scheduler.run()
    expect(failures).toMatchObject([{ phase: 'close', message: undefined }])
    expect(await scheduler.settle(system.shutdown([], 500))).toEqual(reports)
  })

  it('kill leaves nothing running', async () => {
    const { scheduler, system } = createTestSystem()
    let handled = 0
    const ref = system.spawn<CounterMessage>('ticking', counterLanes, (context) => {
      context.after(10, { type: 'urgent', number: 1 })
      return {
        receive() {
          handled += 1
          context.after(10, { type: 'urgent', number: 1 })
        },
      }
    })
    await scheduler.advance(35)
    expect(handled).toBe(3)
    system.kill()
    expect(ref.tell({ type: 'add', amount: 1 })).toBe(false)
    await scheduler.run()
    expect([handled, scheduler.pendingTimers, scheduler.now()]).toEqual([3, 0, 35])
  })
})
