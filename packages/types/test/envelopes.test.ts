import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import {
  blockType,
  decode,
  fromHex,
  fromJson,
  SIGNATURE_ENCODINGS,
  type SignatureEncoding,
  type SignedBlockWithAttestation,
  signedTypesFor,
  toHex,
  toJson,
} from '../src/index.ts'

const { signedAttestationType, signedBlockWithAttestationType } = signedTypesFor('ssz3112')

function signedBlockWith(encoding: SignatureEncoding, signatures: Uint8Array[]): SignedBlockWithAttestation {
  const { message } = signedTypesFor(encoding).signedBlockWithAttestationType.defaultValue()
  return { message, signature: signatures }
}

describe('sizes of the envelopes', () => {
  it('a vote is 136 bytes and its signature', () => {
    const sizes = SIGNATURE_ENCODINGS.map((encoding) => {
      const { fixedSize, minSize, maxSize } = signedTypesFor(encoding).signedAttestationType
      return { encoding, fixedSize, minSize, maxSize }
    })
    expect(sizes).toEqual([
      { encoding: 'padded', fixedSize: 3252, minSize: 3252, maxSize: 3252 },
      { encoding: 'ssz3112', fixedSize: 3248, minSize: 3248, maxSize: 3248 },
      // An offset more, and the signature as long as it is.
      { encoding: 'ssz', fixedSize: null, minSize: 140, maxSize: 140 + 3112 },
    ])
  })

  it.each([
    ['padded', 3116, 0],
    ['ssz3112', 3112, 0],
    ['ssz', 3112, 4],
    ['ssz', 424, 4],
  ] as const)(
    'a block in %s has %i bytes per signature and %i for its offset',
    (encoding, length, offset) => {
      const type = signedTypesFor(encoding).signedBlockWithAttestationType
      const sizeWith = (count: number) => {
        const signatures = Array.from({ length: count }, (_, index) => new Uint8Array(length).fill(index + 1))
        const value = signedBlockWith(encoding, signatures)
        const bytes = type.serialize(value)
        expect(decode(type, bytes)).toEqual({ ok: true, value })
        expect(fromJson(type, toJson(type, value))).toEqual({ ok: true, value })
        return bytes.length
      }
      expect(sizeWith(3) - sizeWith(0)).toBe(3 * (length + offset))
    },
  )

  it('the encodings refuse each other', () => {
    const value = signedBlockWith('padded', [new Uint8Array(3116)])
    const bytes = signedTypesFor('padded').signedBlockWithAttestationType.serialize(value)
    expect(decode(signedBlockWithAttestationType, bytes)).toMatchObject({
      error: { code: 'SSZ_INVALID', type: 'SignedBlockWithAttestation' },
    })
    expect(decode(signedTypesFor('ssz').signedBlockWithAttestationType, bytes).ok).toBe(false)
  })

  it('no more than 4096 signatures fit', () => {
    const type = signedTypesFor('ssz').signedBlockWithAttestationType
    const encode = (count: number) =>
      type.serialize(signedBlockWith('ssz', new Array(count).fill(new Uint8Array(0))))
    expect(decode(type, encode(4096)).ok).toBe(true)
    expect(decode(type, encode(4097))).toMatchObject({ ok: false, error: { code: 'SSZ_INVALID' } })
  })
})

describe('bytes of real clients', () => {
  it('a block that zeam sent', () => {
    const bytes = readFileSync(vectorsPath('devnet1', 'real', 'zeam-signed-block-with-attestation.ssz'))
    const decoded = decode(signedBlockWithAttestationType, bytes)
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.error))
    const { message, signature } = decoded.value
    expect(message.block).toMatchObject({ slot: 14, proposerIndex: 0 })
    expect(message.block.body.attestations).toHaveLength(1)
    expect(signature.map(({ length }) => length)).toEqual([3112, 3112])
    expect(toHex(blockType.hashTreeRoot(message.block))).toBe(
      '0x89ee181d1cd5b2c43f1320f9b299b83d2684f7dde9e12da61c05fa7b119675f4',
    )
    expect(toHex(signedBlockWithAttestationType.serialize(decoded.value))).toBe(toHex(bytes))
    expect(decode(signedTypesFor('padded').signedBlockWithAttestationType, bytes).ok).toBe(false)
  })

  it('all that two ream nodes gossiped', () => {
    const { messages } = JSON.parse(
      readFileSync(vectorsPath('devnet1', 'real', 'ream-two-nodes.json'), 'utf8'),
    ) as { messages: { topic: string; ssz: string }[] }
    expect(messages.length).toBeGreaterThan(100)
    for (const [index, { topic, ssz }] of messages.entries()) {
      const type = topic.includes('/block/') ? signedBlockWithAttestationType : signedAttestationType
      const decoded = decode<unknown>(type, fromHex(ssz) as Uint8Array)
      if (!decoded.ok) throw new Error(`message ${index}: ${JSON.stringify(decoded.error)}`)
      expect(toHex(type.serialize(decoded.value as never)), `message ${index}`).toBe(ssz)
      expect(fromJson<unknown>(type, toJson<unknown>(type, decoded.value))).toEqual(decoded)
    }
  })
})
