import { describe, expect, it } from 'vitest'
import { createLab, expectSequence } from '../src/testing/index.ts'
import { type CounterMessage, counterLanes } from './support/counter.ts'

describe('the lab', () => {
  it('throws what the actor under test throws, unless told to take it', async () => {
    const lab = createLab()
    const spawn = (target: typeof lab) =>
      target.spawn<CounterMessage>('bad', counterLanes, () => ({
        receive(message) {
          throw new Error(`no ${message.type}`)
        },
      }))
    spawn(lab).ref.tell({ type: 'add', amount: 1 })
    await expect(lab.settle()).rejects.toThrow('lab/bad failed at add: Error: no add')
    const reports: unknown[] = []
    const tolerant = createLab({ onFailure: (report) => void reports.push(report) })
    spawn(tolerant).ref.tell({ type: 'add', amount: 1 })
    await tolerant.settle()
    expect(reports).toHaveLength(1)
  })

  it('notices an actor that changes its message', async () => {
    const lab = createLab()
    const actor = lab.spawn<CounterMessage>('careless', counterLanes, () => ({
      receive(message) {
        if (message.type === 'add') (message as { amount: number }).amount += 1
      },
    }))
    actor.ref.tell({ type: 'add', amount: 1 })
    await expect(lab.settle()).rejects.toThrow('lab/careless failed at add: TypeError')
  })

  it('lets neighbours answer, refuse, change their mind and be looked at', async () => {
    const lab = createLab({ startTime: 1000 })
    const other = lab.neighbour<CounterMessage>('other', { getSum: ({ reply }) => reply.answer(7) })
    expect(await lab.ask(other.ref, { type: 'getSum' })).toEqual({ ok: true, value: 7 })
    other.refuse('add')
    expect(other.ref.tell({ type: 'add', amount: 1 })).toBe(false)
    other.refuse()
    expect(other.ref.tell({ type: 'add', amount: 2 })).toBe(true)
    expect(other.of('add')).toEqual([{ type: 'add', amount: 2 }])
    other.clear()
    other.on('getSum', () => {})
    expect(await lab.ask(other.ref, { type: 'getSum' })).toMatchObject({ error: { code: 'timeout' } })
    expect(lab.scheduler.now()).toBe(61_000)
    expect(other.received).toHaveLength(1)
  })

  it('says which step is missing', () => {
    const entries = ['a', 'b', 'c'].map((type, sequence) => ({
      sequence,
      time: sequence,
      monotonic: sequence,
      actor: 'lab/x',
      message: { type, deep: { value: sequence, more: true } },
    }))
    expectSequence(entries, [
      { actor: 'x', type: 'a' },
      { actor: 'x', type: 'c', deep: { value: 2 } },
    ])
    expect(() =>
      expectSequence(entries, [
        { actor: 'x', type: 'b' },
        { actor: 'x', type: 'a' },
      ]),
    ).toThrow('step 2 of 2 not found: {"actor":"x","type":"a"}\nafter step 1 came:\n  2 x c')
    expect(() => expectSequence(entries, [{ actor: 'x', type: 'c', deep: { value: 3 } }])).toThrow(
      'step 1 of 1',
    )
  })
})
