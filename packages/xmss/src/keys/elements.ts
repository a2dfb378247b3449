import { multiplyElements, P } from '../field.ts'

/** 2^32 mod P. */
const MONTGOMERY_R = 33_554_430
/** 2^-32 mod P. */
const MONTGOMERY_R_INVERSE = 1_057_030_144

/** Position of the first value that is not below P, or undefined. */
export function findNonCanonical(elements: Uint32Array): number | undefined {
  for (let index = 0; index < elements.length; index++) if (elements[index]! >= P) return index
  return undefined
}

/** x * 2^32 mod P: the form in which Plonky3's serde, and so leanSig's JSON, writes an element. */
export function toMontgomery(element: number): number {
  return multiplyElements(element, MONTGOMERY_R)
}

/** The element below P of which `value` (below P) is the Montgomery form. */
export function fromMontgomery(value: number): number {
  return multiplyElements(value, MONTGOMERY_R_INVERSE)
}
