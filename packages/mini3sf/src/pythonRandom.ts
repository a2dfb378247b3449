const STATE_WORDS = 624
const SHIFT_WORDS = 397
const UPPER_MASK = 0x80000000
const LOWER_MASK = 0x7fffffff

/**
 * Python's `random.Random`: the 32-bit Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998), seeded and read as
 * CPython does.
 */
export class PythonRandom {
  readonly #state = new Uint32Array(STATE_WORDS)
  #next = STATE_WORDS

  /** @param seed any integer, as in `random.seed(seed)`: CPython drops the sign and takes all its bits */
  constructor(seed: bigint) {
    this.#seedByWords(wordsOf(seed < 0n ? -seed : seed))
  }

  /** The next float in [0, 1) with 53 random bits, as `random.random()`. */
  random(): number {
    const high = this.#nextWord() >>> 5
    const low = this.#nextWord() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }

  /** The authors' `init_genrand`. */
  #seedByWord(seed: number): void {
    const state = this.#state
    state[0] = seed
    for (let index = 1; index < STATE_WORDS; index++) {
      const previous = state[index - 1]!
      state[index] = Math.imul(1812433253, previous ^ (previous >>> 30)) + index
    }
  }

  /** The authors' `init_by_array`. */
  #seedByWords(words: readonly number[]): void {
    this.#seedByWord(19650218)
    const state = this.#state
    let index = 1
    let wordIndex = 0
    const advance = (): void => {
      index += 1
      if (index === STATE_WORDS) {
        state[0] = state[STATE_WORDS - 1]!
        index = 1
      }
    }
    for (let round = Math.max(STATE_WORDS, words.length); round > 0; round--) {
      const previous = state[index - 1]!
      const mixed = Math.imul(previous ^ (previous >>> 30), 1664525)
      state[index] = (state[index]! ^ mixed) + words[wordIndex]! + wordIndex
      wordIndex = (wordIndex + 1) % words.length
      advance()
    }
    for (let round = STATE_WORDS - 1; round > 0; round--) {
      const previous = state[index - 1]!
      state[index] = (state[index]! ^ Math.imul(previous ^ (previous >>> 30), 1566083941)) - index
      advance()
    }
    state[0] = UPPER_MASK
  }

  #nextWord(): number {
    if (this.#next === STATE_WORDS) this.#refill()
    let word = this.#state[this.#next++]!
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c5680
    word ^= (word << 15) & 0xefc60000
    return (word ^ (word >>> 18)) >>> 0
  }

  #refill(): void {
    const state = this.#state
    for (let index = 0; index < STATE_WORDS; index++) {
      const word = (state[index]! & UPPER_MASK) | (state[(index + 1) % STATE_WORDS]! & LOWER_MASK)
      const twist = (word >>> 1) ^ (word & 1 ? 0x9908b0df : 0)
      state[index] = state[(index + SHIFT_WORDS) % STATE_WORDS]! ^ twist
    }
    this.#next = 0
  }
}

/** The 32-bit words of a non-negative integer, lowest first; one zero word for 0. */
function wordsOf(value: bigint): number[] {
  const words = [Number(value & 0xffffffffn)]
  for (let rest = value >> 32n; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn))
  return words
}
