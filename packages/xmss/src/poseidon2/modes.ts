import { digitsOf } from '../baseP.ts'
import { addElements } from '../field.ts'
import type { RoundConstantOrder } from '../types.ts'
import { permute } from './permute.ts'
import type { Width } from './roundConstants.ts'

/** The three ways the scheme uses Poseidon2 (leanSpec xmss/poseidon.py). Elements are canonical. */

/** permute(input, padded with zeros) + input, cut to `length` elements. */
export function compress(
  input: Uint32Array,
  width: Width,
  length: number,
  order: RoundConstantOrder,
): Uint32Array {
  const state = new Uint32Array(width)
  state.set(input)
  permute(state, order)
  return Uint32Array.from({ length }, (_, index) => addElements(state[index]!, input[index] ?? 0))
}

/** The capacity value that separates sponges of different shapes: a hash of the lengths, 32 bits each. */
export function domainSeparator(
  lengths: readonly number[],
  length: number,
  order: RoundConstantOrder,
): Uint32Array {
  const packed = lengths.reduce((number, each) => (number << 32n) | BigInt(each), 0n)
  return compress(digitsOf(packed, 24), 24, length, order)
}

/** The sponge of width 24: `capacity` fills the end of the state, input is added to the front in whole blocks. */
export function sponge(
  input: Uint32Array,
  capacity: Uint32Array,
  length: number,
  order: RoundConstantOrder,
): Uint32Array {
  const state = new Uint32Array(24)
  const rate = state.length - capacity.length
  state.set(capacity, rate)
  for (let block = 0; block < input.length; block += rate) {
    for (let index = 0; index < rate && block + index < input.length; index++) {
      state[index] = addElements(state[index]!, input[block + index]!)
    }
    permute(state, order)
  }
  return state.slice(0, length)
}
