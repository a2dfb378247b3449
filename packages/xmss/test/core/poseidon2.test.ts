import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { RawKernels } from '../../src/engine/rawKernels.ts'
import { P } from '../../src/field.ts'
import { permute } from '../../src/poseidon2/permute.ts'
import type { RoundConstantOrder } from '../../src/types.ts'
import { elements, order } from './arbitraries.ts'

let kernels: RawKernels

beforeAll(() => {
  const created = RawKernels.create()
  if (!created) throw new Error('these tests need WebAssembly SIMD')
  kernels = created
})

function permuted(state: Uint32Array, constants: RoundConstantOrder): Uint32Array {
  const copy = state.slice()
  permute(copy, constants)
  return copy
}

describe.each([16, 24] as const)('Poseidon2 of width %i', (width) => {
  it('four lanes equal plain TypeScript', () => {
    fc.assert(
      fc.property(fc.tuple(...[0, 1, 2, 3].map(() => elements(width))), order, (states, constants) => {
        const expected = states.map((state) => permuted(state, constants))
        expect(kernels.permuteFour(states, constants)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('four lanes equal plain TypeScript on states that lazy sums get wrong', () => {
    const values = [0, P - 1, (P - 1) / 2, (P + 1) / 2, 2 ** 24, 2 ** 16, 2 ** 16 - 1, 0x7eff8000]
    const states = values.flatMap((first) =>
      values.map((second) =>
        Uint32Array.from({ length: width }, (_, index) => (index % 2 === 0 ? first : second)),
      ),
    )
    for (let index = 0; index < states.length; index += 4) {
      const four = states.slice(index, index + 4)
      expect(kernels.permuteFour(four, 'plonky3')).toEqual(four.map((state) => permuted(state, 'plonky3')))
    }
  })
})

it('one state of width 24 equals plain TypeScript', () => {
  fc.assert(
    fc.property(elements(24), order, (state, constants) => {
      expect(kernels.permuteOne(state, constants)).toEqual(permuted(state, constants))
    }),
    { numRuns: 500 },
  )
})

it('the two orders of round constants give different permutations', () => {
  const state = Uint32Array.from({ length: 16 }, (_, index) => index)
  // Both numbers are in the notes on the vectors.
  expect(permuted(state, 'leanspec')[0]).toBe(1259554834)
  expect(permuted(state, 'plonky3')[0]).toBe(2089692522)
})
