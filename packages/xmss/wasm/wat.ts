/**
 * A thin layer over WebAssembly text: functions that write folded expressions, and a function body that names its
 * own locals. Nothing here optimises; what is written is what the engine gets.
 */

/** A folded WebAssembly expression. */
export type Expression = string

type ValueType = 'v128' | 'i32' | 'i64'

const operator =
  (name: string) =>
  (...operands: (Expression | number)[]): Expression =>
    `(${name} ${operands.join(' ')})`

export const i32 = {
  const: (value: number): Expression => `(i32.const ${value})`,
  add: operator('i32.add'),
  sub: operator('i32.sub'),
  mul: operator('i32.mul'),
  and: operator('i32.and'),
  or: operator('i32.or'),
  xor: operator('i32.xor'),
  shl: operator('i32.shl'),
  shrU: operator('i32.shr_u'),
  eq: operator('i32.eq'),
  ltU: operator('i32.lt_u'),
  load: (address: Expression, offset = 0): Expression => `(i32.load offset=${offset} ${address})`,
}

export const i64 = {
  const: (value: number | bigint): Expression => `(i64.const ${value})`,
  add: operator('i64.add'),
  or: operator('i64.or'),
  shl: operator('i64.shl'),
  extend: operator('i64.extend_i32_u'),
  wrap: operator('i32.wrap_i64'),
  divU: operator('i64.div_u'),
  remU: operator('i64.rem_u'),
  load: (address: Expression, offset = 0): Expression => `(i64.load offset=${offset} ${address})`,
}

export const i32x4 = {
  add: operator('i32x4.add'),
  sub: operator('i32x4.sub'),
  minU: operator('i32x4.min_u'),
  ne: operator('i32x4.ne'),
  /** The signed dot product of the two 16-bit halves of each lane. */
  dot: operator('i32x4.dot_i16x8_s'),
  shl: (value: Expression, count: number): Expression => `(i32x4.shl ${value} (i32.const ${count}))`,
  shrU: (value: Expression, count: number): Expression => `(i32x4.shr_u ${value} (i32.const ${count}))`,
  shrS: (value: Expression, count: number): Expression => `(i32x4.shr_s ${value} (i32.const ${count}))`,
  splat: operator('i32x4.splat'),
  /** Signed 64-bit products of lanes 0 and 1. */
  productsLow: operator('i64x2.extmul_low_i32x4_s'),
  /** Signed 64-bit products of lanes 2 and 3. */
  productsHigh: operator('i64x2.extmul_high_i32x4_s'),
  /** Picks four 32-bit lanes out of the eight of `a` (0 to 3) and `b` (4 to 7). */
  shuffle: (a: Expression, b: Expression, lanes: readonly [number, number, number, number]): Expression => {
    const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte))
    return `(i8x16.shuffle ${bytes.join(' ')} ${a} ${b})`
  },
}

export const i64x2 = {
  shl: (value: Expression, count: number): Expression => `(i64x2.shl ${value} (i32.const ${count}))`,
  shrU: (value: Expression, count: number): Expression => `(i64x2.shr_u ${value} (i32.const ${count}))`,
}

export const v128 = {
  load: (address: Expression, offset = 0): Expression => `(v128.load offset=${offset} ${address})`,
  loadSplat32: (address: Expression, offset = 0): Expression =>
    `(v128.load32_splat offset=${offset} ${address})`,
  xor: operator('v128.xor'),
  and: operator('v128.and'),
  or: operator('v128.or'),
  andnot: operator('v128.andnot'),
  const32: (...lanes: number[]): Expression =>
    `(v128.const i32x4 ${(lanes.length === 1 ? Array(4).fill(lanes[0]) : lanes).join(' ')})`,
}

/** Statements of one function, which declares every local it is asked for. */
export class Body {
  #lines: string[] = []
  readonly #locals = new Map<string, ValueType>()
  readonly #parameters: readonly string[]
  #temporaries = 0

  constructor(parameters: readonly string[]) {
    this.#parameters = parameters
  }

  /** Writes a local and gives the expression that reads it. */
  set(name: string, value: Expression, type: ValueType = 'v128'): Expression {
    if (!this.#parameters.includes(name)) this.#locals.set(name, type)
    this.#lines.push(`(local.set $${name} ${value})`)
    return `(local.get $${name})`
  }

  /** Writes a fresh temporary, whose name is used again after the surrounding `scope`. */
  let(value: Expression, type: ValueType = 'v128'): Expression {
    return this.set(`${type}_${this.#temporaries++}`, value, type)
  }

  /** Frees the temporaries made by `write` when it is done. */
  scope<T>(write: () => T): T {
    const before = this.#temporaries
    const value = write()
    this.#temporaries = before
    return value
  }

  /** Several statements that `sideBySide` does not part. */
  together<T>(write: () => T): T {
    const before = this.#lines
    this.#lines = []
    const value = write()
    before.push(this.#lines.join('\n    '))
    this.#lines = before
    return value
  }

  /**
   * Statements that do not depend on each other, taken in turns: processors look only so far ahead, and one chain
   * of dependent operations after the other leaves them idle.
   */
  sideBySide(writers: readonly (() => void)[]): void {
    const before = this.#lines
    const strands = this.scope(() =>
      writers.map((write) => {
        this.#lines = []
        write()
        return this.#lines
      }),
    )
    this.#lines = before
    const longest = Math.max(...strands.map((strand) => strand.length))
    for (let index = 0; index < longest; index++) {
      for (const strand of strands) if (index < strand.length) before.push(strand[index]!)
    }
  }

  store(address: Expression, value: Expression, offset = 0): void {
    this.#lines.push(`(v128.store offset=${offset} ${address} ${value})`)
  }

  store32(address: Expression, value: Expression, offset = 0): void {
    this.#lines.push(`(i32.store offset=${offset} ${address} ${value})`)
  }

  store64(address: Expression, value: Expression, offset = 0): void {
    this.#lines.push(`(i64.store offset=${offset} ${address} ${value})`)
  }

  /** Copies 16-byte blocks: `count` of them, a number known when the module is built. */
  copy(to: Expression, from: Expression, count: number): void {
    for (let block = 0; block < count; block++) this.store(to, v128.load(from, 16 * block), 16 * block)
  }

  call(name: string, ...parameters: Expression[]): void {
    this.#lines.push(`(call $${name} ${parameters.join(' ')})`)
  }

  /** Runs one of two branches on an i32 condition. */
  branch(condition: Expression, then: () => void, otherwise?: () => void): void {
    this.#lines.push(`(if ${condition} (then`)
    then()
    this.#lines.push(')')
    if (otherwise) {
      this.#lines.push('(else')
      otherwise()
      this.#lines.push(')')
    }
    this.#lines.push(')')
  }

  /** Runs `write` `count` times (an i32, at least 1), counting the local `name` up from zero. */
  loop(name: string, count: Expression, write: (index: Expression) => void): void {
    const index = this.set(name, i32.const(0), 'i32')
    this.#lines.push(`(loop $${name}`)
    write(index)
    this.set(name, i32.add(index, i32.const(1)), 'i32')
    this.#lines.push(`(br_if $${name} (i32.lt_u ${index} ${count})))`)
  }

  toString(): string {
    const locals = [...this.#locals].map(([name, type]) => `(local $${name} ${type})`)
    return [...locals, ...this.#lines].join('\n    ')
  }
}

/** A function of i32 parameters, exported under its own name. `result` is an i32. */
export function wasmFunction(
  name: string,
  parameters: readonly string[],
  write: (body: Body, ...parameters: Expression[]) => void,
  result?: Expression,
): string {
  const body = new Body(parameters)
  write(body, ...parameters.map((parameter) => `(local.get $${parameter})`))
  const signature = parameters.map((parameter) => `(param $${parameter} i32)`)
  if (result) signature.push('(result i32)')
  return `  (func $${name} (export "${name}") ${signature.join(' ')}\n    ${body}\n    ${result ?? ''})`
}
