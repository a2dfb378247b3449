import { CONSTANT } from './fieldConstants.ts'
import { ADDRESS } from './layout.ts'
import { type Body, type Expression, i32, i32x4, v128 } from './wat.ts'

/** Four copies of one of the constants. */
export const splat = (index: number): Expression => v128.load(i32.const(ADDRESS.constants), 16 * index)

/**
 * Arithmetic on four KoalaBear elements in the lanes of a v128, in Montgomery form (x stands for x / 2^32).
 *
 * "Closed" means in [0, P). Every function says what it takes and gives; sums stay within 32 bits because 2P does.
 */
export class Field {
  readonly #body: Body
  readonly p: Expression
  readonly #dividing: Expression
  readonly #flipBoth: Expression
  readonly #flipLow: Expression

  /** Constants are loaded from memory: as immediates they cost far more in V8. */
  constructor(body: Body) {
    this.#body = body
    this.p = body.set('p', splat(CONSTANT.p))
    this.#dividing = body.set('dividing', splat(CONSTANT.dividing))
    this.#flipBoth = body.set('flipBoth', splat(CONSTANT.flipBoth))
    this.#flipLow = body.set('flipLow', splat(CONSTANT.flipLow))
    body.set('offset', splat(CONSTANT.offset))
  }

  /**
   * x * y / 2^32 modulo P, within (-P, P), for any signed x and y with |x|, |y| <= P.
   *
   * 2^-16 = -32512 modulo P fits 16 bits: one dot product with (-32512, 1) divides by 2^16, two reduce the low half
   * of the product. `dot` takes signed halves, the halves of `low` are unsigned: flipping their top bits subtracts
   * 2^15 from each, and `offset` puts back what that changed. It may also add any constant to the product
   * (`multiplicationOffset`), which is how round constants cost nothing: `foldConstants.ts`.
   */
  multiply(x: Expression, y: Expression, offset = '(local.get $offset)'): Expression {
    const body = this.#body
    const [first, second] = body.together(() => [
      body.let(i32x4.productsLow(x, y)),
      body.let(i32x4.productsHigh(x, y)),
    ])
    const [low, high] = body.together(() => [
      body.let(v128.xor(i32x4.shuffle(first!, second!, [0, 2, 4, 6]), this.#flipBoth)),
      body.let(i32x4.shuffle(first!, second!, [1, 3, 5, 7])),
    ])
    const once = body.let(i32x4.dot(low!, this.#dividing))
    const middle = body.let(v128.xor(i32x4.add(once, offset), this.#flipLow))
    return body.let(i32x4.add(high!, i32x4.dot(middle, this.#dividing)))
  }

  /** z in [-P, P) to [0, P). */
  closeSigned(z: Expression): Expression {
    const value = this.#body.let(z)
    return i32x4.minU(value, i32x4.add(value, this.p))
  }

  /** z in [0, 2P) to [0, P). */
  close(z: Expression): Expression {
    const value = this.#body.let(z)
    return i32x4.minU(value, i32x4.sub(value, this.p))
  }

  /** x + y, closed, of closed x and y. */
  add(x: Expression, y: Expression): Expression {
    return this.close(i32x4.add(x, y))
  }

  /** x - y, closed, of closed x and y. */
  sub(x: Expression, y: Expression): Expression {
    return this.closeSigned(i32x4.sub(x, y))
  }

  /** x^3 plus what `offset` adds, closed, of |x| <= P. */
  cube(x: Expression, offset: Expression): Expression {
    return this.closeSigned(this.multiply(this.multiply(x, x), x, offset))
  }
}
