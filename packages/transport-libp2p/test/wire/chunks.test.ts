import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Counted,
  type Counting,
  decodeChunks,
  decodeRequest,
  encodeChunk,
  encodeRequest,
  pullChunk,
  pullRequest,
} from '../../src/wire/chunks.ts'
import { pullFrom } from '../../src/wire/pull.ts'
import { concat, encodeFrames } from '../../src/wire/snappyFrames.ts'
import { decodeVarint, encodeVarint } from '../../src/wire/varint.ts'
import { expectValue, incompressible } from '../support/values.ts'

const body = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 200 }),
  fc.integer({ min: 65_600, max: 131_000 }).map(incompressible),
  fc.integer({ min: 1, max: 140_000 }).map((length) => new Uint8Array(length)),
)
const counting = fc.constantFrom<Counting>('data', 'frames')
const chunk = fc.oneof(
  fc.record({ code: fc.constant('success' as const), payload: body }),
  fc.record({
    code: fc.constantFrom('invalidRequest' as const, 'serverError' as const, 'resourceUnavailable' as const),
    payload: fc.uint8Array({ minLength: 1, maxLength: 256 }),
  }),
)

describe('varint', () => {
  it('comes back as it was, anywhere in a buffer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(5), (value, offset) => {
        const encoded = encodeVarint(value)
        const decoded = decodeVarint(Uint8Array.of(...new Uint8Array(offset), ...encoded, 7), offset)
        expect(expectValue(decoded)).toEqual({ value, length: encoded.length })
      }),
    )
  })

  it('refuses what is cut off or over 64 bits', () => {
    expect(decodeVarint(Uint8Array.of(0xff))).toMatchObject({ error: { code: 'TRUNCATED' } })
    expect(decodeVarint(new Uint8Array(11).fill(0x80))).toMatchObject({ error: { code: 'MALFORMED' } })
    const over = Uint8Array.of(...new Uint8Array(9).fill(0xff), 2)
    expect(decodeVarint(over)).toMatchObject({ error: { code: 'MALFORMED' } })
    expect(() => encodeVarint(-1)).toThrow('varint: expected a uint64, got -1')
  })
})

describe('requests', () => {
  it('come back as they were, in either counting', () => {
    fc.assert(
      fc.property(body, counting, (bytes, counting) => {
        const decoded = expectValue(decodeRequest(encodeRequest(bytes, counting), bytes.length))
        expect(Buffer.compare(decoded, bytes)).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  it('count the data unless told otherwise', () => {
    const bytes = incompressible(80)
    expect(encodeRequest(bytes)).toEqual(encodeRequest(bytes, 'data'))
    expect(expectValue(decodeVarint(encodeRequest(bytes))).value).toBe(80n)
    const frames = encodeFrames(bytes)
    expect(encodeRequest(bytes, 'frames')).toEqual(concat([encodeVarint(frames.length), frames]))
  })

  it('show how they count, unless both countings fit', () => {
    const countingOf = (bytes: Uint8Array) =>
      expectValue<Counted<Uint8Array>>(pullFrom(pullRequest(1000), bytes).result).counting
    const random = incompressible(80)
    expect(countingOf(encodeRequest(random))).toBe('data')
    expect(countingOf(encodeRequest(random, 'frames'))).toBe('frames')
    expect(countingOf(Uint8Array.of(0))).toBeUndefined()
    expect(countingOf(encodeRequest(asLongAsItsFrames()))).toBeUndefined()
  })

  it('are refused by the declared length alone', () => {
    const declared = encodeVarint(10 * 1024 * 1024)
    expect(decodeRequest(declared, 1000)).toMatchObject({ error: { code: 'TOO_LONG' } })
  })

  it('may say nothing after a length of 0', () => {
    expect(expectValue(decodeRequest(Uint8Array.of(0), 10)).length).toBe(0)
  })

  it('must end where they end', () => {
    expect(decodeRequest(Uint8Array.of(...encodeRequest(Uint8Array.of(1)), 0), 10)).toMatchObject({
      error: { code: 'MALFORMED' },
    })
  })
})

describe('chunks', () => {
  it('come back as they were, in either counting', () => {
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 4 }), counting, (chunks, counting) => {
        const bytes = concat(chunks.map((chunk) => encodeChunk(chunk, counting)))
        const decoded = expectValue(decodeChunks(bytes, 200_000))
        expect(decoded.map(({ code }) => code)).toEqual(chunks.map(({ code }) => code))
        for (const [index, { payload }] of decoded.entries()) {
          expect(Buffer.compare(payload, chunks[index]!.payload)).toBe(0)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('show how they count', () => {
    const payload = incompressible(80)
    for (const counting of ['data', 'frames'] as const) {
      const { result } = pullFrom(pullChunk(80), encodeChunk({ code: 'serverError', payload }, counting))
      expect(expectValue(result)?.counting).toBe(counting)
    }
  })

  it('of 10 bytes and of none come back as they were', () => {
    const chunks = [new Uint8Array(10), new Uint8Array(0), new Uint8Array(10)].map((payload) => ({
      code: 'success' as const,
      payload,
    }))
    const decoded = expectValue(decodeChunks(concat(chunks.map((chunk) => encodeChunk(chunk))), 10))
    expect(decoded.map(({ payload }) => payload.length)).toEqual([10, 0, 10])
  })

  it.each<Counting>(['data', 'frames'])(
    'that count %s are truncated when any of their bytes are missing',
    (counting) => {
      const payload = new TextEncoder().encode('a block')
      const bytes = encodeChunk({ code: 'success', payload }, counting)
      for (let length = 1; length < bytes.length; length++) {
        expect(decodeChunks(bytes.subarray(0, length), 100), `${length} bytes`).toMatchObject({
          error: { code: 'TRUNCATED' },
        })
      }
    },
  )

  it('with a wrong length are refused', () => {
    const frames = encodeFrames(new Uint8Array(1000))
    const wrong = concat([Uint8Array.of(0), encodeVarint(5), frames])
    expect(decodeChunks(wrong, 2000)).toMatchObject({ error: { code: 'MALFORMED' } })
  })

  it('of unknown codes are failures, and texts are cut at 256 bytes', () => {
    const bytes = encodeChunk({ code: 'serverError', payload: new Uint8Array(300) })
    const withCode = (code: number) => Uint8Array.of(code, ...bytes.subarray(1))
    expect(expectValue(decodeChunks(withCode(99), 0))).toMatchObject([{ code: 'serverError' }])
    expect(expectValue(decodeChunks(withCode(200), 0))).toMatchObject([{ code: 'invalidRequest' }])
    expect(expectValue(decodeChunks(bytes, 0))[0]!.payload.length).toBe(256)
  })

  it('never throw and never become longer than allowed, whatever comes', () => {
    const payload = incompressible(90)
    const good = { data: encodeOne(payload, 'data'), frames: encodeOne(payload, 'frames') }
    const changes = fc.array(fc.tuple(fc.nat(good.data.length - 1), fc.nat(255)), { maxLength: 4 })
    fc.assert(
      fc.property(counting, changes, fc.uint8Array({ maxLength: 60 }), (counting, places, noise) => {
        const changed = good[counting].slice()
        for (const [place, byte] of places) changed[place] = byte
        for (const bytes of [changed, noise]) {
          const decoded = decodeChunks(bytes, 100)
          expect(!decoded.ok || decoded.value.every(({ payload }) => payload.length <= 256)).toBe(true)
          const request = decodeRequest(bytes.subarray(1), 100)
          expect(!request.ok || request.value.length <= 100).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

function encodeOne(payload: Uint8Array, counting: Counting): Uint8Array {
  return encodeChunk({ code: 'success', payload }, counting)
}

/** Snappy gains just what the frames add. */
function asLongAsItsFrames(): Uint8Array {
  for (let zeros = 1; zeros < 200; zeros++) {
    const bytes = concat([incompressible(80), new Uint8Array(zeros)])
    if (encodeFrames(bytes).length === bytes.length) return bytes
  }
  throw new Error('expected a length at which the frames are as long as the data')
}
