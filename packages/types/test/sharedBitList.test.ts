import { BitListType } from '@chainsafe/ssz'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitArray, decodeToView, type SharedBitListView, toHex } from '../src/index.ts'
import { sharedBitListType } from '../src/sharedBitList.ts'

/** What may be done with a view, and with the naive list of booleans beside it. */
type Step =
  | { readonly kind: 'push'; readonly bits: boolean[] }
  | { readonly kind: 'pushZeros'; readonly count: number }
  | { readonly kind: 'set'; readonly at: number; readonly bit: boolean }
  | { readonly kind: 'commit' | 'root' | 'batchRoot' | 'commitAndClone' | 'encodeAndDecode' }

const arbitrarySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('push' as const),
      bits: fc.array(fc.boolean(), { maxLength: 300, size: 'max' }),
    }),
    fc.record({ kind: fc.constant('pushZeros' as const), count: fc.nat(600) }),
    // `at` is a fraction of the length at that time.
    fc.record({
      kind: fc.constant('set' as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bit: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom(
        'commit' as const,
        'root' as const,
        'batchRoot' as const,
        'commitAndClone' as const,
        'encodeAndDecode' as const,
      ),
    }),
  ),
  { maxLength: 40, size: 'max' },
)

describe.each([1, 255, 256, 257, 2000, 2 ** 18])('a shared bit list of at most %i bits', (limit) => {
  const type = sharedBitListType(limit)
  const oracleType = new BitListType(limit)
  const emptyView = () => type.toViewDU(BitArray.fromBitLen(0))
  const rootOf = (bits: boolean[]) => toHex(oracleType.hashTreeRoot(BitArray.fromBoolArray(bits)))

  function expectSame(view: SharedBitListView, bits: readonly boolean[]): void {
    expect(view.bitLen).toBe(bits.length)
    expect(view.toBoolArray()).toEqual(bits)
    expect(toHex(view.hashTreeRoot())).toBe(rootOf([...bits]))
    expect(toHex(view.serialize())).toBe(toHex(oracleType.serialize(BitArray.fromBoolArray([...bits]))))
  }

  it('is the list of booleans that was written, with the same root, and so are all earlier copies', () => {
    fc.assert(
      fc.property(arbitrarySteps, (steps) => {
        let view = emptyView()
        const bits: boolean[] = []
        const copies: { view: SharedBitListView; bits: readonly boolean[] }[] = []
        for (const step of steps) {
          switch (step.kind) {
            case 'push': {
              const pushed = step.bits.slice(0, limit - bits.length)
              for (const bit of pushed) view.push(bit)
              bits.push(...pushed)
              break
            }
            case 'pushZeros': {
              const count = Math.min(step.count, limit - bits.length)
              view.pushZeros(count)
              bits.push(...new Array<boolean>(count).fill(false))
              break
            }
            case 'set': {
              if (bits.length === 0) break
              const index = Math.min(Math.floor(step.at * bits.length), bits.length - 1)
              view.set(index, step.bit)
              bits[index] = step.bit
              expect(view.get(index)).toBe(step.bit)
              break
            }
            case 'commit':
              view.commit()
              break
            case 'root':
              expect(toHex(view.hashTreeRoot())).toBe(rootOf(bits))
              break
            case 'batchRoot':
              expect(toHex(view.batchHashTreeRoot())).toBe(rootOf(bits))
              break
            case 'commitAndClone':
              view.commit()
              copies.push({ view, bits: [...bits] })
              view = view.clone() as SharedBitListView
              break
            case 'encodeAndDecode': {
              const decoded = decodeToView(type, view.serialize())
              if (!decoded.ok) throw new Error(JSON.stringify(decoded.error))
              view = decoded.value
            }
          }
        }
        expectSame(view, bits)
        for (const copy of copies) expectSame(copy.view, copy.bits)
      }),
      { numRuns: limit > 2000 ? 30 : 60 },
    )
  })

  it('refuses to grow over its limit and stays as it was', () => {
    const view = emptyView()
    view.push(true)
    view.pushZeros(limit - 1)
    expect(() => view.push(true)).toThrow(`expected at most ${limit} bits, got ${limit + 1}`)
    expect(() => view.pushZeros(2)).toThrow(`expected at most ${limit} bits, got ${limit + 2}`)
    expect(view.bitLen).toBe(limit)
  })

  it.each([-1, 1, Number.NaN])('refuses to read or write at index %d of a single bit', (index) => {
    const view = emptyView()
    view.push(true)
    expect(() => view.get(index)).toThrow(RangeError)
    expect(() => view.set(index, true)).toThrow(RangeError)
  })
})
