import { balanced, inverse, modulo, multiplicationOffset, P } from './modular.ts'

/** Where the constants stand that kernels load as splats. What each is for is said where it is used. */
export const CONSTANT = {
  p: 0,
  dividing: 1,
  flipBoth: 2,
  flipLow: 3,
  flipTop: 4,
  offset: 5,
  halfAbove: 6,
  times32512: 7,
  mask24: 8,
  one: 9,
  radixSquared: 10,
  /** For 2^-k, 1 <= k <= 9: the mask of k is at power + k. */
  power: 10,
  /** For word j, 0 <= j <= 3, of an integer. */
  word: 20,
  wordOffset: 24,
} as const

/** 2^(32 * (j + 1)), times 2^32 for the division within a multiplication. */
const wordFactor = (j: number): bigint => modulo(1n << BigInt(32 * (j + 2)))

/** The constants in that order, four copies of each. */
export const fieldConstants: readonly number[] = [
  P,
  (1n << 16n) | (-32512n & 0xffffn),
  0x80008000n,
  0x8000n,
  0x80000000n,
  multiplicationOffset(0n),
  (P + 1n) / 2n,
  32512n,
  0xffffffn,
  1n,
  balanced(1n << 64n),
  ...[1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n].map((k) => ((0xffffn << (16n - k)) & 0xffffn) ^ 0x8000n),
  ...[0, 1, 2, 3].map((j) => balanced(wordFactor(j))),
  ...[0, 1, 2, 3].map((j) => multiplicationOffset(wordFactor(j) * inverse(2n))),
].flatMap((value) => Array<number>(4).fill(Number(BigInt.asUintN(32, value))))
