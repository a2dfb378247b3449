import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, decodeToView, fromJson, parseJson, stringifyJson, toHex, toJson } from '../src/index.ts'
import { arbitraryOf } from './support/arbitraries.ts'
import { ALL_TYPES } from './support/types.ts'

const numRuns = 100

describe.each(ALL_TYPES)('any %s', (_name, type) => {
  const values = arbitraryOf(type)

  it('survives SSZ, as a value and as a view, with the same root', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = type.serialize(value)
        expect(bytes.length).toBeGreaterThanOrEqual(type.minSize)
        expect(bytes.length).toBeLessThanOrEqual(type.maxSize)

        const decoded = decode(type, bytes)
        if (!decoded.ok) throw new Error(JSON.stringify(decoded.error))
        expect(isDeepStrictEqual(decoded.value, value)).toBe(true)

        const view = decodeToView(type, bytes)
        if (!view.ok) throw new Error(JSON.stringify(view.error))
        expect(isDeepStrictEqual(type.toValueFromViewDU(view.value), value)).toBe(true)
        expect(toHex(view.value.hashTreeRoot())).toBe(toHex(type.hashTreeRoot(value)))
      }),
      { numRuns },
    )
  })

  it('survives JSON, and JSON text', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(undefined, 2), (value, indent) => {
        const json = toJson(type, value)
        const parsed = parseJson(stringifyJson(json, indent))
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
        expect(isDeepStrictEqual(parsed.value, json)).toBe(true)
        const read = fromJson(type, parsed.value)
        if (!read.ok) throw new Error(JSON.stringify(read.error))
        expect(isDeepStrictEqual(read.value, value)).toBe(true)
      }),
      { numRuns },
    )
  })

  it('keeps no reference to the bytes it was decoded from', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = type.serialize(value)
        const padded = new Uint8Array(bytes.length + 7)
        padded.set(bytes, 3)
        const window = padded.subarray(3, 3 + bytes.length)
        const decoded = decode(type, window)
        const view = decodeToView(type, window)
        padded.fill(0xff)
        if (!decoded.ok || !view.ok) throw new Error('expected valid bytes inside a larger buffer to decode')
        expect(isDeepStrictEqual(decoded.value, value)).toBe(true)
        expect(toHex(view.value.serialize())).toBe(toHex(bytes))
      }),
      { numRuns: 20 },
    )
  })
})
