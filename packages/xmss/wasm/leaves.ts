import { CAPACITY_LENGTH, HASH_LENGTH, PARAMETER_LENGTH, TWEAK_LENGTH } from '../src/constants.ts'
import { STEP } from './chains.ts'
import { Field, splat } from './field.ts'
import { CONSTANT } from './fieldConstants.ts'
import { scatter } from './lanes.ts'
import { ADDRESS, TABLE } from './layout.ts'
import { CHAIN_WORD, chainWord, EPOCH_WORD, epochWord, storePrfWord } from './prf.ts'
import { laneAddresses } from './states.ts'
import { type Body, type Expression, i32, i32x4, i64, v128, wasmFunction } from './wat.ts'

const RATE = 24 - CAPACITY_LENGTH
/** Where the digest stands in the input of a chain step. */
const DIGEST_INDEX = PARAMETER_LENGTH + TWEAK_LENGTH
/** The number that the tweak of step 1 of a chain encodes. */
function chainNumber(epoch: Expression, chain: Expression): Expression {
  const high = i64.shl(i64.extend(epoch), i64.const(24))
  return i64.or(high, i64.extend(i32.or(i32.shl(chain, i32.const(16)), i32.const(STEP))))
}

/** Writes lane 0 to 3 of the two vectors of tweaks. */
function storeTweakOfLane(body: Body, lane: number, number: Expression): void {
  body.store32(i32.const(ADDRESS.tweaks), i64.wrap(i64.remU(number, i64.const(2130706433))), 4 * lane)
  body.store32(i32.const(ADDRESS.tweaks), i64.wrap(i64.divU(number, i64.const(2130706433))), 16 + 4 * lane)
}

/**
 * `(position, vectors, count, tables) -> position`: absorbs vectors into the sponge of four leaves. `position`:
 * where the next goes, below the rate.
 */
export function absorbFour(): string {
  const sponge = i32.const(ADDRESS.sponge)
  const parameters = ['position', 'vectors', 'count', 'tables']
  const write = (body: Body, ...values: Expression[]) => {
    const [position, vectors, count, tables] = values
    const field = new Field(body)
    body.loop('vector', count!, (vector) => {
      body.scope(() => {
        const place = body.let(i32.add(sponge, i32.shl(position!, i32.const(4))), 'i32')
        const input = v128.load(i32.add(vectors!, i32.shl(vector, i32.const(4))))
        body.store(place, field.add(v128.load(place), input))
      })
      body.set('position', i32.add(position!, i32.const(1)), 'i32')
      body.branch(i32.eq(position!, i32.const(RATE)), () => {
        body.call('permute24x4', sponge, sponge, i32.add(tables!, i32.const(TABLE.four24)))
        body.set('position', i32.const(0), 'i32')
      })
    })
  }
  return wasmFunction('absorbFour', parameters, write, '(local.get $position)')
}

/**
 * `(blocks, lastKeyByte, epoch, header, dimension, steps, wordsPerElement, leaves, tables)`: the leaves of four
 * epochs from `epoch` on: PRF, chains of `steps` steps, sponge.
 *
 * `blocks`: two pairs of PRF inputs, complete but for epoch and chain. `header`: parameter (5 vectors) and the
 * sponge's capacity value (9), Montgomery forms, each element four times. Leaves are canonical digests.
 */
export function leavesFour(): string {
  const parameters = 'blocks lastKeyByte epoch header dimension steps wordsPerElement leaves tables'.split(
    ' ',
  )
  return wasmFunction('leavesFour', parameters, (body, ...values) => {
    const [blocks, lastKeyByte, epoch, header, dimension, steps, wordsPerElement, leaves, tables] = values
    const state = i32.const(ADDRESS.input)
    const digests = i32.const(ADDRESS.input + 16 * DIGEST_INDEX)
    const sponge = i32.const(ADDRESS.sponge)
    const field = new Field(body)
    const epochs = [0, 1, 2, 3].map((lane) =>
      body.set(`epoch${lane}`, i32.add(epoch!, i32.const(lane)), 'i32'),
    )
    epochs.forEach((each, lane) => {
      storePrfWord(body, blocks!, lane, EPOCH_WORD, epochWord(lastKeyByte!, each))
    })
    startSponge(body, header!, epochs, tables!)
    body.loop('chain', dimension!, (chain) => {
      epochs.forEach((each, lane) => {
        storePrfWord(body, blocks!, lane, CHAIN_WORD, chainWord(chain))
        storeTweakOfLane(body, lane, chainNumber(each, chain))
      })
      body.call('prfFour', blocks!, wordsPerElement!)
      body.copy(state, header!, PARAMETER_LENGTH)
      body.copy(digests, i32.const(ADDRESS.digests), HASH_LENGTH)
      body.store(state, v128.const32(0), 16 * 15)
      walkFour(body, field, steps!, tables!)
      absorb(body, digests, HASH_LENGTH, tables!)
    })
    body.branch('(local.get $position)', () => {
      body.call('permute24x4', sponge, sponge, i32.add(tables!, i32.const(TABLE.four24)))
    })
    body.call('fromMontgomery', sponge, i32.const(HASH_LENGTH))
    scatter(body, sponge, laneAddresses(leaves!, 4 * HASH_LENGTH), 2)
  })
}

/** Absorbs `count` vectors; the local `position` says where the sponges stand. */
function absorb(body: Body, vectors: Expression, count: number, tables: Expression): void {
  const position = `(call $absorbFour (local.get $position) ${vectors} ${i32.const(count)} ${tables})`
  body.set('position', position, 'i32')
}

/** Starts the sponges: zeros and the capacity value, then parameter and the leaf's tweak absorbed. */
function startSponge(
  body: Body,
  header: Expression,
  epochs: readonly Expression[],
  tables: Expression,
): void {
  const sponge = i32.const(ADDRESS.sponge)
  const tweaks = i32.const(ADDRESS.tweaks)
  for (let index = 0; index < RATE; index++) body.store(sponge, v128.const32(0), 16 * index)
  body.copy(
    i32.const(ADDRESS.sponge + 16 * RATE),
    i32.add(header, i32.const(16 * PARAMETER_LENGTH)),
    CAPACITY_LENGTH,
  )
  epochs.forEach((epoch, lane) => {
    // Level 0 of the tree: epoch << 8 | 1.
    storeTweakOfLane(body, lane, i64.or(i64.shl(i64.extend(epoch), i64.const(8)), i64.const(1)))
  })
  body.call('toMontgomery', tweaks, i32.const(TWEAK_LENGTH))
  body.set('position', i32.const(0), 'i32')
  absorb(body, header, PARAMETER_LENGTH, tables)
  absorb(body, tweaks, TWEAK_LENGTH, tables)
}

/** `steps` steps of the four chains in `ADDRESS.input`, whose first tweaks are at `ADDRESS.tweaks`. */
function walkFour(body: Body, field: Field, steps: Expression, tables: Expression): void {
  const state = i32.const(ADDRESS.input)
  const tweaks = i32.const(ADDRESS.tweaks)
  const [low, high] = [body.set('low', v128.load(tweaks)), body.set('high', v128.load(tweaks, 16))]
  const radixSquared = splat(CONSTANT.radixSquared)
  body.loop('step', steps, () => {
    body.scope(() => {
      body.store(state, field.closeSigned(field.multiply(low, radixSquared)), 16 * PARAMETER_LENGTH)
      body.store(state, field.closeSigned(field.multiply(high, radixSquared)), 16 * PARAMETER_LENGTH + 16)
    })
    body.call('stepFour', state, tables)
    body.scope(() => {
      const next = body.let(i32x4.add(low, v128.const32(STEP)))
      body.set('low', field.close(next))
      body.set('high', i32x4.sub(high, i32x4.ne(low, next)))
    })
  })
}
