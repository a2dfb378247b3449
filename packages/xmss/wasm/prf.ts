import { Field, splat } from './field.ts'
import { CONSTANT } from './fieldConstants.ts'
import { ADDRESS } from './layout.ts'
import { type Body, type Expression, i32, i32x4, i64, v128, wasmFunction } from './wat.ts'

/** Words of 64 bits of SHAKE128's input block, and bytes of a pair of blocks, word by word side by side. */
const RATE_WORDS = 21
const CAPACITY_WORDS = 4
const PAIR_BYTES = 16 * RATE_WORDS
const KECCAK_BYTES = 16 * (RATE_WORDS + CAPACITY_WORDS)

/** Words of 64 bits of the PRF's input that hold the epoch, and the chain index with the padding. */
export const EPOCH_WORD = 6
export const CHAIN_WORD = 7

/** The 64-bit word of the PRF's input after the key's last byte: epoch big-endian, three zero bytes. */
export function epochWord(lastKeyByte: Expression, epoch: Expression): Expression {
  const bytes = [24, 16, 8, 0].map((shift, index) => {
    const byte = i32.and(i32.shrU(epoch, i32.const(shift)), i32.const(0xff))
    return i64.shl(i64.extend(byte), i64.const(8 * (index + 1)))
  })
  return [i64.extend(lastKeyByte), ...bytes].reduce((left, right) => i64.or(left, right))
}

/** The word after it: the rest of the chain index, big-endian, then SHAKE's padding. Chain indices are below 256. */
export function chainWord(chain: Expression): Expression {
  return i64.or(i64.shl(i64.extend(chain), i64.const(32)), i64.const(0x1fn << 40n))
}

/** Writes a word of 64 bits of the block of lane 0 to 3. */
export function storePrfWord(
  body: Body,
  blocks: Expression,
  lane: number,
  word: number,
  value: Expression,
): void {
  body.store64(blocks, value, PAIR_BYTES * (lane >> 1) + 16 * word + 8 * (lane & 1))
}

/**
 * `(blocks, wordsPerElement)`: SHAKE128 of four padded one-block inputs (two pairs), read as eight field elements
 * each: big-endian integers of 1 or 2 words of 64 bits modulo P. Gives them side by side, in Montgomery form, at
 * `ADDRESS.digests`.
 */
export function prfFour(): string {
  return wasmFunction('prfFour', ['blocks', 'wordsPerElement'], (body, blocks, wordsPerElement) => {
    const field = new Field(body)
    const states = [0, 1].map((pair) => i32.const(ADDRESS.keccakStates + KECCAK_BYTES * pair))
    states.forEach((state, pair) => {
      body.copy(state, i32.add(blocks, i32.const(PAIR_BYTES * pair)), RATE_WORDS)
      for (let word = RATE_WORDS; word < RATE_WORDS + CAPACITY_WORDS; word++) {
        body.store(state, v128.const32(0), 16 * word)
      }
      body.call('keccakTwo', state)
    })
    const element = (index: number, words: number) =>
      body.scope(() => {
        const parts = Array.from({ length: words }, (_, word) => {
          const [first, second] = states.map((state) => v128.load(state, 16 * (index * words + word)))
          return reduceWord(body, field, first!, second!, 2 * (words - 1 - word))
        })
        const sum = parts.reduce((left, right) => body.let(field.add(left, right)))
        body.store(i32.const(ADDRESS.digests), sum, 16 * index)
      })
    const eight = [0, 1, 2, 3, 4, 5, 6, 7]
    body.branch(
      i32.eq(wordsPerElement, i32.const(1)),
      () => eight.forEach((index) => void element(index, 1)),
      () => eight.forEach((index) => void element(index, 2)),
    )
  })
}

/**
 * Big-endian 64-bit integers, two in each of two vectors, times 2^(32 * place), in Montgomery form. Multiplication
 * takes signed factors: flipping the top bit of a word subtracts 2^31, which the product's offset puts back.
 */
function reduceWord(
  body: Body,
  field: Field,
  first: Expression,
  second: Expression,
  place: number,
): Expression {
  const halves = [
    [7, 6, 5, 4],
    [3, 2, 1, 0],
  ].map((bytes, half) => {
    const all = [0, 8, 16, 24].flatMap((base) => bytes.map((byte) => base + byte))
    const word = v128.xor(`(i8x16.shuffle ${all.join(' ')} ${first} ${second})`, splat(CONSTANT.flipTop))
    const factor = splat(CONSTANT.word + place + half)
    return body.let(
      field.closeSigned(field.multiply(word, factor, splat(CONSTANT.wordOffset + place + half))),
    )
  })
  return body.let(field.close(i32x4.add(halves[0]!, halves[1]!)))
}
