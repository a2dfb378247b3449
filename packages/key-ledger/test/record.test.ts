import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  decodeRecord,
  encodeRecord,
  type LedgerRecord,
  RECORD_LENGTH,
  readSlotFile,
  SLOT_FILE_LENGTH,
} from '../src/index.ts'
import { genesisRoot, publicKey } from './support/ledgers.ts'

const record: LedgerRecord = { sequence: 3, nextEpoch: 2 ** 32, genesisRoot, publicKey, isClosing: true }

function fileOf(...slots: (Uint8Array | undefined)[]): Uint8Array {
  const bytes = new Uint8Array(SLOT_FILE_LENGTH)
  slots.forEach((slot, index) => {
    if (slot) bytes.set(slot, index * 4096)
  })
  return bytes
}

it('has the documented layout', () => {
  const bytes = Buffer.from(encodeRecord(record))
  expect(bytes.length).toBe(160)
  expect(bytes.subarray(0, 8).toString()).toBe('trineldg')
  expect([bytes.readUInt32LE(8), bytes.readUInt32LE(12)]).toEqual([1, 1])
  expect([bytes.readBigUInt64LE(16), bytes.readBigUInt64LE(24)]).toEqual([3n, 2n ** 32n])
  expect(Buffer.from(encodeRecord({ ...record, isTold: true })).readUInt32LE(12)).toBe(3)
  expect(bytes.subarray(32, 64)).toEqual(Buffer.from(genesisRoot))
  expect(bytes.subarray(64, 116)).toEqual(Buffer.from(publicKey))
  expect(bytes.subarray(116, 128)).toEqual(Buffer.alloc(12))
  expect(bytes.subarray(128)).toEqual(createHash('sha256').update(bytes.subarray(0, 128)).digest())
})

it('comes back as it was written', () => {
  const records = fc.record({
    sequence: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    nextEpoch: fc.nat({ max: 2 ** 32 }),
    genesisRoot: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    publicKey: fc.uint8Array({ minLength: 52, maxLength: 52 }),
    isClosing: fc.boolean(),
  })
  const marks = fc.record(
    { isTold: fc.constant(true), isHandedOver: fc.constant(true) },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(records, marks, (numbers, marked) => {
      const written = { ...numbers, ...marked }
      expect(decodeRecord(encodeRecord(written))).toEqual({ ok: true, value: written })
    }),
  )
})

it('with any bit changed, or cut anywhere, is damaged', () => {
  for (let bit = 0; bit < 8 * RECORD_LENGTH; bit++) {
    const bytes = encodeRecord(record)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    expect(decodeRecord(bytes)).toMatchObject({ ok: false, error: { code: 'DAMAGED' } })
  }
  for (let length = 0; length < RECORD_LENGTH; length++) {
    expect(decodeRecord(encodeRecord(record).subarray(0, length)).ok).toBe(false)
  }
})

it('a file is read by its latest record; a torn one beside it does not matter', () => {
  const later = { ...record, sequence: 4, nextEpoch: 9 }
  const torn = encodeRecord(later).fill(0, 100)
  const latest = (...slots: (Uint8Array | undefined)[]) => {
    const content = readSlotFile(fileOf(...slots))
    return content.ok
      ? [content.value.latest.sequence, content.value.slots.map(({ is }) => is)]
      : content.error.code
  }
  expect(latest(encodeRecord(record), encodeRecord(later))).toEqual([4, ['record', 'record']])
  expect(latest(encodeRecord(later), encodeRecord(record))).toEqual([4, ['record', 'record']])
  expect(latest(encodeRecord(record), undefined)).toEqual([3, ['record', 'empty']])
  expect(latest(torn, encodeRecord(record))).toEqual([3, ['unreadable', 'record']])
  expect(latest(torn, torn)).toBe('DAMAGED')
  expect(latest(undefined, undefined)).toBe('DAMAGED')
})

it('any bytes as a file are read or refused, never thrown at', () => {
  const slot = fc.oneof(fc.constant(encodeRecord(record)), fc.uint8Array({ maxLength: 300 }))
  fc.assert(
    fc.property(slot, slot, fc.constantFrom(0, 160, 8191, 8192, 8193), (first, second, length) => {
      const bytes = new Uint8Array(length)
      bytes.set(fileOf(first, second).subarray(0, length))
      const content = readSlotFile(bytes)
      if (!content.ok) expect(content.error.code).toBe('DAMAGED')
      else expect(content.value.latest).toEqual(record)
    }),
  )
})
