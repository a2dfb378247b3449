import { production, type Scheme } from '@trine/xmss'
import type { Engine } from '@trine/xmss/internals'
import { z } from 'zod'
import { engineDifference, enginesOf } from './engines.ts'
import { byteString, words } from './fields.ts'
import { xmssRunner } from './kind.ts'

const schema = z.looseObject({
  domain_separator: byteString,
  domain_elements: z.array(
    z.object({
      key: byteString,
      epoch: z.int(),
      chain_index: z.int(),
      output: words,
      output_leansig_16_bytes_per_fe: words.optional(),
    }),
  ),
  randomness: z.array(
    z.looseObject({
      key: byteString,
      epoch: z.int(),
      message: byteString,
      counter: z.number(),
      output: words,
      output_leansig_16_bytes_per_fe: words.optional(),
    }),
  ),
})

/** The PRF: chain starts and signing randomness, with 8 and with 16 bytes per element. */
export const prfRunner = xmssRunner(
  'prf',
  ['domain_separator', 'domain_elements', 'randomness'],
  schema,
  function* (file) {
    const bySize = { 8: enginesOf(withBytes(8)), 16: enginesOf(withBytes(16)) }
    const compare = (
      vector: { output: Uint32Array; output_leansig_16_bytes_per_fe?: Uint32Array | undefined },
      draw: (engine: Engine) => unknown,
    ) => {
      const { output, output_leansig_16_bytes_per_fe: wide } = vector
      return (
        engineDifference(bySize[8], '8 bytes', output, draw) ??
        (wide && engineDifference(bySize[16], '16 bytes', wide, draw))
      )
    }
    for (const [index, vector] of file.domain_elements.entries()) {
      const { key, epoch, chain_index: chain } = vector
      yield {
        name: `domain_elements[${index}]`,
        check: () => compare(vector, (engine) => chainStart(engine, key, epoch, chain)),
      }
    }
    for (const [index, vector] of file.randomness.entries()) {
      const { key, epoch, message, counter } = vector
      yield {
        name: `randomness[${index}]`,
        check: () => compare(vector, (engine) => engine.randomness(key, epoch, message)(counter)[0]),
      }
    }
  },
)

/** More chains than production has: the vectors go beyond. */
const withBytes = (prfBytesPerElement: 8 | 16): Scheme => ({
  ...production,
  dimension: 256,
  prfBytesPerElement,
})

/** The start of a chain: all chains revealed after no step. */
function chainStart(engine: Engine, prfKey: Uint8Array, epoch: number, chain: number): Uint32Array {
  const starts = engine.revealChains(
    { prfKey, parameter: new Uint32Array(5) },
    epoch,
    new Uint8Array(chain + 1),
  )
  return starts.slice(8 * chain, 8 * chain + 8)
}
