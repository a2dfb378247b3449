import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ActorContext, type AskResult, ask, type Reply } from '../src/index.ts'
import { type CounterMessage, counterLanes, createTestSystem } from './support/counter.ts'

const TIMEOUT = 1000

/** An actor that does nothing by itself; the test acts with its context. */
function spawnPuppet() {
  const { scheduler, system, failures } = createTestSystem()
  const contexts: ActorContext<CounterMessage>[] = []
  const results: string[] = []
  const ref = system.spawn<CounterMessage>('puppet', counterLanes, (context) => {
    contexts.push(context)
    return {
      receive(message) {
        if (message.type === 'jobDone') results.push(`${message.id} ${message.result}`)
        if (message.type === 'fail') throw new Error(message.text)
      },
    }
  })
  const puppet = system.figures
  return { scheduler, system, failures, contexts, results, ref, figures: () => puppet()[0]! }
}

const toMessage = (id: number, outcome: AskResult<unknown>) => ({
  type: 'jobDone' as const,
  id,
  result: outcome.ok ? String(outcome.value) : outcome.error.code,
})

const options = { as: 'jobDone' as const, timeoutMilliseconds: TIMEOUT }

describe('results come back as messages', () => {
  it('answers, refusals, timeouts and failed work, each exactly once', async () => {
    const { scheduler, contexts, results } = spawnPuppet()
    await scheduler.run()
    const context = contexts[0]!
    const first = context.expect(options, toMessage)!
    expect([first.reply.isOpen, first.reply.answer('fine'), first.reply.answer('again')]).toEqual([
      true,
      true,
      false,
    ])
    expect([first.reply.isOpen, first.reply.refuse('failed', '')]).toEqual([false, false])
    context.expect(options, toMessage)
    context.startJob(
      () => Promise.reject(new Error('broken')),
      { ...options, modelledMilliseconds: 7 },
      toMessage,
    )
    expect(results).toEqual([])
    await scheduler.advance(100)
    expect(results).toEqual(['1 fine', '3 failed'])
    const throwing = () => {
      throw new Error('at once')
    }
    context.startJob(throwing, { ...options, modelledMilliseconds: 1 }, toMessage)
    await scheduler.run()
    expect(results).toEqual(['1 fine', '3 failed', '4 failed', '2 timeout'])
    expect(scheduler.now()).toBe(TIMEOUT)
  })

  it('keeps a place for each, and starts nothing without one', async () => {
    const { scheduler, contexts, results } = spawnPuppet()
    await scheduler.run()
    const context = contexts[0]!
    const opened = [1, 2, 3].map(() => context.expect(options, toMessage)!)
    expect(context.expect(options, toMessage)).toBeUndefined()
    context.forget(opened[1]!.id)
    const fourth = context.expect(options, toMessage)!
    for (const { reply } of [...opened, fourth]) reply.answer('done')
    await scheduler.run()
    expect(results).toEqual(['1 done', '3 done', '5 done'])
  })

  it('drops results that were asked for before a restart, and never uses an id again', async () => {
    const { scheduler, contexts, results, ref, figures } = spawnPuppet()
    await scheduler.run()
    const old = contexts[0]!.expect(options, toMessage)!
    contexts[0]!.after(50, { type: 'add', amount: 1 })
    ref.tell({ type: 'fail', text: 'restart' })
    await scheduler.advance(1)
    expect(contexts).toHaveLength(2)
    const fresh = contexts[1]!.expect(options, toMessage)!
    expect(fresh.id).not.toBe(old.id)
    expect(contexts[0]!.expect(options, toMessage)).toBeUndefined()
    old.reply.answer('late')
    fresh.reply.answer('new')
    await scheduler.run()
    expect(results).toEqual([`${fresh.id} new`])
    expect(figures().staleResults).toBe(1)
    expect(figures().lanes.find((lane) => lane.lane === 'work')?.handled).toBe(1)
  })

  it('brings the answer of another actor, also when that one refuses', async () => {
    const { scheduler, system, contexts, results } = spawnPuppet()
    const other = system.actor<CounterMessage>('other', counterLanes)
    other.start(() => ({
      receive: (message) => void (message.type === 'getSum' && message.reply.answer(42)),
    }))
    await scheduler.run()
    contexts[0]!.request(other.ref, { type: 'getSum' }, options, toMessage)
    await scheduler.run()
    other.kill()
    contexts[0]!.request(other.ref, { type: 'getSum' }, options, toMessage)
    await scheduler.run()
    expect(results).toEqual(['1 42', '2 refused'])
  })

  it('fails the actor, not the one who answers, when the message cannot be made', async () => {
    const { scheduler, contexts, failures } = spawnPuppet()
    await scheduler.run()
    const { reply } = contexts[0]!.expect(options, () => {
      throw new Error('cannot')
    })!
    expect(reply.answer(1)).toBe(true)
    expect(failures).toMatchObject([{ actor: 'test/puppet', decision: 'restart' }])
  })

  it('sends itself messages later, unless cancelled', async () => {
    const { scheduler, contexts, figures } = spawnPuppet()
    await scheduler.run()
    const context = contexts[0]!
    const timers = [1, 2, 3, 4].map((number) => context.after(number, { type: 'urgent', number }))
    expect(() => context.after(5, { type: 'urgent', number: 5 })).toThrow(
      'no place left for a timer with urgent',
    )
    timers[1]!.cancel()
    timers[1]!.cancel()
    context.after(5, { type: 'urgent', number: 5 })
    await scheduler.run()
    expect(figures().lanes[0]).toMatchObject({ handled: 4, depth: 0 })
    expect(scheduler.now()).toBe(5)
  })
})

describe('ask', () => {
  it('always ends, and nothing is left unhandled, whatever the other side does', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const acts = ['answer', 'ignore', 'throw', 'reject', 'later', 'twice'] as const
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...acts), { maxLength: 40 }),
        fc.constantFrom('resume' as const, 'restart' as const, 'stop' as const),
        async (plan, decision) => {
          const { scheduler, system } = createTestSystem()
          const script = [...plan]
          const act = (reply: Reply<number>): void | Promise<void> => {
            const next = script.shift()
            if (next === 'answer') reply.answer(1)
            if (next === 'twice') [1, 2].map((value) => reply.answer(value))
            if (next === 'later') scheduler.after(10, () => reply.answer(1))
            if (next === 'throw') throw new Error('thrown')
            if (next === 'reject') return Promise.reject(new Error('rejected'))
          }
          const ref = system.spawn<CounterMessage>(
            'other',
            counterLanes,
            () => ({ receive: (message) => (message.type === 'getSum' ? act(message.reply) : undefined) }),
            () => decision,
          )
          const asked = plan.map(() =>
            ask(ref, { type: 'getSum' }, { scheduler, timeoutMilliseconds: TIMEOUT }),
          )
          const outcomes = await scheduler.settle(Promise.all(asked))
          let isStopped = false
          const expected = plan.map((next) => {
            if (isStopped) return 'stopped'
            const fails = next === 'throw' || next === 'reject'
            isStopped = fails && decision === 'stop'
            return fails ? 'failed' : next === 'ignore' ? 'timeout' : 'ok'
          })
          const got = outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code))
          // More than five failures in a row with nothing handled between end the actor even if it may restart.
          if (decision !== 'restart') expect(got).toEqual(expected)
          expect(scheduler.pendingTimers).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})
