import {
  BitListType,
  ByteListType,
  ByteVectorType,
  ContainerType,
  ListCompositeType,
  type Type,
} from '@chainsafe/ssz'
import fc from 'fast-check'
import { BitArray, toUint64, type Uint64 } from '../../src/index.ts'
import { Uint64Type } from '../../src/uint64.ts'

/** Any uint64, often near the edges where a number ends and a bigint begins. */
export const arbitraryUint64: fc.Arbitrary<Uint64> = fc
  .oneof(
    fc.bigInt({ min: 0n, max: 1000n }),
    fc.bigInt({ min: 2n ** 32n - 2n, max: 2n ** 32n + 2n }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
    fc.bigInt({ min: 2n ** 64n - 3n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  )
  .map(toUint64)

/** Any value of an SSZ type, with short lists. */
export function arbitraryOf(type: Type<unknown>): fc.Arbitrary<unknown> {
  if (type instanceof Uint64Type) return arbitraryUint64
  if (type instanceof ByteVectorType) return arbitraryBytes(type.lengthBytes, type.lengthBytes)
  if (type instanceof ByteListType) return arbitraryBytes(0, type.limitBytes)
  if (type instanceof ListCompositeType) return fc.array(arbitraryOf(type.elementType), { maxLength: 4 })
  if (type instanceof BitListType) {
    return fc.array(fc.boolean(), { maxLength: 600, size: 'max' }).map(BitArray.fromBoolArray)
  }
  if (type instanceof ContainerType) {
    const fields = type.fieldsEntries.map(
      ({ fieldName, fieldType }) => [fieldName, arbitraryOf(fieldType as Type<unknown>)] as const,
    )
    return fc.record(Object.fromEntries(fields), { noNullPrototype: true })
  }
  throw new TypeError(`no arbitrary for ${type.typeName}`)
}

/** Long byte strings from a short seed, so that a shrunk counterexample can be read. */
function arbitraryBytes(minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> {
  if (maxLength <= 64) return fc.uint8Array({ minLength, maxLength, size: 'max' })
  return fc
    .record({ length: fc.integer({ min: minLength, max: maxLength }), seed: fc.nat(255), step: fc.nat(255) })
    .map(({ length, seed, step }) => Uint8Array.from({ length }, (_, index) => seed + index * step))
}
