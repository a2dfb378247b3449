/** The KoalaBear prime: P = 2^31 - 2^24 + 1 (leanSpec koalabear/field.py). */
export const P = 2130706433

const INVERSE_OF_P = 1 / P

/** (a + b) mod P of a and b in [0, P). */
export function addElements(a: number, b: number): number {
  const sum = a + b
  return sum >= P ? sum - P : sum
}

/** (a - b) mod P of a and b in [0, P). */
export function subtractElements(a: number, b: number): number {
  const difference = a - b
  return difference < 0 ? difference + P : difference
}

/**
 * (a * b) mod P of a and b in [0, P).
 *
 * The quotient in floating point is off by less than 2^-20 before it is rounded, so a * b - quotient * P lies within
 * P / 2 + 1 of zero, and 32-bit arithmetic gets it exactly.
 */
export function multiplyElements(a: number, b: number): number {
  const quotient = (a * b * INVERSE_OF_P + 0.5) | 0
  const remainder = (Math.imul(a, b) - Math.imul(quotient, P)) | 0
  return remainder < 0 ? remainder + P : remainder
}

/** A whole number from 0 to 2^52, modulo P. The engines' own `%` on such numbers is ten times as slow. */
export function reduceNumber(value: number): number {
  // The quotient is right or, where the remainder is next to 0 or P, one off.
  const remainder = value - Math.floor(value * INVERSE_OF_P) * P
  return remainder < 0 ? remainder + P : remainder >= P ? remainder - P : remainder
}

/** True if every word is a canonical element, below P. */
export function areElements(words: Uint32Array): boolean {
  for (let index = 0; index < words.length; index++) {
    // As a signed word, which engines compare three times as fast.
    const word = words[index]! | 0
    if (word < 0 || word >= P) return false
  }
  return true
}

/** A big-endian integer of up to 16 bytes modulo P, as the PRF and random elements are made. */
export function elementFromBigEndian(bytes: Uint8Array, start: number, length: number): number {
  let element = 0
  for (let index = start; index < start + length; index++) element = (element * 256 + bytes[index]!) % P
  return element
}
