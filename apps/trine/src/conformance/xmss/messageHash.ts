import { encoderFor, messageInput } from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { engineDifference, enginesOf, plain } from './engines.ts'
import { bigHex, byteString, elements, schemeOf, words } from './fields.ts'
import { vectorsRunner } from './kind.ts'

const schema = z.object({
  parameter: words,
  epoch: z.int(),
  randomness: words,
  message: byteString,
  poseidon_output: elements,
  acc_mod_domain: bigHex,
  layer: z.int(),
  offset: bigHex,
  vertex: z.array(z.int()),
  digit_sum: z.int(),
  encoding_valid: z.boolean(),
})

/** The message hash, its place in the hypercube and whether it is a codeword. */
export const messageHashRunner = vectorsRunner(
  'message hash',
  ['randomness', 'poseidon_output', 'vertex'],
  schema,
  (vector, index, json) => ({
    name: `vectors[${index}]`,
    check: () => {
      const scheme = schemeOf(json, vector.vertex.length)
      const encoder = encoderFor(scheme)
      const input = messageInput(vector.parameter, vector.epoch, vector.message)
      input.set(vector.randomness)
      const number = encoder.reduce(vector.poseidon_output)
      const { layer, offset } = encoder.findLayer(number)
      const limbs = (value: bigint) => [...encoder.toLimbs(value)]
      const expected = {
        number: limbs(vector.acc_mod_domain),
        layer: vector.layer,
        offset: limbs(vector.offset),
        vertex: vector.vertex,
        sum: vector.digit_sum,
        codeword: vector.encoding_valid ? vector.vertex : undefined,
      }
      const vertex = encoder.vertex(layer, offset)
      const actual = {
        number: [...number],
        layer,
        offset: [...offset],
        vertex: plain(vertex),
        sum: vertex.reduce((sum, digit) => sum + digit, 0),
        codeword: plain(encoder.codeword(vector.poseidon_output)),
      }
      return (
        engineDifference(enginesOf(scheme), 'hash', vector.poseidon_output, (engine) =>
          engine.hashMessages(input),
        ) ?? difference('place', expected, actual)
      )
    },
  }),
)
