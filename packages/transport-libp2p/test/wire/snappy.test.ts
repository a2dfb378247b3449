import fc from 'fast-check'
import { Compressor, Decompressor } from 'snappy'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../../src/wire/crc32c.ts'
import { compressBlock, decompressBlock } from '../../src/wire/snappyBlock.ts'
import { decodeFrames, encodeFrames } from '../../src/wire/snappyFrames.ts'
import { expectValue, incompressible } from '../support/values.ts'

/** Some data compress, some do not, some are longer than a frame. */
const data = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(fc.integer({ min: 0, max: 200_000 }), fc.nat(255))
    .map(([length, byte]) => new Uint8Array(length).fill(byte)),
  fc.integer({ min: 65_500, max: 200_000 }).map(incompressible),
)

it('crc32c of the standard check input', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(0))).toBe(0)
})

describe('blocks', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(data, (bytes) => {
        expect(expectValue(decompressBlock(compressBlock(bytes), bytes.length))).toEqual(Buffer.from(bytes))
      }),
      { numRuns: 50 },
    )
  })

  it('are refused by their declared length before memory is taken', () => {
    const compressed = compressBlock(new Uint8Array(1001))
    expect(decompressBlock(compressed, 1000)).toEqual({
      ok: false,
      error: { code: 'TOO_LONG', message: 'snappy: expected at most 1000 bytes, got 1001' },
    })
    const bomb = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3)
    expect(decompressBlock(bomb, 2 ** 32)).toMatchObject({ ok: false, error: { code: 'MALFORMED' } })
  })

  it('never throw and never become longer than allowed, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(500), (bytes, maxLength) => {
        const decoded = decompressBlock(bytes, maxLength)
        expect(!decoded.ok || decoded.value.length <= maxLength).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('of the densest data are accepted', () => {
    const zeros = new Uint8Array(10_000_000)
    expect(expectValue(decompressBlock(compressBlock(zeros), zeros.length)).length).toBe(zeros.length)
  })
})

describe('frames', () => {
  it('agree with another implementation, both ways', async () => {
    await fc.assert(
      fc.asyncProperty(data, async (bytes) => {
        const compressor = new Compressor()
        const theirs = Buffer.concat([compressor.update(bytes), await compressor.finish()])
        if (theirs.length > 0) {
          expect(expectValue(decodeFrames(theirs, bytes.length)).length).toBe(bytes.length)
          expect(Buffer.compare(expectValue(decodeFrames(theirs, bytes.length)), bytes)).toBe(0)
        }
        const decompressor = new Decompressor()
        const decoded = Buffer.concat([decompressor.update(encodeFrames(bytes)), await decompressor.finish()])
        expect(Buffer.compare(decoded, bytes)).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  it('notice every changed bit of data and checksums', () => {
    const frames = encodeFrames(new TextEncoder().encode('the quick brown fox'))
    for (let bit = 8 * 14; bit < 8 * frames.length; bit++) {
      const changed = frames.slice()
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(decodeFrames(changed, 1000), `bit ${bit}`).toMatchObject({ error: { code: 'CHECKSUM' } })
    }
  })

  it('skip what the format says to skip, and refuse the rest', () => {
    const frames = encodeFrames(Uint8Array.of(1, 2, 3))
    const withFrame = (...frame: number[]) => Uint8Array.of(...frames, ...frame)
    expect(expectValue(decodeFrames(withFrame(0xfe, 2, 0, 0, 9, 9), 3))).toEqual(Uint8Array.of(1, 2, 3))
    expect(decodeFrames(withFrame(0x02, 0, 0, 0), 3)).toMatchObject({ error: { code: 'MALFORMED' } })
    expect(decodeFrames(withFrame(0x00, 3, 0, 0, 1, 2, 3), 3)).toMatchObject({ error: { code: 'MALFORMED' } })
    expect(decodeFrames(withFrame(0xfe, 0xff, 0xff, 0xff), 3)).toMatchObject({ error: { code: 'TOO_LONG' } })
  })

  it('stop where the limit is', () => {
    expect(decodeFrames(encodeFrames(new Uint8Array(70_000)), 69_999)).toMatchObject({
      error: { code: 'TOO_LONG', message: 'snappy frames: expected at most 69999 bytes, got 70000' },
    })
  })

  it('never throw, whatever comes', () => {
    const start = encodeFrames(new Uint8Array(0))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (bytes, hasStart) => {
        const decoded = decodeFrames(hasStart ? Uint8Array.of(...start, ...bytes) : bytes, 1000)
        expect(!decoded.ok || decoded.value.length <= 1000).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
