import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Outbox } from '../src/index.ts'

type Numbered = { readonly type: 'numbered'; readonly number: number }

it('tells everything once and in order, however often the receiver refuses; forgets the oldest beyond its capacity', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('tell', 'flush', 'open', 'shut'), { maxLength: 60, size: 'max' }),
      fc.integer({ min: 1, max: 40 }),
      (steps, capacity) => {
        let isOpen = true
        const taken: number[] = []
        const ref = {
          name: 'receiver',
          tell: ({ number }: Numbered) => {
            if (isOpen) taken.push(number)
            return isOpen
          },
        }
        const outbox = new Outbox<Numbered>(ref, capacity)
        let number = 0
        const expected: number[] = []
        let kept: number[] = []
        for (const step of steps) {
          if (step === 'open') isOpen = true
          if (step === 'shut') isOpen = false
          if (step === 'tell') {
            outbox.tell({ type: 'numbered', number })
            kept.push(number)
            number += 1
          }
          if (step === 'flush') outbox.flush()
          if (isOpen && (step === 'flush' || (step === 'tell' && kept.length === 1))) {
            expected.push(...kept)
            kept = []
          }
          kept = kept.slice(-capacity)
          expect(taken).toEqual(expected)
          expect(outbox.size).toBe(kept.length)
        }
      },
    ),
  )
})
