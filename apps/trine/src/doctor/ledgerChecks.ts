import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type LedgerRecord, pathsOf, readSlotFile, SLOT_FILE_LENGTH } from '@trine/key-ledger'
import { nodeLedgerFiles } from '@trine/key-ledger/node'
import { bytesEqual, type Slot } from '@trine/types'
import { readLimited } from '@trine/xmss/node'
import type { NodeSetup } from '../node/nodeSetup.ts'
import type { PooledKey } from '../node/ports.ts'
import { type Check, fail, ok, warn } from './check.ts'

/** Slots that may count as used though they are to come: those reserved ahead, and some for a clock that is off. */
const AHEAD_SLOTS = 64

/** What the ledgers of the keys say, without changing them. `isOwn`: this process has them open itself. */
export async function checkLedgers(
  { dataFolder, ledgerFolder = join(dataFolder, 'ledger'), markerFolder, resumeAt }: NodeSetup,
  keys: readonly PooledKey[],
  {
    genesisRoot,
    slot,
    isOwn,
  }: { readonly genesisRoot: Uint8Array; readonly slot: Slot; readonly isOwn: boolean },
): Promise<Check[]> {
  const checks: Check[] = []
  let fresh = 0
  for (const { validatorIndex, publicKey } of keys) {
    const name = `ledger of validator ${validatorIndex}`
    const paths = pathsOf({ folder: ledgerFolder, markerFolder }, publicKey)
    if (!existsSync(paths.ledger) && !existsSync(paths.marker)) fresh += 1
    else if (!isOwn && (await isLocked(paths.lock))) {
      const fix = 'end it first; a node that runs is looked over with trine doctor --admin-url'
      checks.push(fail(name, 'another process signs with this key', fix))
    } else checks.push(await checkLedger(name, paths, { publicKey, genesisRoot, slot, resumeAt }))
  }
  if (fresh === 0) return checks
  const detail = `${fresh} of ${keys.length} keys have none yet in ${ledgerFolder}`
  if (slot < 0) return [...checks, ok('new ledgers', detail)]
  const fix =
    'right only if these keys never signed elsewhere; else move their ledgers here, or give --resume-at SLOT'
  return [...checks, warn('new ledgers', detail, fix)]
}

async function isLocked(path: string): Promise<boolean> {
  if (!existsSync(path)) return false
  const lock = await nodeLedgerFiles.lock(path)
  await lock?.release()
  return lock === undefined
}

async function checkLedger(
  name: string,
  paths: ReturnType<typeof pathsOf>,
  expected: {
    readonly publicKey: Uint8Array
    readonly genesisRoot: Uint8Array
    readonly slot: Slot
    readonly resumeAt: Slot | undefined
  },
): Promise<Check> {
  const [ledger, marker] = await Promise.all([readRecord(paths.ledger), readRecord(paths.marker)])
  const { slot, resumeAt } = expected
  if (!ledger.ok || !marker.ok) {
    const problem = ledger.ok ? marker : ledger
    const detail = problem.ok ? '' : problem.problem
    if (resumeAt !== undefined) return ok(name, `${detail}; --resume-at ${resumeAt} makes it anew`)
    return fail(name, detail, 'put back ledger and marker as they were last, or see docs/key-ledger.md')
  }
  const { latest } = ledger
  if (!bytesEqual(latest.publicKey, expected.publicKey)) {
    return fail(name, `${paths.ledger} is of another key`, 'put back the ledger of this key')
  }
  if (!bytesEqual(latest.genesisRoot, expected.genesisRoot)) {
    const fix = 'make new keys for the new genesis: trine genesis, or trine keys generate'
    return fail(name, 'this key signed for another genesis', fix)
  }
  if (latest.isHandedOver === true) {
    const fix = 'another machine signs with it; to take it back: trine keys takeover'
    return fail(name, `handed over from slot ${latest.nextEpoch} on`, fix)
  }
  if (marker.latest.sequence > latest.sequence && resumeAt === undefined) {
    const detail = `record ${latest.sequence} is older than its marker's ${marker.latest.sequence}`
    return fail(name, detail, 'it is a copy: put back the latest one, or see docs/key-ledger.md')
  }
  const detail = `used below slot ${latest.nextEpoch}`
  if (latest.nextEpoch <= slot + AHEAD_SLOTS) return ok(name, detail)
  return warn(name, detail, `its validator pauses until slot ${latest.nextEpoch}: is the clock right?`)
}

type ReadRecord =
  | { readonly ok: true; readonly latest: LedgerRecord }
  | { readonly ok: false; readonly problem: string }

async function readRecord(file: string): Promise<ReadRecord> {
  try {
    const bytes = await readLimited(file, SLOT_FILE_LENGTH)
    if (!bytes.ok) return { ok: false, problem: `${file}: ${bytes.error.message}` }
    const content = readSlotFile(bytes.value)
    if (!content.ok) return { ok: false, problem: `${file}: ${content.error.message}` }
    return { ok: true, latest: content.value.latest }
  } catch (error) {
    return { ok: false, problem: `${file}: ${(error as Error).message}` }
  }
}
