import {
  DIAGONAL,
  type DiagonalEntry,
  HALF_FULL_ROUNDS,
  PARTIAL_ROUNDS,
} from '../src/poseidon2/parameters.ts'
import type { Width } from '../src/poseidon2/roundConstants.ts'
import { Field, splat } from './field.ts'
import { CONSTANT } from './fieldConstants.ts'
import { type Body, type Expression, i32, i32x4, v128, wasmFunction } from './wat.ts'

/** Measured: more hides more latency, until the registers run out. */
const CUBES_SIDE_BY_SIDE: Readonly<Record<Width, number>> = { 16: 8, 24: 4 }

/**
 * Poseidon2 (eprint 2023/323) on four states at once: lane j of vector i is element i of state j. Elements are
 * closed Montgomery forms. Rounds are loops over straight-line bodies: unrolled, the code is slower.
 */
class PermuteFour {
  readonly #body: Body
  readonly #field: Field
  readonly #width: Width

  constructor(body: Body, field: Field, width: Width) {
    this.#body = body
    this.#field = field
    this.#width = width
  }

  element(index: number): Expression {
    return `(local.get $s${index})`
  }

  #set(index: number, value: Expression): void {
    this.#body.set(`s${index}`, value)
  }

  /** Rewrites the elements from `from` on, so many at a time side by side. */
  each(write: (index: number) => Expression, from = 0, sideBySide = 1): void {
    for (let first = from; first < this.#width; first += sideBySide) {
      const indices = Array.from(
        { length: Math.min(sideBySide, this.#width - first) },
        (_, index) => first + index,
      )
      this.#body.sideBySide(indices.map((index) => () => this.#set(index, write(index))))
    }
  }

  /** The next words of the folded round constants; `moveOn` passes them. */
  constant(index: number): Expression {
    return v128.loadSplat32('(local.get $constants)', 4 * index)
  }

  moveOn(words: number): void {
    this.#body.set('constants', i32.add('(local.get $constants)', i32.const(4 * words)), 'i32')
  }

  /** The 4 by 4 matrix circ(2, 3, 1, 1) on elements first to first + 3, in seven additions and two doublings. */
  #smallMatrix(first: number): void {
    const [a, b, c, d] = [0, 1, 2, 3].map((index) => this.element(first + index)) as [
      string,
      string,
      string,
      string,
    ]
    const add = (x: Expression, y: Expression) => this.#body.let(this.#field.add(x, y))
    const ab = add(a, b)
    const cd = add(c, d)
    const abcd = add(ab, cd)
    const abbcd = add(abcd, b)
    const abcdd = add(abcd, d)
    const lastRow = add(abcdd, add(a, a))
    this.#set(first + 1, this.#field.add(abbcd, add(c, c)))
    this.#set(first, this.#field.add(abbcd, ab))
    this.#set(first + 2, this.#field.add(abcdd, cd))
    this.#set(first + 3, lastRow)
  }

  /** The external matrix circ(2M, M, ..., M); gives elements in [-P, P). */
  externalLayer(): void {
    const width = this.#width
    for (let first = 0; first < width; first += 4) this.#body.scope(() => this.#smallMatrix(first))
    for (let column = 0; column < 4; column++) {
      this.#body.scope(() => {
        let sum = this.element(column)
        for (let index = column + 4; index < width; index += 4) {
          sum = this.#body.let(this.#field.add(sum, this.element(index)))
        }
        const lessP = this.#body.let(i32x4.sub(sum, this.#field.p))
        for (let index = column; index < width; index += 4)
          this.#set(index, i32x4.add(this.element(index), lessP))
      })
    }
  }

  /** Cubes and external layers; takes and gives elements in [-P, P). */
  fullRounds(name: string): void {
    this.#body.loop(name, i32.const(HALF_FULL_ROUNDS), () => {
      this.each(
        (index) => this.#field.cube(this.element(index), this.constant(index)),
        0,
        CUBES_SIDE_BY_SIDE[this.#width],
      )
      this.externalLayer()
      this.moveOn(this.#width)
    })
  }

  /** Cube of element 0, then the matrix of ones plus the diagonal; element 0 in [-P, P), the others closed. */
  partialRounds(): void {
    const body = this.#body
    const field = this.#field
    body.loop('partial', i32.const(PARTIAL_ROUNDS[this.#width]), () => {
      body.scope(() => {
        const cube = body.let(field.cube(this.element(0), this.constant(0)))
        const others = this.#sumOfOthers()
        this.#set(0, i32x4.sub(others, cube))
        const sum = body.let(field.add(others, cube))
        const sumLessHalf = body.let(i32x4.sub(sum, splat(CONSTANT.halfAbove)))
        this.each(
          (index) => this.#diagonalStep(sum, sumLessHalf, this.element(index), DIAGONAL[this.#width][index]!),
          1,
        )
      })
      this.moveOn(1)
    })
  }

  /** The sum of all elements but the first, closed, as a shallow tree. */
  #sumOfOthers(): Expression {
    let terms = Array.from({ length: this.#width - 1 }, (_, index) => this.element(index + 1))
    while (terms.length > 1) {
      const pairs = Array.from({ length: terms.length >> 1 }, (_, pair) =>
        this.#body.let(this.#field.add(terms[2 * pair]!, terms[2 * pair + 1]!)),
      )
      terms = terms.length % 2 === 0 ? pairs : [...pairs, terms.at(-1)!]
    }
    return terms[0]!
  }

  /** sum + entry * x, closed, up to the constant that `foldConstants.ts` accounts for. */
  #diagonalStep(sum: Expression, sumLessHalf: Expression, x: Expression, entry: DiagonalEntry): Expression {
    if (!('times' in entry)) return this.#overPower(sum, sumLessHalf, x, entry)
    const add = (a: Expression, b: Expression) => this.#body.let(this.#field.add(a, b))
    const size = Math.abs(entry.times)
    const double = size > 1 ? add(x, x) : x
    const product = size === 4 ? add(double, double) : size === 3 ? add(double, x) : double
    return entry.times > 0 ? this.#field.add(sum, product) : this.#field.sub(sum, product)
  }

  /**
   * sum plus or minus (x + 1) / 2^k. With t = (2^k - 1) - (x mod 2^k), the integer (x + 1 + t * P) / 2^k
   * = floor(x / 2^k) + 1 + t * 127 * 2^(24 - k) is at most P: closed without a comparison.
   */
  #overPower(
    sum: Expression,
    sumLessHalf: Expression,
    x: Expression,
    { shift, sign }: Overpower,
  ): Expression {
    const field = this.#field
    const body = this.#body
    const floor = i32x4.shrU(x, shift)
    if (shift > 16) {
      // t * 127, of the low 24 bits: floor + t * 127 stays below P.
      const t = body.let(v128.andnot(splat(CONSTANT.mask24), x))
      const quotient = i32x4.add(floor, i32x4.sub(i32x4.shl(t, 7), t))
      return sign > 0 ? field.close(i32x4.add(sum, quotient)) : field.closeSigned(i32x4.sub(sum, quotient))
    }
    // t * 2^(16 - k) - 2^15 as a signed half, times 32512: t * 127 * 2^(24 - k) less (P - 1) / 2.
    const t = v128.xor(i32x4.shl(x, 16 - shift), splat(CONSTANT.power + shift))
    const quotient = i32x4.add(floor, i32x4.dot(t, splat(CONSTANT.times32512)))
    return field.closeSigned(sign > 0 ? i32x4.add(sumLessHalf, quotient) : i32x4.sub(sumLessHalf, quotient))
  }
}

type Overpower = Exclude<DiagonalEntry, { readonly times: number }>

/** `(input, output, constants)`: permutes, with `foldedConstants` of the width. The two states may be one. */
export function permuteFour(width: Width): string {
  return wasmFunction(`permute${width}x4`, ['input', 'output', 'constants'], (body, input, output) => {
    const field = new Field(body)
    const permutation = new PermuteFour(body, field, width)
    permutation.each((index) => v128.load(input, 16 * index))
    permutation.externalLayer()
    permutation.each((index) =>
      i32x4.add(field.closeSigned(permutation.element(index)), permutation.constant(index)),
    )
    permutation.moveOn(width)
    permutation.fullRounds('initial')
    permutation.each((index) => field.closeSigned(permutation.element(index)), 1)
    permutation.partialRounds()
    permutation.each((index) => i32x4.add(permutation.element(index), permutation.constant(index)), 1)
    permutation.moveOn(width)
    permutation.fullRounds('final')
    for (let index = 0; index < width; index++) {
      body.scope(() => body.store(output, field.closeSigned(permutation.element(index)), 16 * index))
    }
  })
}
