import { Field, splat } from './field.ts'
import { CONSTANT } from './fieldConstants.ts'
import { gather, scatter } from './lanes.ts'
import { ADDRESS, TABLE } from './layout.ts'
import { type Expression, i32, v128, wasmFunction } from './wat.ts'

const STATE_BYTES = 96

/** `(address, vectors)`: canonical elements to closed Montgomery forms in place, or back; at least one vector. */
function conversion(name: string, factor: number): string {
  return wasmFunction(name, ['address', 'vectors'], (body, address, vectors) => {
    const field = new Field(body)
    const constant = body.set('factor', splat(factor))
    body.loop('vector', vectors, (vector) => {
      body.scope(() => {
        const place = body.let(i32.add(address, i32.shl(vector, i32.const(4))), 'i32')
        body.store(place, field.closeSigned(field.multiply(v128.load(place), constant)))
      })
    })
  })
}

export const toMontgomery = (): string => conversion('toMontgomery', CONSTANT.radixSquared)
export const fromMontgomery = (): string => conversion('fromMontgomery', CONSTANT.one)

/**
 * `(states, lanes, tables)`: permutes one state of width 24, or four that follow one another. Montgomery forms;
 * `tables`: the round constants of one order.
 */
export function permuteStates(): string {
  return wasmFunction('permuteStates', ['states', 'lanes', 'tables'], (body, states, lanes, tables) => {
    body.branch(
      i32.eq(lanes, i32.const(1)),
      () => body.call('permute24', states, i32.add(tables, i32.const(TABLE.one24))),
      () => {
        const state = i32.const(ADDRESS.input)
        const four = laneAddresses(states, STATE_BYTES)
        gather(body, four, state, 6)
        body.call('permute24x4', state, state, i32.add(tables, i32.const(TABLE.four24)))
        scatter(body, state, four, 6)
      },
    )
  })
}

/**
 * `(states, lanes, tables)`: Poseidon2's compression of width 24 (permute, add the input) on one state or four;
 * canonical elements in and out, of which the first 16 of each state count.
 */
export function compressStates(): string {
  return wasmFunction('compressStates', ['states', 'lanes', 'tables'], (body, states, lanes, tables) => {
    const field = new Field(body)
    const vectors = body.set('vectors', i32.mul(lanes, i32.const(6)), 'i32')
    body.call('toMontgomery', states, vectors)
    const eachVector = (write: (state: Expression, copy: Expression) => void) =>
      body.loop('vector', vectors, (vector) => {
        body.scope(() => {
          const offset = body.let(i32.shl(vector, i32.const(4)), 'i32')
          const state = body.let(i32.add(states, offset), 'i32')
          write(state, body.let(i32.add(i32.const(ADDRESS.copies), offset), 'i32'))
        })
      })
    eachVector((state, copy) => body.copy(copy, state, 1))
    body.call('permuteStates', states, lanes, tables)
    eachVector((state, copy) => body.store(state, field.add(v128.load(state), v128.load(copy))))
    body.call('fromMontgomery', states, vectors)
  })
}

/** The addresses of four things of `bytes` bytes each that follow one another. */
export function laneAddresses(start: Expression, bytes: number): Expression[] {
  return [0, 1, 2, 3].map((lane) => i32.add(start, i32.const(lane * bytes)))
}
