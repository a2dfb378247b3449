import { KECCAK_ROUNDS } from './keccakConstants.ts'
import { ADDRESS } from './layout.ts'
import { type Body, type Expression, i32, i64x2, v128, wasmFunction } from './wat.ts'

/** Keccak-f[1600] (FIPS 202) on two states at once: vector x + 5y holds lane (x, y) of both. */
const LANES = 25

/** How far rho rotates each lane, by x + 5y. */
const ROTATIONS = [
  [0, 1, 62, 28, 27],
  [36, 44, 6, 55, 20],
  [3, 10, 43, 25, 39],
  [41, 45, 15, 21, 8],
  [18, 2, 61, 56, 14],
].flat()

const lane = (x: number, y: number): number => (x % 5) + 5 * (y % 5)

function rotateLeft(value: Expression, count: number): Expression {
  return count === 0 ? value : v128.or(i64x2.shl(value, count), i64x2.shrU(value, 64 - count))
}

function round(body: Body, roundConstant: Expression): void {
  const state = Array.from({ length: LANES }, (_, index) => `(local.get $a${index})`)
  const xor = (values: readonly Expression[]) => values.reduce((left, right) => v128.xor(left, right))
  const columns = [0, 1, 2, 3, 4].map((x) => body.let(xor([0, 1, 2, 3, 4].map((y) => state[lane(x, y)]!))))
  const theta = [0, 1, 2, 3, 4].map((x) =>
    body.let(v128.xor(columns[(x + 4) % 5]!, rotateLeft(columns[(x + 1) % 5]!, 1))),
  )
  // Rho and pi: lane (x, y) goes to (y, 2x + 3y).
  const moved: Expression[] = []
  for (let y = 0; y < 5; y++) {
    for (let x = 0; x < 5; x++) {
      const mixed = body.let(v128.xor(state[lane(x, y)]!, theta[x]!))
      moved[lane(y, 2 * x + 3 * y)] = body.let(rotateLeft(mixed, ROTATIONS[lane(x, y)]!))
    }
  }
  // Chi, and iota on lane 0.
  for (let y = 0; y < 5; y++) {
    for (let x = 0; x < 5; x++) {
      const chi = v128.xor(moved[lane(x, y)]!, v128.andnot(moved[lane(x + 2, y)]!, moved[lane(x + 1, y)]!))
      body.set(`a${lane(x, y)}`, x + y === 0 ? v128.xor(chi, roundConstant) : chi)
    }
  }
}

/** `(state)`: permutes in place. */
export function keccakTwo(): string {
  return wasmFunction('keccakTwo', ['state'], (body, state) => {
    for (let index = 0; index < LANES; index++) body.set(`a${index}`, v128.load(state, 16 * index))
    const address = body.set('constants', i32.const(ADDRESS.keccak), 'i32')
    body.loop('round', i32.const(KECCAK_ROUNDS), () => {
      body.scope(() => round(body, `(v128.load64_splat ${address})`))
      body.set('constants', i32.add(address, i32.const(8)), 'i32')
    })
    for (let index = 0; index < LANES; index++) body.store(state, `(local.get $a${index})`, 16 * index)
  })
}
