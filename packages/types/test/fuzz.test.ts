import { ByteVectorType, type ByteViews, type ContainerType, ListCompositeType } from '@chainsafe/ssz'
import { describe, expect, it } from 'vitest'
import { checkpointType, stateType } from '../src/index.ts'
import { Fuzzer } from './support/fuzz.ts'
import type { AnyType } from './support/types.ts'

/** `npm run bench -- fuzz` runs a million. A failure names the seed, which makes the same inputs again. */
const seed = Math.floor(Math.random() * 2 ** 31)

describe(`the fuzzer with seed ${seed}`, () => {
  const fuzzer = new Fuzzer(seed)

  it('20,000 inputs to every SSZ decoder: values or typed errors, no hang, no large allocation', () => {
    fuzzer.fuzzSsz(20_000)
    const { accepted, refused } = fuzzer.report
    expect(accepted).toBeGreaterThan(1000)
    expect(Object.keys(refused).sort()).toEqual(['SSZ_INVALID', 'SSZ_SIZE'])
  })

  it('2,000 inputs to the JSON reader', () => {
    fuzzer.fuzzJson(2000)
    expect(Object.keys(fuzzer.report.refused)).toContain('JSON_UNKNOWN_KEY')
  })
})

/** Decoders with the faults that the fuzzer is there to find. */
describe('the fuzzer notices a decoder that', () => {
  const rootType = new ByteVectorType(32)

  class BelievesLengths extends ListCompositeType<ByteVectorType> {
    override value_deserializeFromBytes(data: ByteViews, start: number, end: number): Uint8Array[] {
      if (end - start >= 4) new Uint8Array(data.dataView.getUint32(start, true) % 2 ** 26)
      return super.value_deserializeFromBytes(data, start, end)
    }
  }

  class IgnoresTheRest extends ListCompositeType<ByteVectorType> {
    override value_deserializeFromBytes(data: ByteViews, start: number, end: number): Uint8Array[] {
      return super.value_deserializeFromBytes(data, start, end - ((end - start) % 32))
    }
    override tree_deserializeFromBytes(data: ByteViews, start: number, end: number) {
      return super.tree_deserializeFromBytes(data, start, end - ((end - start) % 32))
    }
  }

  class KeepsTheBytes extends ByteVectorType {
    override value_deserializeFromBytes(data: ByteViews, start: number, end: number): Uint8Array {
      data.uint8Array[start]! ^= 1
      return super.value_deserializeFromBytes(data, start, end)
    }
  }

  class ThrowsText extends ByteVectorType {
    override value_deserializeFromBytes(): Uint8Array {
      throw undefined
    }
  }

  it.each([
    ['allocates what a length says', new BelievesLengths(rootType, 1000), 'bytes to be allocated'],
    ['ignores what is left over', new IgnoresTheRest(rootType, 1000), 'the value to encode to the input'],
    ['writes into its input', new KeepsTheBytes(32), 'the input to stay as it was'],
    ['throws what is no error', new ThrowsText(32), 'Cannot read properties of undefined'],
  ])('%s', (_what, type, message) => {
    const broken = new Fuzzer(1, [['broken', type as unknown as AnyType]])
    let cause: unknown
    try {
      broken.fuzzSsz(1000)
    } catch (error) {
      cause = (error as Error).cause
    }
    expect(String(cause)).toContain(message)
  })

  it('or a type whose value and view differ', () => {
    const mixed = Object.create(checkpointType, {
      deserializeToViewDU: {
        value: (bytes: Uint8Array) =>
          (stateType as unknown as ContainerType<never>).deserializeToViewDU(bytes),
      },
    }) as AnyType
    expect(() => new Fuzzer(1, [['mixed', mixed]]).fuzzSsz(1000)).toThrow('mixed given 0x')
  })
})
