import { shake256 } from '@noble/hashes/sha3.js'
import { HASH_LENGTH, PARAMETER_LENGTH, PRF_KEY_BYTES } from './constants.ts'
import { elementFromBigEndian } from './field.ts'
import type { Padding } from './trees.ts'
import type { EpochRange, Scheme } from './types.ts'

/** Bytes of a seed. */
export const SEED_BYTES = 32

/** Bytes of output per element: P divides 2^128 but for a part of 2^-97. */
const BYTES_PER_ELEMENT = 16

export interface SeedSecrets {
  readonly prfKey: Uint8Array
  readonly parameter: Uint32Array
  readonly padding: Padding
}

/**
 * Everything random in a key, from its seed: SHAKE256(domain | scheme | bottom trees | purpose | seed). Scheme and
 * range are part of the input so that a seed used for two different keys does not give them the same chains.
 */
export function expandSeed(scheme: Scheme, trees: EpochRange, seed: Uint8Array): SeedSecrets {
  const output = (purpose: string, bytes: number): Uint8Array => {
    const context = JSON.stringify(['trine-xmss-seed-v1', scheme, trees.start, trees.end, purpose])
    return shake256
      .create({ dkLen: bytes })
      .update(new TextEncoder().encode(context))
      .update(Uint8Array.of(0))
      .update(seed)
      .digest()
  }
  const elements = (purpose: string, length: number): Uint32Array => {
    const bytes = output(purpose, length * BYTES_PER_ELEMENT)
    return Uint32Array.from({ length }, (_, index) =>
      elementFromBigEndian(bytes, index * BYTES_PER_ELEMENT, BYTES_PER_ELEMENT),
    )
  }
  return {
    prfKey: output('prf-key', PRF_KEY_BYTES),
    parameter: elements('parameter', PARAMETER_LENGTH),
    padding: (layer, side) => elements(`padding-${layer}-${side}`, HASH_LENGTH),
  }
}
