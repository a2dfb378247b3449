import { Field, splat } from './field.ts'
import { CONSTANT } from './fieldConstants.ts'
import { gather, scatter } from './lanes.ts'
import { ADDRESS, TABLE } from './layout.ts'
import { type Body, type Expression, i32, i64, v128, wasmFunction } from './wat.ts'

/**
 * A slot is the input of one chain step: parameter 5 | tweak 2 | digest 8 | zero, 16 words. All are Montgomery forms
 * but the tweak. Beside the slots lies, for each, the number that its next tweak encodes (64 bits).
 */
export const SLOT_BYTES = 64
const TWEAK = 20
export const DIGEST = 28
/** Between the tweak numbers of two steps of a chain. */
export const STEP = 256

/** Writes a tweak: the number's two digits in base P, low first (leanSpec xmss/tweak_hash.py, _encode_tweak). */
export function storeTweak(body: Body, address: Expression, number: Expression, offset = 0): void {
  body.store32(address, i64.wrap(i64.remU(number, i64.const(2130706433))), offset)
  body.store32(address, i64.wrap(i64.divU(number, i64.const(2130706433))), offset + 4)
}

/**
 * `(state, tables)`: one step of four chains side by side: compresses the 16 vectors of a state and writes the
 * digests over its own.
 */
export function stepFour(): string {
  return wasmFunction('stepFour', ['state', 'tables'], (body, state, tables) => {
    const output = i32.const(ADDRESS.output)
    const field = new Field(body)
    body.call('permute16x4', state, output, i32.add(tables, i32.const(TABLE.four16)))
    const digest = [0, 1, 2, 3, 4, 5, 6, 7].map((index) =>
      body.let(field.add(v128.load(state, 16 * index), v128.load(output, 16 * index))),
    )
    digest.forEach((vector, index) => {
      body.store(state, vector, 4 * DIGEST + 16 * index)
    })
  })
}

/**
 * `(slots, numbers, schedule, calls, tables)`: walks chains. A call takes the next four indices of the schedule and
 * moves each of those slots one step on; an index may stand twice in one call only if its slot does not matter.
 */
export function walkChains(): string {
  const parameters = ['slots', 'numbers', 'schedule', 'calls', 'tables']
  return wasmFunction('walkChains', parameters, (body, slots, numbers, schedule, calls, tables) => {
    const field = new Field(body)
    const state = i32.const(ADDRESS.input)
    body.loop('call', calls, (call) => {
      const entry = body.set('entry', i32.add(schedule, i32.shl(call, i32.const(4))), 'i32')
      const lanes = [0, 1, 2, 3].map((lane) => {
        const index = body.set(`index${lane}`, i32.load(entry, 4 * lane), 'i32')
        const slot = body.set(`slot${lane}`, i32.add(slots, i32.mul(index, i32.const(SLOT_BYTES))), 'i32')
        const place = body.set('place', i32.add(numbers, i32.shl(index, i32.const(3))), 'i32')
        const number = body.set('number', i64.load(place), 'i64')
        storeTweak(body, slot, number, TWEAK)
        body.store64(place, i64.add(number, i64.const(STEP)))
        return slot
      })
      gather(body, lanes, state, 4)
      for (const offset of [4 * TWEAK, 4 * TWEAK + 16]) {
        body.scope(() => {
          const product = field.multiply(v128.load(state, offset), splat(CONSTANT.radixSquared))
          body.store(state, field.closeSigned(product), offset)
        })
      }
      body.call('stepFour', state, tables)
      const digests = lanes.map((slot) => i32.add(slot, i32.const(DIGEST)))
      scatter(body, i32.const(ADDRESS.input + 4 * DIGEST), digests, 2)
    })
  })
}
