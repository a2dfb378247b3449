import { readFileSync } from 'node:fs'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../../test/support/vectors.ts'
import {
  decodePublicKey,
  decodePublicKeyJson,
  encodePublicKey,
  encodePublicKeyJson,
  encodePublicKeyMontgomery,
  publicKeyFromHex,
  publicKeyToHex,
} from '../../src/keys/publicKey.ts'
import { publicKeyOf } from '../../src/keys/shape.ts'
import { elements, vectorKeys } from './support.ts'

interface EncodingVector {
  readonly public_key_canonical: string
  readonly public_key_bincode_montgomery: string
}

function encodingVectors(): EncodingVector[] {
  return ['production-plonky3', 'production-leanspec'].flatMap((folder) => {
    const file = readFileSync(vectorsPath('xmss', folder, 'encodings.json'), 'utf8')
    return (JSON.parse(file) as { vectors: EncodingVector[] }).vectors
  })
}

describe('public key', () => {
  it('bytes and JSON are those of leanSig', () => {
    for (const vector of encodingVectors()) {
      const canonical = vector.public_key_canonical.slice(2)
      const montgomery = vector.public_key_bincode_montgomery.slice(2)
      const decoded = decodePublicKey(hexToBytes(canonical))
      if (!decoded.ok) throw new Error(decoded.error.message)
      expect(bytesToHex(encodePublicKey(decoded.value))).toBe(canonical)
      expect(bytesToHex(encodePublicKeyMontgomery(decoded.value))).toBe(montgomery)
      const text = encodePublicKeyJson(decoded.value)
      const numbers = [...elements(montgomery)]
      expect(JSON.parse(text)).toEqual({ root: numbers.slice(0, 8), parameter: numbers.slice(8) })
      expect(text.startsWith(`{\n  "root": [\n    ${numbers[0]},\n`)).toBe(true)
      expect(decodePublicKeyJson(text)).toEqual(decoded)
    }
  })

  it('is carried by the secret key', () => {
    for (const { secretKey, publicKey } of vectorKeys()) {
      expect(bytesToHex(encodePublicKey(publicKeyOf(secretKey)))).toBe(publicKey)
    }
  })

  it('hex with and without 0x, in any case', () => {
    const hex = vectorKeys()[0]!.publicKey
    for (const text of [hex, `0x${hex}`, hex.toUpperCase(), `0x${hex.toUpperCase()}`]) {
      const decoded = publicKeyFromHex(text)
      expect(decoded.ok && publicKeyToHex(decoded.value)).toBe(hex)
    }
    for (const text of ['', '0x', hex.slice(1), `${hex}00`, `0X${hex}`, `${hex.slice(2)}0g`]) {
      expect(publicKeyFromHex(text).ok).toBe(false)
    }
  })

  it('any bytes are refused, or are the encoding of what they decode to', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 50, maxLength: 54 }), (bytes) => {
        const decoded = decodePublicKey(bytes)
        if (decoded.ok) expect(encodePublicKey(decoded.value)).toEqual(bytes)
        else expect(decoded.error.code).toBe(bytes.length === 52 ? 'notCanonical' : 'wrongLength')
      }),
    )
  })

  it.each([
    ['', 'malformed'],
    ['null', 'malformed'],
    ['{"root": [1,2,3,4,5,6,7,8]}', 'malformed'],
    ['{"root": [1,2,3,4,5,6,7], "parameter": [1,2,3,4,5]}', 'malformed'],
    ['{"root": [1,2,3,4,5,6,7,"8"], "parameter": [1,2,3,4,5]}', 'malformed'],
    ['{"root": [1,2,3,4,5,6,7,2130706433], "parameter": [1,2,3,4,5]}', 'notCanonical'],
    ['{"root": [1,2,3,4,5,6,7,8], "parameter": [1,2,3,4,5], "more": 1}', 'malformed'],
    [`{"root": [1,2,3,4,5,6,7,8], "parameter": [1,2,3,4,5]}${' '.repeat(5000)}`, 'wrongLength'],
  ])('JSON %j is refused as %s', (text, code) => {
    expect(decodePublicKeyJson(text)).toMatchObject({ ok: false, error: { code } })
  })

  it('random JSON and changed text are refused, or say what they decode to', () => {
    const valid = encodePublicKeyJson(publicKeyOf(vectorKeys()[0]!.secretKey))
    const changed = fc
      .tuple(fc.nat(valid.length), fc.nat(3), fc.string({ maxLength: 3 }))
      .map(([at, cut, text]) => valid.slice(0, at) + text + valid.slice(at + cut))
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), changed), (text) => {
        const decoded = decodePublicKeyJson(text)
        if (decoded.ok) expect(JSON.parse(encodePublicKeyJson(decoded.value))).toEqual(JSON.parse(text))
      }),
      { numRuns: 1000 },
    )
  })
})
