import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../src/index.ts'
import { Xoshiro128 } from '../src/random.ts'

/** The algorithm as its authors give it, in arbitrary precision. */
function createNaiveXoshiro(state: readonly bigint[]): () => number {
  const word = (value: bigint) => value & 0xffff_ffffn
  const rotate = (value: bigint, bits: bigint) => word((value << bits) | (value >> (32n - bits)))
  let [s0, s1, s2, s3] = state as [bigint, bigint, bigint, bigint]
  return () => {
    const output = word(rotate(word(s1 * 5n), 7n) * 9n)
    const shifted = word(s1 << 9n)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = rotate(s3, 11n)
    return Number(output)
  }
}

describe('random numbers', () => {
  it('are those of xoshiro128**', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (key) => {
        fc.pre(key.some((byte) => byte !== 0))
        const state = [...new Uint32Array(key.slice().buffer)].map(BigInt)
        fc.pre(state[3] !== 0n)
        const random = new Xoshiro128(key.slice())
        const naive = createNaiveXoshiro(state)
        for (let draw = 0; draw < 100; draw++) expect(random.uint32()).toBe(naive())
      }),
    )
    const random = new Xoshiro128(new Uint8Array(new Uint32Array([1, 2, 3, 4]).buffer))
    expect([1, 2, 3, 4].map(() => random.uint32())).toEqual([11520, 0, 5927040, 70819200])
  })

  it('depend on the seed and the path of names, and on nothing that was drawn', () => {
    const draw = (seed: string | number, ...names: string[]) => {
      const random = names.reduce((parent, name) => parent.split(name), createRandom(seed))
      return [random.uint32(), random.uint32()]
    }
    expect(draw('seed', 'a', 'b')).toEqual(draw('seed', 'a', 'b'))
    const others = [
      draw('seed'),
      draw('other'),
      draw('seed', 'a'),
      draw('seed', 'b'),
      draw('seed', 'b', 'a'),
      draw(1),
    ]
    expect(new Set([...others, draw('seed', 'a', 'b')].map(String)).size).toBe(7)
    const parent = createRandom('seed')
    const before = parent.split('child').uint32()
    for (let draws = 0; draws < 100; draws++) parent.uint32()
    expect(parent.split('child').uint32()).toBe(before)
  })

  it('stay the same for ever: a recorded simulation can be run again', () => {
    const random = createRandom('trine').split('links')
    expect([random.uint32(), random.uint32(), random.integer(1000)]).toEqual([616898414, 3236618385, 226])
  })

  it('lie in their bounds, evenly', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, below) => {
        const random = createRandom(seed)
        const number = random.integer(below)
        expect(Number.isInteger(number) && number >= 0 && number < below).toBe(true)
        const float = random.float()
        expect(float >= 0 && float < 1).toBe(true)
        expect([random.chance(0), random.chance(1)]).toEqual([false, true])
      }),
    )
    // Without care a bound of three quarters of the range would favour its first third: one half instead of one third.
    const large = createRandom('large')
    const small = Array.from({ length: 9000 }, () => large.integer(3 * 2 ** 30)).filter(
      (number) => number < 2 ** 30,
    )
    expect(Math.abs(small.length - 3000)).toBeLessThan(270)
    const random = createRandom('dice')
    const counts = [0, 0, 0, 0, 0, 0, 0]
    for (let roll = 0; roll < 70_000; roll++) counts[random.integer(7)]! += 1
    // Six standard deviations of 92.6.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(556)
  })

  it('shuffle and pick lose and invent nothing', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat(), { minLength: 1 }), (seed, items) => {
        const random = createRandom(seed)
        const byValue = (left: number, right: number) => left - right
        expect(random.shuffle(items).sort(byValue)).toEqual([...items].sort(byValue))
        expect(items).toContain(random.pick(items))
      }),
    )
    expect(() => createRandom(1).integer(0)).toThrow('random: expected a bound from 1 to 2^32, got 0')
  })
})
