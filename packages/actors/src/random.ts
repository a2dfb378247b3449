import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'

/** Random numbers that depend on nothing but a seed and a path of names. Not for secrets. */
export interface Random {
  /** 0 to 2^32 - 1. */
  uint32(): number
  /** At least 0, below 1, in steps of 2^-32. */
  float(): number
  /** A whole number from 0 to `below` - 1, all equally likely; `below` is 1 to 2^32. */
  integer(below: number): number
  /** True so often; 0 never, 1 always. Uses up one number either way. */
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** A new array with the items in random order. */
  shuffle<T>(items: readonly T[]): T[]
  /**
   * A generator of its own for the named consumer. It depends on the names alone, not on what was drawn here: one
   * more consumer, or one that draws more, leaves all the others as they are.
   */
  split(name: string): Random
}

const TWO_POW_32 = 2 ** 32

/**
 * xoshiro128** 1.1 (Blackman and Vigna, prng.di.unimi.it). The state is the first 16 bytes of a key, as four
 * little-endian words. The key of the seed is SHA-256 of its text, the key of a split SHA-256(parent's key, name).
 */
export function createRandom(seed: string | number): Random {
  return new Xoshiro128(sha256(utf8ToBytes(`trine/${seed}`)))
}

export class Xoshiro128 implements Random {
  readonly #key: Uint8Array
  #s0: number
  #s1: number
  #s2: number
  #s3: number

  constructor(key: Uint8Array) {
    this.#key = key
    const words = new DataView(key.buffer, key.byteOffset)
    this.#s0 = words.getInt32(0, true)
    this.#s1 = words.getInt32(4, true)
    this.#s2 = words.getInt32(8, true)
    // An all-zero state would stay zero for ever.
    this.#s3 = words.getInt32(12, true) || 1
  }

  uint32(): number {
    return this.#next() >>> 0
  }

  /** 32 random bits as an integer with a sign, which takes no memory, as one from 2^31 on would. */
  #next(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(this.#s1, 5), 7), 9)
    const shifted = this.#s1 << 9
    this.#s2 ^= this.#s0
    this.#s3 ^= this.#s1
    this.#s1 ^= this.#s2
    this.#s0 ^= this.#s3
    this.#s2 ^= shifted
    this.#s3 = rotateLeft(this.#s3, 11)
    return scrambled
  }

  float(): number {
    return (this.#next() >>> 0) / TWO_POW_32
  }

  integer(below: number): number {
    if (!Number.isSafeInteger(below) || below < 1 || below > TWO_POW_32) {
      throw new RangeError(`random: expected a bound from 1 to 2^32, got ${below}`)
    }
    // Numbers of the incomplete last round would make small results likelier.
    const limit = TWO_POW_32 - (TWO_POW_32 % below)
    let number = this.uint32()
    while (number >= limit) number = this.uint32()
    return number % below
  }

  chance(probability: number): boolean {
    return (this.#next() >>> 0) / TWO_POW_32 < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)]!
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items]
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.integer(last + 1)
      const item = shuffled[last]!
      shuffled[last] = shuffled[other]!
      shuffled[other] = item
    }
    return shuffled
  }

  split(name: string): Random {
    const bytes = utf8ToBytes(name)
    const input = new Uint8Array(this.#key.length + bytes.length)
    input.set(this.#key)
    input.set(bytes, this.#key.length)
    return new Xoshiro128(sha256(input))
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
