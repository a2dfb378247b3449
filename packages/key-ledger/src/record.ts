import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual, type Result, type Slot, success } from '@trine/types'
import { type LedgerError, refuse } from './errors.ts'

export const RECORD_LENGTH = 160
export const PUBLIC_KEY_LENGTH = 52
/** Epochs are below this. */
export const EPOCH_LIMIT = 2 ** 32

const VERSION = 1
/** Of records of a key that was given away: who knows only version 1 must not sign with it. */
const HANDED_OVER_VERSION = 2
/** Flags of a record. */
const CLOSING = 1
const TOLD = 2
const MAGIC = new TextEncoder().encode('trineldg')
const CHECKSUM_AT = 128

/** One record of a ledger or of its marker: docs/key-ledger.md has the layout. */
export type LedgerRecord = {
  /** Counts the records of a key, from 1. A marker whose ledger is still to be made has 0. */
  readonly sequence: number
  /** The first epoch that is not reserved. */
  readonly nextEpoch: Slot
  /** 32 bytes: root of the genesis block. */
  readonly genesisRoot: Uint8Array
  /** 52 bytes. */
  readonly publicKey: Uint8Array
  /** Whether it was written at a clean end: then nothing above was reserved in advance. */
  readonly isClosing: boolean
  /** Whether the next epoch is what a person said, or a handover, and none was given out since. */
  readonly isTold?: boolean
  /** Whether another machine has the key, and may sign from the next epoch on. */
  readonly isHandedOver?: boolean
}

/** The 160 bytes of a record. */
export function encodeRecord(record: LedgerRecord): Uint8Array {
  const bytes = new Uint8Array(RECORD_LENGTH)
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  view.setUint32(8, record.isHandedOver ? HANDED_OVER_VERSION : VERSION, true)
  view.setUint32(12, (record.isClosing ? CLOSING : 0) | (record.isTold ? TOLD : 0), true)
  view.setBigUint64(16, BigInt(record.sequence), true)
  view.setBigUint64(24, BigInt(record.nextEpoch), true)
  bytes.set(record.genesisRoot, 32)
  bytes.set(record.publicKey, 64)
  bytes.set(sha256(bytes.subarray(0, CHECKSUM_AT)), CHECKSUM_AT)
  return bytes
}

/** Reads 160 bytes. DAMAGED when they are no whole record, NEWER_VERSION when another version wrote it. */
export function decodeRecord(bytes: Uint8Array): Result<LedgerRecord, LedgerError> {
  const damaged = (what: string) => refuse('DAMAGED', what)
  if (bytes.length !== RECORD_LENGTH)
    return damaged(`expected a record of ${RECORD_LENGTH} bytes, got ${bytes.length}`)
  if (!bytesEqual(bytes.subarray(0, MAGIC.length), MAGIC)) return damaged('expected a record of a key ledger')
  if (!bytesEqual(sha256(bytes.subarray(0, CHECKSUM_AT)), bytes.subarray(CHECKSUM_AT)))
    return damaged('the checksum of a record does not match')
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const version = view.getUint32(8, true)
  if (version !== VERSION && version !== HANDED_OVER_VERSION)
    return refuse(
      'NEWER_VERSION',
      `expected a ledger of version ${HANDED_OVER_VERSION} or earlier, got version ${version}`,
    )
  const sequence = view.getBigUint64(16, true)
  const nextEpoch = view.getBigUint64(24, true)
  if (sequence > BigInt(Number.MAX_SAFE_INTEGER) || nextEpoch > BigInt(EPOCH_LIMIT))
    return damaged(`expected a next epoch of at most ${EPOCH_LIMIT}, got ${nextEpoch} in record ${sequence}`)
  const flags = view.getUint32(12, true)
  return success({
    sequence: Number(sequence),
    nextEpoch: Number(nextEpoch),
    genesisRoot: bytes.slice(32, 64),
    publicKey: bytes.slice(64, 64 + PUBLIC_KEY_LENGTH),
    isClosing: (flags & CLOSING) !== 0,
    ...((flags & TOLD) !== 0 && { isTold: true }),
    ...(version === HANDED_OVER_VERSION && { isHandedOver: true }),
  })
}
