import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Opening } from '../../src/engine/engine.ts'
import { LANES } from '../../src/engine/engine.ts'
import { createSimdEngine } from '../../src/engine/engines.ts'
import { PlainEngine } from '../../src/engine/plain.ts'
import { scheduleChains } from '../../src/engine/schedule.ts'
import { production, test } from '../../src/schemes.ts'
import type { Scheme } from '../../src/types.ts'
import { bytes, elements, order } from './arbitraries.ts'

/** Small relatives of the presets, among them ones whose chains do not fill four lanes. */
const schemes: readonly Scheme[] = [
  test,
  { ...production, prfBytesPerElement: 16 },
  { ...production, logLifetime: 18, dimension: 5, base: 3 },
  { ...production, logLifetime: 1, dimension: 30, base: 16 },
]

const anyScheme = fc
  .tuple(fc.constantFrom(...schemes), order)
  .map(([scheme, roundConstantOrder]) => ({ ...scheme, roundConstantOrder }))

const inScheme = <Value>(of: (scheme: Scheme) => fc.Arbitrary<Value>) =>
  anyScheme.chain((scheme) => fc.tuple(fc.constant(scheme), of(scheme)))

const epochOf = ({ logLifetime }: Scheme) => fc.integer({ min: 0, max: 2 ** logLifetime - 1 })

const codewordOf = ({ dimension, base }: Scheme) =>
  fc.uint8Array({ minLength: dimension, maxLength: dimension, max: base - 1 })

const openingOf = (scheme: Scheme): fc.Arbitrary<Opening> =>
  fc.record({
    parameter: elements(5),
    epoch: epochOf(scheme),
    codeword: codewordOf(scheme),
    hashes: elements(8 * scheme.dimension),
    path: elements(8 * scheme.logLifetime),
  })

const enginesOf = (scheme: Scheme) => [createSimdEngine(scheme)!, new PlainEngine(scheme)] as const

describe('the WebAssembly engine equals the plain one', () => {
  it('message hashes', () => {
    const inputs = fc.integer({ min: 1, max: 4 }).chain((count) => elements(24 * count))
    fc.assert(
      fc.property(anyScheme, inputs, (scheme, input) => {
        const [simd, plain] = enginesOf(scheme)
        expect(simd.hashMessages(input)).toEqual(plain.hashMessages(input))
      }),
    )
  })

  it('randomness', () => {
    const drawn = inScheme((scheme) =>
      fc.tuple(bytes(32), epochOf(scheme), bytes(32), fc.integer({ min: 0, max: 1e6 })),
    )
    fc.assert(
      fc.property(drawn, ([scheme, [key, epoch, message, counter]]) => {
        const [simd, plain] = enginesOf(scheme)
        expect(simd.randomness(key, epoch, message)(counter)).toEqual(
          plain.randomness(key, epoch, message)(counter),
        )
      }),
    )
  })

  it('leaves, chains and roots', () => {
    const work = inScheme((scheme) =>
      fc.record({
        prfKey: bytes(32),
        parameter: elements(5),
        epoch: epochOf(scheme),
        codeword: codewordOf(scheme),
        openings: fc.array(openingOf(scheme), { minLength: 1, maxLength: 4 }),
      }),
    )
    fc.assert(
      fc.property(work, ([scheme, { prfKey, parameter, epoch, codeword, openings }]) => {
        const [simd, plain] = enginesOf(scheme)
        const secret = { prfKey, parameter }
        expect(simd.revealChains(secret, epoch, codeword)).toEqual(
          plain.revealChains(secret, epoch, codeword),
        )
        expect(simd.roots(openings)).toEqual(plain.roots(openings))
        const first = epoch - (epoch % 4)
        const leaves = [simd, plain].map((engine) => {
          const output = new Uint32Array(8 * 4)
          engine.leaves(secret, first, output)
          return output
        })
        expect(leaves[0]).toEqual(leaves[1])
      }),
      { numRuns: 25 },
    )
  })

  it('parents, also of more nodes than one call takes', () => {
    for (const count of [1, 2, 3, 4, 5, 255, 256, 257, 600]) {
      const [simd, plain] = enginesOf(test)
      const nodes = Uint32Array.from({ length: 16 * count }, (_, index) => (index * 48271) % 2130706433)
      const parameter = Uint32Array.of(1, 2, 3, 4, 5)
      expect(simd.parents(parameter, 7, 1000, nodes)).toEqual(plain.parents(parameter, 7, 1000, nodes))
    }
  })

  it('in any order of calls: nothing is left over from one to the next', () => {
    const [simd, plain] = enginesOf(test)
    const step = fc.constantFrom('roots', 'reveal', 'hash', 'leaves')
    const work = fc.record({
      prfKey: bytes(32),
      parameter: elements(5),
      epoch: fc.integer({ min: 0, max: 252 }),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(step, work, openingOf(test)), { maxLength: 8 }), (steps) => {
        for (const [kind, { epoch, ...secret }, opening] of steps) {
          const [actual, expected] = [simd, plain].map((engine) => {
            if (kind === 'roots') return engine.roots([opening])
            if (kind === 'reveal') return engine.revealChains(secret, epoch, opening.codeword)
            if (kind === 'hash') return engine.hashMessages(opening.path.slice(0, 24))
            const leaves = new Uint32Array(32)
            engine.leaves(secret, epoch, leaves)
            return leaves
          })
          expect(actual).toEqual(expected)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('the schedule of chains', () => {
  it('moves every chain on by its steps, in order, never twice in one call, in nearly the fewest calls', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300, max: 7 }), (steps) => {
        const idle = steps.length
        const total = steps.reduce((sum, count) => sum + count, 0)
        const schedule = new Uint32Array(4 * (total + 2))
        const calls = scheduleChains(steps, idle, schedule)
        const done = new Uint8Array(steps.length)
        for (let call = 0; call < calls; call++) {
          const busy = [...schedule.subarray(LANES * call, LANES * call + LANES)].filter(
            (slot) => slot !== idle,
          )
          expect(new Set(busy).size).toBe(busy.length)
          for (const slot of busy) done[slot]!++
        }
        expect(done).toEqual(steps)
        expect(calls).toBeLessThanOrEqual(Math.ceil(total / LANES) + Math.max(0, ...steps))
      }),
    )
  })
})
