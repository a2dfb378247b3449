import { bytesEqual, type Result, type Slot, success, toHex } from '@trine/types'
import { describeFailure, type LedgerError, refuse } from './errors.ts'
import type { LedgerFiles, LedgerLock } from './files.ts'
import type { LedgerRecord } from './record.ts'
import { SlotFile } from './slotFile.ts'

export type LedgerPlace = {
  /** Folder of the ledgers; it must exist. */
  readonly folder: string
  /** Folder of the markers, best one that no backup restores together with `folder`. By default the same. */
  readonly markerFolder?: string | undefined
}

export type KeyPaths = { readonly ledger: string; readonly marker: string; readonly lock: string }

/** Where the ledger of a key is: files named by the 104 hex digits of its public key. */
export function pathsOf({ folder, markerFolder = folder }: LedgerPlace, publicKey: Uint8Array): KeyPaths {
  const name = toHex(publicKey).slice(2)
  return {
    ledger: `${folder}/${name}.ledger`,
    marker: `${markerFolder}/${name}.marker`,
    lock: `${folder}/${name}.lock`,
  }
}

/** A key's files, open and locked. */
export type OpenKey = {
  readonly publicKey: Uint8Array
  readonly ledger: SlotFile
  readonly marker: SlotFile
  readonly lock: LedgerLock
}

export type OpenKeyOptions = {
  readonly files: LedgerFiles
  readonly paths: KeyPaths
  readonly publicKey: Uint8Array
  readonly genesisRoot: Uint8Array
  readonly resumeAt: Slot | undefined
  /** A ledger whose key was given away is refused, unless it is only to be seen, or taken back. */
  readonly opensHandedOver?: 'asItIs' | 'takenBack'
}

/** Locks, reads and checks the files of one key, and writes the first record of this life. */
export async function openKey(options: OpenKeyOptions): Promise<Result<OpenKey, LedgerError>> {
  const { files, paths, publicKey } = options
  const toClose: { close(): Promise<void> }[] = []
  let result: Result<OpenKey, LedgerError>
  try {
    const lock = await files.lock(paths.lock)
    if (lock === undefined) {
      const message = `${paths.lock}: another process signs with this key; a key belongs to one process`
      return refuse('LOCKED', message)
    }
    toClose.push({ close: () => lock.release() })
    const opened = await openFiles(options, toClose)
    result = opened.ok ? success({ publicKey, lock, ...opened.value }) : opened
  } catch (error) {
    result = refuse('FILE_FAILED', `${paths.ledger}: ${describeFailure(error)}`)
  }
  if (!result.ok) for (const { close } of toClose.reverse()) await close().catch(() => {})
  return result
}

async function openFiles(
  options: OpenKeyOptions,
  toClose: { close(): Promise<void> }[],
): Promise<Result<{ ledger: SlotFile; marker: SlotFile }, LedgerError>> {
  const { files, paths, publicKey, genesisRoot, resumeAt } = options
  const found: (SlotFile | undefined)[] = []
  for (const path of [paths.ledger, paths.marker]) {
    const opened = await SlotFile.open(files, path)
    if (opened?.ok) {
      found.push(opened.value)
      toClose.push({ close: () => opened.value.close() })
      const problem = problemOfRecord(opened.value.latest, path, options)
      if (problem !== undefined) return problem
    } else if (opened !== undefined && (opened.error.code !== 'DAMAGED' || resumeAt === undefined)) {
      return opened.error.code === 'DAMAGED' ? withWayOut('DAMAGED', opened.error.message) : opened
    } else found.push(undefined)
  }
  const [oldLedger, oldMarker] = found
  const problem = problemOfPair(oldLedger, oldMarker, paths)
  if (problem !== undefined && resumeAt === undefined) return problem

  const known = [oldLedger, oldMarker].flatMap((file) => (file ? [file.latest] : []))
  const highest = Math.max(0, ...known.map(({ nextEpoch }) => nextEpoch))
  // A word that stays in a configuration decides nothing any more once the ledger is beyond it.
  const isWordNeeded =
    resumeAt !== undefined &&
    (problem !== undefined || resumeAt > highest || options.opensHandedOver === 'takenBack')
  const first: LedgerRecord = {
    sequence: Math.max(0, ...known.map(({ sequence }) => sequence)),
    nextEpoch: Math.max(highest, resumeAt ?? 0),
    genesisRoot,
    publicKey,
    isClosing: false,
    isTold: isWordNeeded || known.some((record) => record.isTold),
    isHandedOver: options.opensHandedOver === 'asItIs' && known.some((record) => record.isHandedOver),
  }
  // The marker comes first: one without a ledger, and with no record counted, is a making that was interrupted.
  const marker = oldMarker ?? (await SlotFile.create(files, paths.marker, first))
  if (oldMarker === undefined) toClose.push({ close: () => marker.close() })
  const next = { ...first, sequence: first.sequence + 1 }
  const ledger = oldLedger ?? (await SlotFile.create(files, paths.ledger, next))
  if (oldLedger === undefined) toClose.push({ close: () => ledger.close() })
  else await ledger.write(next)
  await marker.write(next)
  return success({ ledger, marker })
}

function problemOfRecord(
  record: LedgerRecord,
  path: string,
  { publicKey, genesisRoot, opensHandedOver }: OpenKeyOptions,
) {
  if (!bytesEqual(record.publicKey, publicKey)) {
    const [expected, actual] = [toHex(publicKey), toHex(record.publicKey)]
    return refuse('OTHER_KEY', `${path}: expected the ledger of key ${expected}, got that of ${actual}`)
  }
  if (bytesEqual(record.genesisRoot, genesisRoot)) {
    if (record.isHandedOver !== true || opensHandedOver !== undefined) return undefined
    return refuse(
      'HANDED_OVER',
      `${path}: this key was handed over: another machine signs with it from slot ${record.nextEpoch} on. To sign here again, ` +
        'hand it over there (trine keys handover) and take it over here (trine keys takeover)',
    )
  }
  return refuse(
    'OTHER_GENESIS',
    `${path}: expected genesis ${toHex(genesisRoot)}, but this key signed for genesis ` +
      `${toHex(record.genesisRoot)}, epochs below ${record.nextEpoch}. Under another genesis every epoch would be used ` +
      'twice, and others could forge its signatures. Make new keys for the new genesis (trine keys generate), or use ' +
      'these with the genesis they signed for',
  )
}

function problemOfPair(ledger: SlotFile | undefined, marker: SlotFile | undefined, paths: KeyPaths) {
  if (ledger === undefined) {
    if (marker === undefined || marker.latest.sequence === 0) return undefined
    return withWayOut('LEDGER_MISSING', `${paths.ledger}: expected a ledger, since its marker is there`)
  }
  if (marker === undefined) {
    return withWayOut(
      'MARKER_MISSING',
      `${paths.marker}: expected the marker of the ledger: the ledger may be a copy, and later epochs be used`,
    )
  }
  if (marker.latest.sequence <= ledger.latest.sequence) return undefined
  return withWayOut(
    'OLDER_LEDGER',
    `${paths.ledger}: expected record ${marker.latest.sequence} or later, as its marker has it, got record ` +
      `${ledger.latest.sequence}: the ledger is an older copy`,
  )
}

function withWayOut(code: 'DAMAGED' | 'LEDGER_MISSING' | 'MARKER_MISSING' | 'OLDER_LEDGER', problem: string) {
  const wayOut = 'If you know the first slot that was certainly not signed for with this key, say so: '
  return refuse(code, `${problem}. ${wayOut}trine keys ledger FILE --resume-at SLOT`)
}
