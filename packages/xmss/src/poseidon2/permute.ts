import { addElements, multiplyElements, P, reduceNumber, subtractElements } from '../field.ts'
import type { RoundConstantOrder } from '../types.ts'
import { DIAGONAL, type DiagonalEntry, HALF_FULL_ROUNDS, PARTIAL_ROUNDS } from './parameters.ts'
import { type RoundConstants, roundConstants, type Width } from './roundConstants.ts'

/**
 * Poseidon2 (eprint 2023/323) over KoalaBear in plain TypeScript: the readable reference, and what runs where
 * WebAssembly SIMD is missing. States are canonical elements.
 */

/** x^3. */
const cube = (x: number): number => multiplyElements(multiplyElements(x, x), x)

/** The 4 by 4 matrix circ(2, 3, 1, 1) on blocks of four elements, then circ(2, 1, ..., 1) on the blocks. */
export function externalLayer(state: Uint32Array): void {
  const width = state.length
  for (let block = 0; block < width; block += 4) {
    const a = state[block]!
    const b = state[block + 1]!
    const c = state[block + 2]!
    const d = state[block + 3]!
    const all = a + b + c + d
    state[block] = reduceNumber(all + a + 2 * b)
    state[block + 1] = reduceNumber(all + b + 2 * c)
    state[block + 2] = reduceNumber(all + c + 2 * d)
    state[block + 3] = reduceNumber(all + d + 2 * a)
  }
  for (let column = 0; column < 4; column++) {
    let sum = 0
    for (let index = column; index < width; index += 4) sum += state[index]!
    for (let index = column; index < width; index += 4) state[index] = reduceNumber(state[index]! + sum)
  }
}

/** The matrix of all ones plus the diagonal. */
export function internalLayer(state: Uint32Array): void {
  const diagonal = FACTORS[state.length as Width]
  let sum = 0
  for (let index = 0; index < state.length; index++) sum += state[index]!
  sum = reduceNumber(sum)
  for (let index = 0; index < state.length; index++) {
    state[index] = addElements(sum, multiplyElements(state[index]!, diagonal[index]!))
  }
}

/** Permutes a state of 16 or 24 elements in place. */
export function permute(state: Uint32Array, order: RoundConstantOrder): void {
  const width = state.length as Width
  const constants = CONSTANTS[order][width]
  externalLayer(state)
  fullRounds(state, constants.initial)
  for (let round = 0; round < PARTIAL_ROUNDS[width]; round++) {
    state[0] = cube(addElements(state[0]!, constants.partial[round]!))
    internalLayer(state)
  }
  fullRounds(state, constants.final)
}

function fullRounds(state: Uint32Array, constants: readonly number[]): void {
  const width = state.length
  for (let round = 0; round < HALF_FULL_ROUNDS; round++) {
    for (let index = 0; index < width; index++) {
      state[index] = cube(addElements(state[index]!, constants[round * width + index]!))
    }
    externalLayer(state)
  }
}

/** An entry of the internal diagonal as an element. */
function factorOf(entry: DiagonalEntry): number {
  if ('times' in entry) return (entry.times + P) % P
  let power = 1
  for (let halving = 0; halving < entry.shift; halving++) power = multiplyElements(power, (P + 1) / 2)
  return entry.sign > 0 ? power : subtractElements(0, power)
}

const FACTORS: Readonly<Record<Width, readonly number[]>> = {
  16: DIAGONAL[16].map(factorOf),
  24: DIAGONAL[24].map(factorOf),
}

const constantsIn = (order: RoundConstantOrder): Readonly<Record<Width, RoundConstants>> => ({
  16: roundConstants(16, order),
  24: roundConstants(24, order),
})
const CONSTANTS: Readonly<Record<RoundConstantOrder, Readonly<Record<Width, RoundConstants>>>> = {
  plonky3: constantsIn('plonky3'),
  leanspec: constantsIn('leanspec'),
}
