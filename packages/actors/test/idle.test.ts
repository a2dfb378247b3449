import { describe, expect, it } from 'vitest'
import { RingJournal } from '../src/index.ts'
import { type CounterMessage, counterLanes, createTestSystem } from './support/counter.ts'

describe('an idle actor', () => {
  it('stands in the journal only where it had something to do, or failed', async () => {
    const ring = new RingJournal(100)
    const { scheduler, system } = createTestSystem(ring)
    let collected = 0
    const ref = system.spawn<CounterMessage>('collector', counterLanes, () => ({
      receive: (message) => {
        if (message.type === 'add') collected += message.amount
      },
      idle: () => {
        if (collected > 10) throw new Error('too much')
        const hasWork = collected > 0
        collected = 0
        return hasWork
      },
    }))
    for (const amount of [1, 0, 2, 11]) {
      ref.tell({ type: 'add', amount })
      await scheduler.run()
    }
    const kinds = ring.entries().map(({ message }) => message.type)
    expect(kinds).toEqual(['add', '$idle', 'add', 'add', '$idle', 'add', '$idle', '$restarted'])
  })
})
