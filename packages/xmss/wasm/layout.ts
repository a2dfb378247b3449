import { DIAGONAL } from '../src/poseidon2/parameters.ts'
import type { RoundConstantOrder } from '../src/types.ts'
import { fieldConstants } from './fieldConstants.ts'
import { foldedConstants } from './foldConstants.ts'
import { keccakRoundConstants } from './keccakConstants.ts'
import { balanced, factorOf, montgomery } from './modular.ts'

/** Where constants and scratch areas lie in the module's memory. Addresses in bytes, all multiples of 16. */

const words: number[] = []

/** Appends words to the data and gives their address. */
function place(values: readonly number[]): number {
  const address = 4 * words.length
  words.push(...values)
  while (words.length % 4 !== 0) words.push(0)
  return address
}

const wordsOf64 = (values: readonly bigint[]): number[] =>
  values.flatMap((value) => [Number(value & 0xffffffffn), Number(value >> 32n)])

/** Offsets of the three tables that each order of round constants has. */
export const TABLE = { four16: 0, four24: 16 * 45, one24: 16 * (45 + 66) } as const

function placeTables(order: RoundConstantOrder): number {
  const start = place(foldedConstants(16, order))
  const tables = [place(foldedConstants(24, order)), place(foldedConstants(24, order, () => 0n))]
  if (tables[0] !== start + TABLE.four24 || tables[1] !== start + TABLE.one24)
    throw new Error('tables misplaced')
  return start
}

place([0, 0, 0, 0])
const data = {
  constants: place(fieldConstants),
  keccak: place(wordsOf64(keccakRoundConstants())),
  /** Montgomery forms of the diagonal of width 24. */
  diagonal: place(DIAGONAL[24].map((entry) => Number(balanced(montgomery(factorOf(entry)))))),
  plonky3: placeTables('plonky3'),
  leanspec: placeTables('leanspec'),
}

let end = 4 * words.length
function reserve(bytes: number): number {
  const address = end
  end += bytes
  return address
}

export const ADDRESS = {
  ...data,
  /** Four states side by side, before and after a permutation. */
  input: reserve(24 * 16),
  output: reserve(24 * 16),
  /** Four states of width 24 one after the other, and a copy of them. */
  states: reserve(4 * 96),
  copies: reserve(4 * 96),
  /** Two pairs of Keccak states. */
  keccakStates: reserve(2 * 25 * 16),
  /** Four digests side by side, and one after the other. */
  digests: reserve(8 * 16),
  /** The two elements of four tweaks, side by side. */
  tweaks: reserve(2 * 16),
  /** The sponge of four leaves, side by side. */
  sponge: reserve(24 * 16),
  /** From here on memory is the caller's. */
  heap: end,
}

/** The words from address 0 on. */
export const DATA_WORDS: readonly number[] = words
