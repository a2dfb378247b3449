import fc from 'fast-check'
import { expect, it } from 'vitest'
import { copyBits, countBits, orBits } from '../src/bits.ts'

const flags = fc.array(fc.boolean(), { maxLength: 200 })

function pack(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [index, bit] of bits.entries()) if (bit) bytes[index >> 3]! |= 1 << (index & 7)
  return bytes
}

it('copies, joins and counts bits at any position', () => {
  fc.assert(
    fc.property(flags, flags, flags, (before, bits, after) => {
      const all = pack([...before, ...bits, ...after])
      expect(copyBits(all, before.length, bits.length)).toEqual(pack(bits))
      expect(countBits(all)).toBe([...before, ...bits, ...after].filter(Boolean).length)
      const joined = pack([...before, ...bits.map(() => false), ...after])
      orBits(joined, before.length, pack(bits))
      expect(joined).toEqual(all)
    }),
  )
})
