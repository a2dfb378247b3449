import { decodePublicKey } from '@trine/xmss'
import {
  addElements,
  elementFromBigEndian,
  multiplyElements,
  P,
  RawKernels,
  subtractElements,
} from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { bigHex, byteString } from './fields.ts'
import { type Check, xmssRunner } from './kind.ts'

const arithmetic = z.object({
  a: z.number(),
  b: z.number(),
  add: z.number(),
  sub: z.number(),
  mul: z.number(),
  neg_a: z.number(),
  cube_a: z.number(),
  inverse_a: z.number().nullable(),
  a_le_bytes: byteString,
  a_montgomery: z.number(),
})

const reduction = z.looseObject({ value: bigHex, result: z.number() })

const schema = z.looseObject({
  P: z.number(),
  montgomery_R_mod_P: z.number(),
  vectors: z.array(arithmetic),
  reduce_u64_mod_p: z.array(reduction),
  reduce_u128_mod_p: z.array(reduction),
  invalid_encodings: z.array(z.object({ bytes: byteString, reason: z.string() })),
})

/** The field KoalaBear. */
export const koalabearRunner = xmssRunner(
  'field',
  ['P', 'montgomery_R_mod_P', 'vectors'],
  schema,
  function* (file) {
    const kernels = RawKernels.create()
    const montgomery = (element: number) => kernels?.toMontgomery(Uint32Array.of(element, 0, 0, 0))[0]
    yield { name: 'P', check: () => difference('P', file.P, P) }
    yield { name: 'R', check: () => difference('R', file.montgomery_R_mod_P, montgomery(1)) }
    for (const [index, vector] of file.vectors.entries()) {
      yield { name: `vectors[${index}]`, check: () => arithmeticDifference(vector, montgomery) }
    }
    yield* file.reduce_u64_mod_p.map((entry, index) => reductionCheck(`reduce_u64_mod_p[${index}]`, entry, 8))
    yield* file.reduce_u128_mod_p.map((entry, index) =>
      reductionCheck(`reduce_u128_mod_p[${index}]`, entry, 16),
    )
    for (const [index, { bytes, reason }] of file.invalid_encodings.entries()) {
      yield { name: `invalid_encodings[${index}]`, check: () => acceptance(bytes, reason) }
    }
  },
)

function arithmeticDifference(vector: z.output<typeof arithmetic>, montgomery: (element: number) => unknown) {
  const { a, b, inverse_a: inverse } = vector
  const square = multiplyElements(a, a)
  const actual = {
    a,
    b,
    add: addElements(a, b),
    sub: subtractElements(a, b),
    mul: multiplyElements(a, b),
    neg_a: subtractElements(0, a),
    cube_a: multiplyElements(square, a),
    // The inverse is what gives 1.
    inverse_a: inverse !== null && multiplyElements(a, inverse) === 1 ? inverse : null,
    a_le_bytes: [...new Uint8Array(Uint32Array.of(a).buffer)],
    a_montgomery: montgomery(a),
  }
  return difference('arithmetic', { ...vector, a_le_bytes: [...vector.a_le_bytes] }, actual)
}

function reductionCheck(name: string, { value, result }: z.output<typeof reduction>, length: number): Check {
  const bytes = Uint8Array.from({ length }, (_, index) =>
    Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn),
  )
  return { name, check: () => difference('remainder', result, elementFromBigEndian(bytes, 0, length)) }
}

/** An element that must not be read: here as the first of a public key. */
function acceptance(element: Uint8Array, reason: string): string | undefined {
  const key = new Uint8Array(52)
  key.set(element)
  return decodePublicKey(key).ok ? `element: expected a refusal (${reason}), got an element` : undefined
}
