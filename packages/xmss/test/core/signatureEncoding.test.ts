import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { P } from '../../src/field.ts'
import {
  decodeSignature,
  devnet,
  encodeSignature,
  production,
  type SignatureEncoding,
  signatureBytes,
  test,
} from '../../src/index.ts'
import { elements } from './arbitraries.ts'

const encodings: readonly SignatureEncoding[] = ['padded', 'ssz3112', 'ssz']
const cases = fc
  .tuple(fc.constantFrom(production, test, { ...production, logLifetime: 18 }), fc.constantFrom(...encodings))
  .chain(([scheme, encoding]) =>
    fc.record({
      scheme: fc.constant(scheme),
      encoding: fc.constant(encoding),
      signature: fc.record({
        path: elements(8 * scheme.logLifetime),
        rho: elements(7),
        hashes: elements(8 * scheme.dimension),
      }),
    }),
  )

const code = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? 'ok' : result.error?.code)

describe('signature encodings', () => {
  it('have the sizes of devnet-1', () => {
    expect(encodings.map((encoding) => signatureBytes(production, encoding))).toEqual([3116, 3112, 3112])
    expect(encodings.map((encoding) => signatureBytes(devnet, encoding))).toEqual([3116, 3112, 3112])
    expect(encodings.map((encoding) => signatureBytes(test, encoding))).toEqual([3116, 3112, 424])
    expect(() => signatureBytes({ ...production, name: 'wide', dimension: 66 }, 'padded')).toThrow(
      'scheme wide',
    )
  })

  it('decode what they encode', () => {
    fc.assert(
      fc.property(cases, ({ scheme, encoding, signature }) => {
        const bytes = encodeSignature(scheme, signature, encoding)
        expect(bytes.length).toBe(signatureBytes(scheme, encoding))
        expect(decodeSignature(scheme, bytes, encoding)).toEqual({ ok: true, value: signature })
      }),
    )
  })

  it('are strict: bytes that decode are the ones that would be encoded', () => {
    fc.assert(
      fc.property(
        cases,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ scheme, encoding, signature }, place, change) => {
          const bytes = encodeSignature(scheme, signature, encoding)
          bytes[place % bytes.length]! ^= change
          const decoded = decodeSignature(scheme, bytes, encoding)
          if (decoded.ok) expect(encodeSignature(scheme, decoded.value, encoding)).toEqual(bytes)
          else expect(['wrongOffset', 'notCanonical', 'paddingNotZero']).toContain(decoded.error.code)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('refuse any other length, and anything at random, without a throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...encodings), fc.uint8Array({ maxLength: 4000 }), (encoding, bytes) => {
        expect(decodeSignature(production, bytes, encoding).ok).toBe(false)
      }),
    )
  })

  it('say what is wrong', () => {
    const signature = { path: new Uint32Array(64), rho: new Uint32Array(7), hashes: new Uint32Array(32) }
    const changed = (encoding: SignatureEncoding, at: number, bytes: readonly number[]) => {
      const encoded = encodeSignature(test, signature, encoding)
      encoded.set(bytes, at)
      return code(decodeSignature(test, encoded, encoding))
    }
    const notCanonical = [...new Uint8Array(Uint32Array.of(P).buffer)]
    expect(changed('padded', 0, notCanonical)).toBe('notCanonical')
    expect(changed('padded', 412, [1])).toBe('paddingNotZero')
    expect(changed('ssz3112', 3111, [1])).toBe('paddingNotZero')
    expect(changed('ssz', 0, [37])).toBe('wrongOffset')
    expect(changed('ssz', 32, [0])).toBe('wrongOffset')
    expect(changed('ssz', 36, [8])).toBe('wrongOffset')
    expect(code(decodeSignature(test, new Uint8Array(423), 'ssz'))).toBe('wrongLength')
  })

  it('read from the middle of a larger buffer', () => {
    const signature = {
      path: new Uint32Array(64).fill(5),
      rho: new Uint32Array(7),
      hashes: new Uint32Array(32),
    }
    const encoded = encodeSignature(test, signature, 'ssz')
    const larger = new Uint8Array(500)
    larger.set(encoded, 13)
    expect(decodeSignature(test, larger.subarray(13, 13 + encoded.length), 'ssz')).toEqual({
      ok: true,
      value: signature,
    })
  })
})
