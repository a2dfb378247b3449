import { type DiagonalEntry, HALF_FULL_ROUNDS } from '../src/poseidon2/parameters.ts'

/** Exact arithmetic modulo P for tables that are computed when the module is built. */

export const P = 2130706433n

export const modulo = (value: bigint): bigint => ((value % P) + P) % P

export function power(base: bigint, exponent: bigint): bigint {
  let product = 1n
  for (let square = modulo(base), rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) product = (product * square) % P
    square = (square * square) % P
  }
  return product
}

export const inverse = (value: bigint): bigint => power(value, P - 2n)

/** The Montgomery form: value * 2^32. */
export const montgomery = (value: bigint): bigint => modulo(value << 32n)

/** The residue of the smallest size. */
export function balanced(value: bigint): bigint {
  const residue = modulo(value)
  return residue > P / 2n ? residue - P : residue
}

/**
 * What `Field.multiply` has to be given as its offset to add `value` to the product: (P + 1) / 2 + 2^16 makes up for
 * the flipped bits, and `value` is divided by 2^16 on its way out. It must not be above the first part.
 */
export const multiplicationOffset = (value: bigint): bigint =>
  (P + 1n) / 2n + 0x10000n + (modulo(value << 16n) - P)

/** An entry of the internal matrix's diagonal. */
export function factorOf(entry: DiagonalEntry): bigint {
  return modulo(
    'times' in entry ? BigInt(entry.times) : BigInt(entry.sign) * inverse(1n << BigInt(entry.shift)),
  )
}

const SMALL_MATRIX = [
  [2n, 3n, 1n, 1n],
  [1n, 2n, 3n, 1n],
  [1n, 1n, 2n, 3n],
  [3n, 1n, 1n, 2n],
]

/** The external matrix circ(2M, M, ..., M) of Poseidon2. */
function externalMatrix(width: number): bigint[][] {
  return Array.from({ length: width }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const factor = Math.floor(row / 4) === Math.floor(column / 4) ? 2n : 1n
      return factor * SMALL_MATRIX[row % 4]![column % 4]!
    }),
  )
}

/** The vector whose image under the external matrix is `image`. */
export function externalPreimage(image: readonly bigint[]): bigint[] {
  const rows = externalMatrix(image.length).map((row, index) => [...row, modulo(image[index]!)])
  rows.forEach((_, pivot) => {
    const found = rows.findIndex((row, index) => index >= pivot && row[pivot] !== 0n)
    ;[rows[pivot], rows[found]] = [rows[found]!, rows[pivot]!]
    const scale = inverse(rows[pivot]![pivot]!)
    rows[pivot] = rows[pivot]!.map((value) => (value * scale) % P)
    rows.forEach((row, index) => {
      const factor = row[pivot]!
      if (index !== pivot && factor !== 0n) {
        rows[index] = row.map((value, column) => modulo(value - factor * rows[pivot]![column]!))
      }
    })
  })
  return rows.map((row) => row.at(-1)!)
}

/** Splits a flat list into its full rounds. */
export function byRound(constants: readonly bigint[]): bigint[][] {
  const width = constants.length / HALF_FULL_ROUNDS
  return Array.from({ length: HALF_FULL_ROUNDS }, (_, round) =>
    constants.slice(round * width, (round + 1) * width),
  )
}
