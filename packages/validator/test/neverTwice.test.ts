import { slotAt } from '@trine/messages'
import { toHex } from '@trine/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBench, publicKeyOf, TIMING } from './support.ts'

const delay = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 6000 }))
const step = fc.record({
  pause: fc.oneof({ weight: 4, arbitrary: fc.constant(1000) }, fc.integer({ min: 0, max: 2500 })),
  /** Ticks as a healthy clock sends them, or any that a broken one might. */
  tick: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 3 })) },
  ),
  head: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 3 }),
  delays: fc.record({ dataDelay: delay, ledgerDelay: delay, signDelay: delay }),
})

it('whatever the clock, the chain and the delays do: one signature per key and epoch, none published outside its slot', async () => {
  let published = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (steps) => {
      const bench = createBench([0, 1, 3])
      const publishedAt: { slot: number; time: number }[] = []
      const note = (slot: number) => publishedAt.push({ slot, time: bench.lab.scheduler.now() })
      bench.network.on('publishBlock', ({ block }) => note(Number(block.signedBlock.message.block.slot)))
      bench.network.on('publishAttestation', ({ signedAttestation }) =>
        note(Number(signedAttestation.message.data.slot)),
      )
      for (const { pause, tick, head, delays } of steps) {
        Object.assign(bench.behaviours, delays)
        if (head !== undefined) bench.moveHead(head)
        const now = bench.lab.scheduler.now()
        const slot = slotAt(now, TIMING)
        const interval = Math.floor((now - TIMING.genesisTime) / 1000) % 4
        bench.tick(tick?.[0] ?? slot, tick?.[1] ?? interval)
        await bench.lab.advance(pause)
      }
      await bench.lab.advance(20_000)

      const epochs = bench.signRequests.map(({ validatorIndex, epoch }) => `${validatorIndex}@${epoch}`)
      expect(new Set(epochs).size).toBe(epochs.length)
      for (const { validatorIndex, epoch, message } of bench.signRequests) {
        const key = toHex(publicKeyOf(validatorIndex))
        const reserved = bench.reservations.filter(
          (entry) => entry.publicKey === key && entry.epoch === epoch,
        )
        expect(reserved.map((entry) => entry.message)).toContain(toHex(message))
      }
      for (const { slot, time } of publishedAt) expect(slotAt(time, TIMING)).toBe(slot)
      expect(publishedAt.length).toBeLessThanOrEqual(bench.signRequests.length)
      const outcomes = bench.duties().filter(({ outcome }) => outcome === 'published')
      expect(outcomes.length).toBe(publishedAt.length)
      published += publishedAt.length
    }),
    { numRuns: 400, seed: 4 },
  )
  expect(published).toBeGreaterThan(200)
})
