import { Hypercube } from './hypercube.ts'
import type { Scheme } from './types.ts'

const encoders = new Map<string, Hypercube>()

/** The target-sum encoding of a scheme; its tables are made once. */
export function encoderFor(scheme: Scheme): Hypercube {
  const { base, dimension, finalLayer, targetSum } = scheme
  const key = [base, dimension, finalLayer, targetSum].join()
  let encoder = encoders.get(key)
  if (!encoder) {
    encoder = new Hypercube(scheme)
    encoders.set(key, encoder)
  }
  return encoder
}
