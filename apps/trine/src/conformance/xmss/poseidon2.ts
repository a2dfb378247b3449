import type { RoundConstantOrder } from '@trine/xmss'
import {
  externalLayer,
  internalLayer,
  permute,
  RawKernels,
  roundConstants,
  type Width,
} from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { plain } from './engines.ts'
import { elements } from './fields.ts'
import { vectorsRunner, xmssRunner } from './kind.ts'

const usedConstants = z.object({
  external_initial: z.array(z.array(z.number())),
  internal: z.array(z.number()),
  external_final: z.array(z.array(z.number())),
})

const permutationSchema = z.looseObject({
  width: z.union([z.literal(16), z.literal(24)]),
  leanspec_d1_round_constants_in_consumption_order: usedConstants,
  plonky3_round_constants_in_consumption_order: usedConstants,
  vectors: z.array(
    z.object({ name: z.string(), input: elements, output_leanspec_d1: elements, output_plonky3: elements }),
  ),
})

/** Poseidon2 of one width, both orders of round constants, in plain TypeScript and in every kernel. */
export const permutationRunner = xmssRunner(
  'poseidon2',
  ['width', 'internal_diagonal', 'vectors'],
  permutationSchema,
  function* ({ width, vectors, ...file }) {
    const orders = [
      ['plonky3', file.plonky3_round_constants_in_consumption_order] as const,
      ['leanspec', file.leanspec_d1_round_constants_in_consumption_order] as const,
    ]
    for (const [order, expected] of orders) {
      yield {
        name: `round constants, ${order}`,
        check: () => difference('constants', flat(expected), roundConstants(width, order)),
      }
    }
    for (const { name, input, output_leanspec_d1, output_plonky3 } of vectors) {
      const outputs = { plonky3: output_plonky3, leanspec: output_leanspec_d1 }
      for (const [order] of orders) {
        yield {
          name: `${name}, ${order}`,
          check: () => permutationDifference(width, order, input, outputs[order]),
        }
      }
    }
  },
)

const flat = ({ external_initial, internal, external_final }: z.output<typeof usedConstants>) => ({
  initial: external_initial.flat(),
  partial: internal,
  final: external_final.flat(),
})

function permutationDifference(
  width: Width,
  order: RoundConstantOrder,
  input: Uint32Array,
  expected: Uint32Array,
): string | undefined {
  const state = input.slice()
  permute(state, order)
  const kernels = RawKernels.create()
  if (!kernels) return 'WebAssembly SIMD: expected this machine to have it'
  // The other lanes hold other states: one must not leak into the next.
  const others = [1, 2, 3].map((shift) => input.map((_, index) => input[(index + shift) % width]!))
  const lanes = [0, 1, 2, 3].map((lane) => {
    const states = [...others.slice(0, lane), input, ...others.slice(lane)]
    return kernels.permuteFour(states, order)[lane]
  })
  const found =
    difference('plain', plain(expected), plain(state)) ??
    difference('four lanes', plain([expected, expected, expected, expected]), plain(lanes))
  if (found !== undefined || width === 16) return found
  return difference('one state', plain(expected), plain(kernels.permuteOne(input, order)))
}

/** The two linear layers alone. */
export const linearLayersRunner = vectorsRunner(
  'linear layers',
  ['input', 'external', 'internal'],
  z.object({ input: elements, external: elements, internal: elements }),
  ({ input, external, internal }, index) => ({
    name: `vectors[${index}]`,
    check: () => {
      const states = { external: input.slice(), internal: input.slice() }
      externalLayer(states.external)
      internalLayer(states.internal)
      return (
        difference('external', plain(external), plain(states.external)) ??
        difference('internal', plain(internal), plain(states.internal))
      )
    },
  }),
)
