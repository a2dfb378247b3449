import fc from 'fast-check'
import { P } from '../../src/field.ts'

/** Elements, the ones at the edges of 31-bit arithmetic often. */
export const element = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: P - 1 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      0,
      1,
      2,
      P - 1,
      P - 2,
      (P - 1) / 2,
      (P + 1) / 2,
      2 ** 24,
      2 ** 16,
      2 ** 31 - 2 ** 24,
    ),
  },
)

export const elements = (length: number) =>
  fc.array(element, { minLength: length, maxLength: length }).map((values) => Uint32Array.from(values))

export const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

export const order = fc.constantFrom('plonky3' as const, 'leanspec' as const)

/** An epoch of the production scheme, the last ones often. */
export const epoch = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.integer({ min: 2 ** 32 - 8, max: 2 ** 32 - 1 }),
)
