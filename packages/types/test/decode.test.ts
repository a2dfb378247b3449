import { describe, expect, it } from 'vitest'
import {
  BitArray,
  blockBodyType,
  blockRootsType,
  checkpointType,
  configType,
  type DecodeError,
  decode,
  decodeToView,
  describeDecodeError,
  fromHex,
  type Result,
  rootBytes,
  signedTypesFor,
  stateType,
  statusType,
  toHex,
} from '../src/index.ts'

function refusal(result: Result<unknown, DecodeError>): string {
  return result.ok ? 'accepted' : describeDecodeError(result.error)
}

describe('decode', () => {
  it('refuses a size that the type cannot have before it reads', () => {
    expect(decode(checkpointType, new Uint8Array(41))).toEqual({
      ok: false,
      error: { code: 'SSZ_SIZE', type: 'Checkpoint', actual: 41, minimum: 40, maximum: 40 },
    })
    expect(refusal(decode(statusType, new Uint8Array(0)))).toBe('Status: expected 80 to 80 bytes, got 0')
    expect(refusal(decodeToView(configType, new Uint8Array(7)))).toBe('Config: expected 8 to 8 bytes, got 7')
    const tooLong = new Uint8Array(4 + 136 * 4096 + 1)
    expect(refusal(decode(blockBodyType, tooLong))).toBe('BlockBody: expected 4 to 557060 bytes, got 557061')
  })

  it('refuses lists over their limits', () => {
    expect(refusal(decode(blockRootsType, new Uint8Array(32 * 1025)))).toBe(
      'BlocksByRootRequest: expected 0 to 32768 bytes, got 32800',
    )
    const state = stateType.defaultValue()
    state.justifiedSlots = BitArray.fromBitLen(2 ** 18 + 1)
    const bytes = stateType.serialize(state)
    const message = 'State: expected valid SSZ, got: bitLen over limit 262145 > 262144'
    expect(refusal(decode(stateType, bytes))).toBe(message)
    expect(refusal(decodeToView(stateType, bytes))).toBe(message)
  })

  it.each([
    ['an offset beyond the end', '05000000', 'Offset out of bounds 5 > 4'],
    ['an offset into the fixed part', '00000000', 'First offset must equal to fixedEnd 0 != 4'],
    ['a piece of an element', '0400000001', 'size 1 is not multiple of element fixedSize 136'],
  ])('refuses %s', (_what, hex, reason) => {
    const bytes = fromHex(hex) as Uint8Array
    expect(refusal(decode(blockBodyType, bytes))).toBe(`BlockBody: expected valid SSZ, got: ${reason}`)
    expect(refusal(decodeToView(blockBodyType, bytes))).toBe(`BlockBody: expected valid SSZ, got: ${reason}`)
  })

  it('refuses a bit list without its last bit, and offsets that go back', () => {
    const good = stateType.serialize(stateType.defaultValue())
    const withoutLastBit = good.slice()
    withoutLastBit[good.length - 1] = 0
    expect(refusal(decode(stateType, withoutLastBit))).toContain('padding bit required')

    const { signedBlockWithAttestationType } = signedTypesFor('ssz')
    const value = {
      ...signedBlockWithAttestationType.defaultValue(),
      signature: [new Uint8Array(3), new Uint8Array(3)],
    }
    const bytes = signedBlockWithAttestationType.serialize(value)
    expect(decode(signedBlockWithAttestationType, bytes)).toEqual({ ok: true, value })
    const offsetsAt = bytes.length - 14
    expect(toHex(bytes.subarray(offsetsAt, offsetsAt + 8))).toBe('0x080000000b000000')
    bytes[offsetsAt + 4] = 7
    expect(refusal(decode(signedBlockWithAttestationType, bytes))).toContain(
      'Offsets must be increasing 7 < 8',
    )
  })
})

describe('hex', () => {
  it('both ways', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    expect(fromHex(toHex(bytes))).toEqual(bytes)
    expect(fromHex('AbcD')).toEqual(Uint8Array.of(0xab, 0xcd))
    expect(fromHex('0x')).toEqual(new Uint8Array(0))
  })

  it.each(['0', '0x0', 'zz', '0x0g', '0xé0', '0x😀', ' 00 ', '0X00'])('refuses %s', (text) => {
    expect(fromHex(text)).toBeUndefined()
  })

  it('of a root, which has 32 bytes', () => {
    const bytes = new Uint8Array(32).fill(7)
    expect(rootBytes(toHex(bytes))).toEqual(bytes)
    for (const text of [toHex(bytes.subarray(1)), 'head']) {
      expect(() => rootBytes(text)).toThrow(`expected a root of 32 bytes in hex, got "${text}"`)
    }
  })
})
