import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  digitsOf,
  messageDigits,
  writeChainTweak,
  writeMessageTweak,
  writeTreeTweak,
} from '../../src/baseP.ts'
import {
  addElements,
  areElements,
  elementFromBigEndian,
  multiplyElements,
  P,
  reduceNumber,
  subtractElements,
} from '../../src/field.ts'
import { bytes, element, epoch } from './arbitraries.ts'

const modulo = (value: bigint) => Number(((value % BigInt(P)) + BigInt(P)) % BigInt(P))

describe('KoalaBear in plain TypeScript', () => {
  it('adds, subtracts and multiplies as big integers do', () => {
    fc.assert(
      fc.property(element, element, (a, b) => {
        expect(addElements(a, b)).toBe(modulo(BigInt(a) + BigInt(b)))
        expect(subtractElements(a, b)).toBe(modulo(BigInt(a) - BigInt(b)))
        expect(multiplyElements(a, b)).toBe(modulo(BigInt(a) * BigInt(b)))
      }),
      { numRuns: 20_000 },
    )
  })

  it('multiplies right where the rounded quotient is hardest', () => {
    // Products next to odd multiples of P / 2, where rounding decides.
    for (let a = 1; a < 2000; a++) {
      const factor = P - a * 1021
      for (const b of [Math.floor(P / (2 * a)), Math.ceil(P / (2 * a)), P - 1, (P - 1) / 2, (P + 1) / 2]) {
        expect(multiplyElements(factor, b)).toBe(modulo(BigInt(factor) * BigInt(b)))
      }
    }
  })

  it('reduces whole numbers, next to multiples of P too', () => {
    const number = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 52 }),
      fc
        .tuple(fc.integer({ min: 1, max: 2 ** 21 }), fc.integer({ min: -2, max: 2 }))
        .map(([n, d]) => n * P + d),
    )
    fc.assert(
      fc.property(number, (value) => {
        expect(reduceNumber(value)).toBe(value % P)
      }),
      { numRuns: 5000 },
    )
  })

  it('reads big-endian integers', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 4, 8, 16), bytes(20), (length, all) => {
        const value = BigInt(`0x${Buffer.from(all.subarray(2, 2 + length)).toString('hex')}`)
        expect(elementFromBigEndian(all, 2, length)).toBe(modulo(value))
      }),
    )
  })

  it('knows canonical elements', () => {
    expect(areElements(Uint32Array.of(0, P - 1))).toBe(true)
    expect(areElements(Uint32Array.of(0, P))).toBe(false)
    expect(areElements(Uint32Array.of(0xffffffff))).toBe(false)
  })
})

describe('numbers in base P', () => {
  const digits = (write: (output: Uint32Array, at: number) => void) => {
    const output = new Uint32Array(3)
    write(output, 1)
    expect(output[0]).toBe(0)
    return output.slice(1)
  }

  it('tweaks are the digits of the packed integer', () => {
    const small = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(epoch, small, small, (first, chain, step) => {
        const chainNumber = (BigInt(first) << 24n) | (BigInt(chain) << 16n) | (BigInt(step) << 8n)
        expect(digits((output, at) => writeChainTweak(first, chain, step, output, at))).toEqual(
          digitsOf(chainNumber, 2),
        )
        const level = step % 33
        const treeNumber = (BigInt(level) << 40n) | (BigInt(first) << 8n) | 1n
        expect(digits((output, at) => writeTreeTweak(level, first, output, at))).toEqual(
          digitsOf(treeNumber, 2),
        )
        const messageNumber = (BigInt(first) << 8n) | 2n
        expect(digits((output, at) => writeMessageTweak(first, output, at))).toEqual(
          digitsOf(messageNumber, 2),
        )
      }),
      { numRuns: 2000 },
    )
  })

  it('a message is the digits of its little-endian integer', () => {
    fc.assert(
      fc.property(bytes(32), (message) => {
        const value = BigInt(`0x${Buffer.from(message).reverse().toString('hex')}`)
        expect(messageDigits(message)).toEqual(digitsOf(value, 9))
      }),
    )
  })
})
