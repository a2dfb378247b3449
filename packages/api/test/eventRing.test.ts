import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EventReader } from '../src/events/eventReader.ts'
import { EventRing, topicSet } from '../src/events/eventRing.ts'
import type { Topic } from '../src/events/topics.ts'

const TOPICS = ['head', 'block', 'duty'] as const satisfies readonly Topic[]

type Step = { readonly do: 'push'; readonly topic: Topic } | { readonly do: 'flush' | 'drain' | 'block' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TOPICS).map((topic) => ({ do: 'push' as const, topic })) },
  fc.constantFrom('flush', 'drain', 'block').map((what) => ({ do: what as 'flush' })),
)

it('readers get each event of their topics once, in order, or are told that they lost it', () => {
  const topicsOf = fc.uniqueArray(fc.constantFrom(...TOPICS), { minLength: 1 })
  const readers = fc.array(topicsOf, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 80 }),
      readers,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 40 }),
      (steps, topicsOfReaders, capacity, length) => {
        const ring = new EventRing(capacity)
        for (let number = 0; number < 3; number++) ring.push('head', '[before]')
        let canTake = true
        const outputs = topicsOfReaders.map(() => '')
        const all = topicsOfReaders.map((topics, index) => {
          const write = (content: string | Uint8Array) => {
            outputs[index] += typeof content === 'string' ? content : new TextDecoder().decode(content)
            return canTake
          }
          return new EventReader(ring, topicSet(topics), { write }, length)
        })
        const pushed: Topic[] = []
        for (const { do: what, ...rest } of [...steps, { do: 'drain' as const }]) {
          if (what === 'push') {
            const { topic } = rest as { topic: Topic }
            ring.push(topic, `[${pushed.length}]`)
            pushed.push(topic)
          }
          if (what === 'block') canTake = false
          if (what === 'drain') canTake = true
          for (const reader of all) {
            if (what === 'flush') reader.flush()
            if (what === 'drain') reader.drained()
          }
        }
        for (const [index, topics] of topicsOfReaders.entries()) {
          const wanted = pushed.flatMap((topic, number) => (topics.includes(topic as never) ? [number] : []))
          let position = 0
          for (const [, got, lost] of outputs[index]!.matchAll(/\[(\d+)\]|lagged by (\d+) events/g)) {
            if (lost !== undefined) position += Number(lost)
            else expect(Number(got)).toBe(wanted[position++])
          }
          expect(position).toBe(wanted.length)
          expect(outputs[index]).not.toContain('before')
        }
      },
    ),
    { numRuns: 500 },
  )
})
