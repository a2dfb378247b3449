import { HALF_FULL_ROUNDS, PARTIAL_ROUNDS } from '../src/poseidon2/parameters.ts'
import { Field } from './field.ts'
import { ADDRESS } from './layout.ts'
import { type Body, type Expression, i32, i32x4, v128, wasmFunction } from './wat.ts'

/**
 * Poseidon2 of width 24 on one state, for what cannot run four at a time (a single verification): vector k holds
 * elements 4k to 4k + 3. Elements are closed Montgomery forms.
 */
const WIDTH = 24
const VECTORS = WIDTH / 4

class PermuteOne {
  readonly #body: Body
  readonly #field: Field

  constructor(body: Body, field: Field) {
    this.#body = body
    this.#field = field
  }

  vector(index: number): Expression {
    return `(local.get $s${index})`
  }

  /** Rewrites every vector, side by side. */
  each(write: (index: number) => Expression): void {
    const indices = Array.from({ length: VECTORS }, (_, index) => index)
    this.#body.sideBySide(indices.map((index) => () => this.#body.set(`s${index}`, write(index))))
  }

  constant(index: number): Expression {
    return v128.load('(local.get $constants)', 16 * index)
  }

  moveOn(words: number): void {
    this.#body.set('constants', i32.add('(local.get $constants)', i32.const(4 * words)), 'i32')
  }

  /** The external matrix circ(2M, M, ..., M), M = circ(2, 3, 1, 1) on each vector; gives elements in [-P, P). */
  externalLayer(): void {
    const body = this.#body
    const add = (x: Expression, y: Expression) => body.let(this.#field.add(x, y))
    this.each((index) => {
      const x = this.vector(index)
      const next = body.let(rotate(x, 1))
      const pairs = add(x, next)
      const sum = add(pairs, rotate(pairs, 2))
      return this.#field.add(add(pairs, next), sum)
    })
    body.scope(() => {
      const lessP = body.let(i32x4.sub(this.#sum(this.vector(0)), this.#field.p))
      this.each((index) => i32x4.add(this.vector(index), lessP))
    })
  }

  /** The closed sum of all vectors, with `first` in place of vector 0. */
  #sum(first: Expression): Expression {
    const add = (x: Expression, y: Expression) => this.#body.let(this.#field.add(x, y))
    const [, b, c, d, e, f] = Array.from({ length: VECTORS }, (_, index) => this.vector(index))
    return add(add(add(first, b!), add(c!, d!)), add(e!, f!))
  }

  fullRounds(name: string): void {
    this.#body.loop(name, i32.const(HALF_FULL_ROUNDS), () => {
      this.each((index) => this.#field.cube(this.vector(index), this.constant(index)))
      this.externalLayer()
      this.moveOn(WIDTH)
    })
  }

  /** Cube of element 0, then the matrix of ones plus `diagonal`; element 0 in [-P, P), the others closed. */
  partialRounds(diagonal: Expression, allButFirst: Expression): void {
    const body = this.#body
    const field = this.#field
    body.loop('partial', i32.const(PARTIAL_ROUNDS[WIDTH]), () => {
      body.scope(() => {
        const cube = body.let(field.cube(this.vector(0), v128.loadSplat32('(local.get $constants)')))
        const columns = this.#sum(v128.and(this.vector(0), allButFirst))
        const pairs = body.let(field.add(columns, rotate(columns, 2)))
        const others = body.let(field.add(pairs, rotate(pairs, 1)))
        const cubes = body.let(i32x4.shuffle(cube, cube, [0, 0, 0, 0]))
        const sum = body.let(field.add(others, cubes))
        this.each((index) => {
          const product = field.multiply(this.vector(index), v128.load(diagonal, 16 * index))
          return field.add(sum, body.let(field.closeSigned(product)))
        })
        body.set('s0', i32x4.shuffle(i32x4.sub(others, cubes), this.vector(0), [0, 5, 6, 7]))
      })
      this.moveOn(1)
    })
  }
}

const rotate = (x: Expression, count: 1 | 2): Expression =>
  i32x4.shuffle(x, x, count === 1 ? [1, 2, 3, 0] : [2, 3, 0, 1])

/** `(state, constants)`: permutes in place; `constants` are `foldedConstants` for an excess of zero. */
export function permuteOne(): string {
  return wasmFunction('permute24', ['state', 'constants'], (body, state) => {
    const field = new Field(body)
    const permutation = new PermuteOne(body, field)
    permutation.each((index) => v128.load(state, 16 * index))
    permutation.externalLayer()
    permutation.each((index) =>
      i32x4.add(field.closeSigned(permutation.vector(index)), permutation.constant(index)),
    )
    permutation.moveOn(WIDTH)
    permutation.fullRounds('initial')
    permutation.each((index) => field.closeSigned(permutation.vector(index)))
    permutation.partialRounds(i32.const(ADDRESS.diagonal), v128.const32(0, -1, -1, -1))
    permutation.each((index) => i32x4.add(permutation.vector(index), permutation.constant(index)))
    permutation.moveOn(WIDTH)
    permutation.fullRounds('final')
    for (let index = 0; index < VECTORS; index++) {
      body.scope(() => body.store(state, field.closeSigned(permutation.vector(index)), 16 * index))
    }
  })
}
