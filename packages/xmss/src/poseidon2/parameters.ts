import type { Width } from './roundConstants.ts'

/** Full rounds before and after the partial ones. */
export const HALF_FULL_ROUNDS = 4

export const PARTIAL_ROUNDS: Readonly<Record<Width, number>> = { 16: 20, 24: 23 }

/**
 * One entry of the internal matrix's diagonal: a small integer, or plus or minus a negative power of two. The matrix
 * is all ones plus this diagonal (leanSpec poseidon2/permutation.py, PARAMS_16 and PARAMS_24).
 */
export type DiagonalEntry = { readonly times: number } | { readonly sign: 1 | -1; readonly shift: number }

const times = (factor: number): DiagonalEntry => ({ times: factor })
const over = (shift: number): DiagonalEntry => ({ sign: 1, shift })
const minusOver = (shift: number): DiagonalEntry => ({ sign: -1, shift })

const FIRST_NINE = [
  times(-2),
  times(1),
  times(2),
  over(1),
  times(3),
  times(4),
  minusOver(1),
  times(-3),
  times(-4),
]

export const DIAGONAL: Readonly<Record<Width, readonly DiagonalEntry[]>> = {
  16: [...FIRST_NINE, ...[8, 3, 24].map(over), ...[8, 3, 4, 24].map(minusOver)],
  24: [...FIRST_NINE, ...[8, 2, 3, 4, 5, 6, 24].map(over), ...[8, 3, 4, 5, 6, 7, 9, 24].map(minusOver)],
}
