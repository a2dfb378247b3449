import { sha256 } from '@noble/hashes/sha2.js'
import { failure, fromHex, type Result, type Slot, success, toHex } from '@trine/types'
import { describeFailure, type LedgerError, refuse } from './errors.ts'
import type { LedgerFiles } from './files.ts'
import { type LedgerPlace, type OpenKey, openKey, pathsOf } from './openKey.ts'
import { EPOCH_LIMIT, PUBLIC_KEY_LENGTH } from './record.ts'

/** A key that one machine gave away: another may sign with it from the first epoch on. */
export type HandedKey = {
  /** 52 bytes. */
  readonly publicKey: Uint8Array
  /** 32 bytes. */
  readonly genesisRoot: Uint8Array
  readonly firstEpoch: Slot
}

export type HandoverOptions = LedgerPlace & {
  readonly files: LedgerFiles
  readonly publicKey: Uint8Array
  readonly genesisRoot: Uint8Array
}

/**
 * Gives a key away for good: its ledger is marked, durably, before this resolves, and is not opened again. Refused while
 * a process signs with the key, and for a slot that may have been signed for.
 *
 * @param at the first epoch for the other machine; the first that is not used here unless given
 */
export async function handOver(
  options: HandoverOptions,
  at: Slot | undefined,
): Promise<Result<HandedKey, LedgerError>> {
  const { publicKey, genesisRoot } = options
  const opened = await openKey({
    ...options,
    paths: pathsOf(options, publicKey),
    resumeAt: undefined,
    opensHandedOver: 'asItIs',
  })
  if (!opened.ok) return opened
  const key = opened.value
  const { nextEpoch } = key.ledger.latest
  try {
    const firstEpoch = at ?? nextEpoch
    if (firstEpoch < nextEpoch) {
      const path = pathsOf(options, publicKey).ledger
      return refuse(
        'EPOCHS_USED',
        `${path}: expected a slot of at least ${nextEpoch}, got ${firstEpoch}: earlier ones are used`,
      )
    }
    await write(key, firstEpoch, true)
    return success({ publicKey, genesisRoot, firstEpoch })
  } catch (error) {
    return refuse('FILE_FAILED', describeFailure(error))
  } finally {
    await close(key)
  }
}

/** Takes a key that was given away: from now on its ledger here opens, and gives out no epoch before the first one. */
export async function takeOver(
  options: LedgerPlace & { readonly files: LedgerFiles },
  { publicKey, genesisRoot, firstEpoch }: HandedKey,
): Promise<Result<void, LedgerError>> {
  const paths = pathsOf(options, publicKey)
  const opened = await openKey({
    ...options,
    publicKey,
    genesisRoot,
    paths,
    resumeAt: firstEpoch,
    opensHandedOver: 'takenBack',
  })
  if (!opened.ok) return opened
  try {
    await write(opened.value, opened.value.ledger.latest.nextEpoch, false)
    return success(undefined)
  } catch (error) {
    return refuse('FILE_FAILED', describeFailure(error))
  } finally {
    await close(opened.value)
  }
}

async function write({ ledger, marker }: OpenKey, nextEpoch: Slot, isHandedOver: boolean): Promise<void> {
  const { latest } = ledger
  const record = { ...latest, sequence: latest.sequence + 1, nextEpoch, isClosing: true, isHandedOver }
  await ledger.write(record)
  await marker.write(record)
}

async function close({ ledger, marker, lock }: OpenKey): Promise<void> {
  await Promise.allSettled([ledger.close(), marker.close()])
  await lock.release()
}

const FORMAT = 'trine-handover-1'

/** The text of a handover file: JSON, with a checksum over its keys. */
export function encodeHandover(keys: readonly HandedKey[]): string {
  const entries = keys.map(({ publicKey, genesisRoot, firstEpoch }) => ({
    publicKey: toHex(publicKey),
    genesisRoot: toHex(genesisRoot),
    firstEpoch,
  }))
  return `${JSON.stringify({ format: FORMAT, keys: entries, checksum: checksumOf(entries) }, null, 2)}\n`
}

/** Reads a handover file; the error says what is wrong with it. */
export function decodeHandover(text: string): Result<HandedKey[], string> {
  let parsed: { format?: unknown; keys?: unknown; checksum?: unknown } | null
  try {
    parsed = JSON.parse(text)
  } catch {
    return failure('expected the file of a handover, got no JSON')
  }
  if (parsed?.format !== FORMAT) return failure(`format: expected ${FORMAT}, got ${String(parsed?.format)}`)
  if (!Array.isArray(parsed.keys) || checksumOf(parsed.keys) !== parsed.checksum)
    return failure('checksum: does not match: the file is truncated, or was changed')
  const keys: HandedKey[] = []
  for (const [index, entry] of parsed.keys.entries()) {
    const publicKey = bytesOf(entry?.publicKey, PUBLIC_KEY_LENGTH)
    const genesisRoot = bytesOf(entry?.genesisRoot, 32)
    const firstEpoch: unknown = entry?.firstEpoch
    if (publicKey === undefined || genesisRoot === undefined)
      return failure(`keys[${index}]: expected bytes in hex`)
    if (!isEpoch(firstEpoch)) return failure(`keys[${index}].firstEpoch: expected at most ${EPOCH_LIMIT}`)
    keys.push({ publicKey, genesisRoot, firstEpoch })
  }
  return success(keys)
}

function checksumOf(entries: unknown): string {
  return toHex(sha256(new TextEncoder().encode(JSON.stringify(entries))))
}

function bytesOf(text: unknown, length: number): Uint8Array | undefined {
  const bytes = typeof text === 'string' ? fromHex(text) : undefined
  return bytes?.length === length ? bytes : undefined
}

function isEpoch(value: unknown): value is Slot {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= EPOCH_LIMIT
}
