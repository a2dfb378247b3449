import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { encoderFor } from '../../src/encoder.ts'
import { engineFor } from '../../src/engine/engines.ts'
import { areElements, P } from '../../src/field.ts'
import {
  devnet,
  type KeyPair,
  keyGen,
  type PublicKey,
  preparedRange,
  production,
  type Scheme,
  type Signature,
  sign,
  test,
  verify,
  verifyBatch,
} from '../../src/index.ts'
import { messageInput } from '../../src/messageHash.ts'
import { bytes, element } from './arbitraries.ts'

const lifetime18: Scheme = { ...production, name: 'lifetime18', logLifetime: 18, logBottomTreeLeaves: 5 }
const small: readonly Scheme[] = [
  test,
  { ...test, roundConstantOrder: 'leanspec', prfBytesPerElement: 16 },
  lifetime18,
]
const keys = new Map<Scheme, KeyPair>()

beforeAll(async () => {
  for (const scheme of [...small, { ...devnet, logBottomTreeLeaves: 4 }]) {
    const made = await keyGen(scheme, 40, 20, { seed: new Uint8Array(32).fill(7) })
    if (!made.ok) throw new Error(made.error.message)
    keys.set(scheme, made.value)
  }
})

const signed = fc
  .tuple(fc.constantFrom(...small), bytes(32), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([scheme, message, place]) => {
    const { publicKey, secretKey } = keys.get(scheme)!
    const { start, end } = preparedRange(scheme, secretKey)
    const epoch = start + Math.floor(place * (end - start))
    const signature = sign(scheme, secretKey, epoch, message)
    if (!signature.ok) throw new Error(signature.error.message)
    return { scheme, publicKey, epoch, message, signature: signature.value }
  })

const withWord = (words: Uint32Array, index: number, word: number) => {
  const copy = words.slice()
  copy[index] = word
  return copy
}

const codeword = (
  scheme: Scheme,
  { parameter }: PublicKey,
  epoch: number,
  message: Uint8Array,
  rho: Uint32Array,
) => {
  const input = messageInput(parameter, epoch, message)
  input.set(rho)
  return encoderFor(scheme).codeword(engineFor(scheme).hashMessages(input))
}

describe('sign and verify', () => {
  it('any message of any prepared epoch verifies, and signing is deterministic', () => {
    fc.assert(
      fc.property(signed, ({ scheme, publicKey, epoch, message, signature }) => {
        expect(verify(scheme, publicKey, epoch, message, signature)).toBe(true)
        expect(sign(scheme, keys.get(scheme)!.secretKey, epoch, message)).toEqual({
          ok: true,
          value: signature,
        })
      }),
    )
  })

  it('any flipped bit of signature, message, epoch or key fails, but for collisions of the tiny test scheme', () => {
    const place = fc.record({
      part: fc.constantFrom('path', 'rho', 'hashes', 'message', 'epoch', 'root', 'parameter'),
      word: fc.nat(),
      bit: fc.integer({ min: 0, max: 31 }),
    })
    fc.assert(
      fc.property(signed, place, ({ scheme, publicKey, epoch, message, signature }, { part, word, bit }) => {
        const flipIn = (words: Uint32Array) => {
          const index = word % words.length
          return withWord(words, index, words[index]! ^ (1 << bit))
        }
        // The test scheme has 44 codewords: a changed message or rho may lead to the same one, and is then forged.
        const isForged = (other: Uint8Array, rho: Uint32Array) => {
          const changed = codeword(scheme, publicKey, epoch, other, rho)
          return `${changed}` === `${codeword(scheme, publicKey, epoch, message, signature.rho)}`
        }
        if (part === 'message') {
          const other = message.slice()
          other[word % 32]! ^= 1 << (bit % 8)
          const expected = scheme.dimension === test.dimension && isForged(other, signature.rho)
          expect(verify(scheme, publicKey, epoch, other, signature)).toBe(expected)
        } else if (part === 'rho') {
          const rho = flipIn(signature.rho)
          const expected = scheme.dimension === test.dimension && areElements(rho) && isForged(message, rho)
          expect(verify(scheme, publicKey, epoch, message, { ...signature, rho })).toBe(expected)
        } else if (part === 'epoch') {
          const other = (epoch ^ (1 << bit)) >>> 0
          expect(verify(scheme, publicKey, other, message, signature)).toBe(false)
        } else if (part === 'root' || part === 'parameter') {
          const other = { ...publicKey, [part]: flipIn(publicKey[part]) }
          expect(verify(scheme, other, epoch, message, signature)).toBe(false)
        } else {
          const other = { ...signature, [part]: flipIn(signature[part as keyof Signature]) }
          expect(verify(scheme, publicKey, epoch, message, other)).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('an element plus P is not accepted in its place', () => {
    fc.assert(
      fc.property(signed, fc.nat(), ({ scheme, publicKey, epoch, message, signature }, word) => {
        for (const part of ['path', 'rho', 'hashes'] as const) {
          const words = signature[part]
          // At most 2^32 - 1 - P = 2164260862 fits.
          const index = [...words.keys()]
            .map((at) => (at + word) % words.length)
            .find((at) => words[at]! + P < 2 ** 32)
          if (index === undefined) continue
          const other = { ...signature, [part]: withWord(words, index, words[index]! + P) }
          expect(verify(scheme, publicKey, epoch, message, other)).toBe(false)
        }
        const root = withWord(publicKey.root, 0, publicKey.root[0]! + P)
        expect(verify(scheme, { ...publicKey, root }, epoch, message, signature)).toBe(false)
      }),
    )
  })
})

describe('verify', () => {
  it('never throws, whatever the shapes', () => {
    const anyWords = fc.oneof(
      fc.constant(new Uint32Array(0)),
      fc
        .array(fc.oneof(element, fc.integer({ min: 0, max: 2 ** 32 - 1 })), { maxLength: 70 })
        .map((all) => Uint32Array.from(all)),
      fc.constantFrom(5, 7, 8, 32, 64, 256, 512).chain((length) => fc.constant(new Uint32Array(length))),
    )
    const anyEpoch = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(-1, 0.5, Number.NaN, Infinity, 2 ** 32, 2 ** 53),
    )
    const anyItem = fc.record({
      publicKey: fc.record({ root: anyWords, parameter: anyWords }),
      epoch: anyEpoch,
      message: fc.uint8Array({ maxLength: 40 }),
      signature: fc.record({ path: anyWords, rho: anyWords, hashes: anyWords }),
    })
    fc.assert(
      fc.property(fc.constantFrom(test, production), fc.array(anyItem, { maxLength: 6 }), (scheme, items) => {
        expect(verifyBatch(scheme, items)).toEqual(items.map(() => false))
      }),
      { numRuns: 500 },
    )
  })

  it('refuses one part too long or too short', () => {
    fc.assert(
      fc.property(
        signed,
        fc.constantFrom('path', 'rho', 'hashes'),
        fc.constantFrom(-8, -1, 1, 8),
        (good, part, by) => {
          const { scheme, publicKey, epoch, message, signature } = good
          const words = new Uint32Array(Math.max(0, signature[part as keyof Signature].length + by))
          words.set(signature[part as keyof Signature].subarray(0, words.length))
          expect(verify(scheme, publicKey, epoch, message, { ...signature, [part]: words })).toBe(false)
        },
      ),
    )
  })
})

describe('verifyBatch', () => {
  it('answers for each item what verify does, in any mix of good and bad and of any size', () => {
    const broken = fc.constantFrom('none', 'none', 'path', 'message', 'epoch', 'length')
    fc.assert(
      fc.property(fc.array(fc.tuple(signed, broken), { maxLength: 11 }), (drawn) => {
        const items = drawn
          .filter(([{ scheme }]) => scheme === test)
          .map(([{ publicKey, epoch, message, signature }, kind]) => ({
            publicKey,
            epoch: kind === 'epoch' ? 1000 : epoch,
            message: kind === 'message' ? new Uint8Array(32).fill(9) : message,
            signature:
              kind === 'path'
                ? { ...signature, path: withWord(signature.path, 3, (signature.path[3]! + 1) % P) }
                : kind === 'length'
                  ? { ...signature, rho: new Uint32Array(6) }
                  : signature,
          }))
        const one = items.map(({ publicKey, epoch, message, signature }) =>
          verify(test, publicKey, epoch, message, signature),
        )
        expect(verifyBatch(test, items)).toEqual(one)
      }),
      { numRuns: 60 },
    )
  })
})

describe('devnet keys', () => {
  it('are production keys to a verifier', () => {
    const [scheme, { publicKey, secretKey }] = [...keys].find(([{ name }]) => name === 'devnet')!
    const message = new Uint8Array(32).fill(3)
    const { start, end } = preparedRange(scheme, secretKey)
    for (const epoch of [start, end - 1]) {
      const signature = sign(scheme, secretKey, epoch, message)
      expect(signature.ok && verify(production, publicKey, epoch, message, signature.value)).toBe(true)
    }
  })

  it('need few epochs: two bottom trees of 1,024', () => {
    expect(devnet).toEqual({ ...production, name: 'devnet', logBottomTreeLeaves: 10 })
  })
})

describe('a scheme whose parameters contradict each other', () => {
  it.each([
    { dimension: 2 },
    { dimension: 257 },
    { base: 1 },
    { logLifetime: 33 },
    { logLifetime: 8, logBottomTreeLeaves: 8 },
    { logBottomTreeLeaves: 0 },
    { finalLayer: 449 },
    { targetSum: 370 },
    { targetSum: 449 },
    { base: 8.5 },
  ])('%o is refused by name', (change) => {
    const scheme = { ...production, name: 'broken', ...change }
    expect(() => engineFor(scheme)).toThrow(/^scheme broken: .*expected/)
  })
})
