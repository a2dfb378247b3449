import { basename, dirname } from 'node:path'
import {
  type LedgerRecord,
  openKeyLedger,
  pathsOf,
  readSlotFile,
  SLOT_FILE_LENGTH,
  type SlotContent,
  type SlotFileContent,
} from '@trine/key-ledger'
import { nodeLedgerFiles } from '@trine/key-ledger/node'
import { fromHex, toHex } from '@trine/types'
import { readLimited } from '@trine/xmss/node'
import { UserError } from '../userError.ts'
import { parseCount, readOrUserError, withFileErrors } from '../userInput.ts'

export interface LedgerFlags {
  readonly markerFolder?: string
  readonly resumeAt?: string
  readonly json?: boolean
}

/** Prints what the ledger of a key, or its marker, says; with `--resume-at` first lets it go on from that slot. */
export async function ledger(file: string, flags: LedgerFlags): Promise<void> {
  await withFileErrors(file, async () => {
    if (flags.resumeAt !== undefined) {
      await resume(file, parseCount('--resume-at', flags.resumeAt, 0, 2 ** 32 - 1), flags.markerFolder)
    } else if (flags.markerFolder !== undefined) {
      throw new UserError(
        '--marker-folder: only goes with --resume-at; a marker is shown when it is the FILE',
      )
    }
    const content = await readLedger(file)
    const { latest, latestSlot, slots } = content
    const facts = {
      file,
      publicKey: toHex(latest.publicKey),
      genesisRoot: toHex(latest.genesisRoot),
      nextEpoch: latest.nextEpoch,
      isClosed: latest.isClosing,
      isHandedOver: latest.isHandedOver === true,
      records: slots.map((slot, index) => describeSlot(slot, index === latestSlot)),
    }
    if (flags.json) console.log(JSON.stringify(facts, null, 2))
    else for (const line of describe(facts)) console.log(line)
  })
}

/** What the file of a ledger, or its marker, says. */
export async function readLedger(file: string): Promise<SlotFileContent> {
  const bytes = await readOrUserError(file, () => readLimited(file, SLOT_FILE_LENGTH))
  const content = readSlotFile(bytes)
  if (!content.ok) throw new UserError(`${file}: ${content.error.message}`)
  return content.value
}

async function resume(file: string, resumeAt: number, markerFolder: string | undefined): Promise<void> {
  const publicKey = fromHex(basename(file, '.ledger'))
  if (publicKey?.length !== 52 || !file.endsWith('.ledger')) {
    throw new UserError(`${file}: expected the name of a ledger, the public key in hex digits and ".ledger"`)
  }
  const place = { folder: dirname(file), markerFolder }
  const { genesisRoot } = await readEither(file, pathsOf(place, publicKey).marker)
  const opened = await openKeyLedger({
    ...place,
    files: nodeLedgerFiles,
    publicKeys: [publicKey],
    genesisRoot,
    resumeAt,
  })
  if (!opened.ok) throw new UserError(opened.error.message)
  await opened.value.close()
}

async function readEither(file: string, marker: string): Promise<LedgerRecord> {
  try {
    return (await readLedger(file)).latest
  } catch (error) {
    const fromMarker = await readLedger(marker).catch(() => undefined)
    if (fromMarker === undefined) throw error
    return fromMarker.latest
  }
}

function describeSlot(slot: SlotContent, isLatest: boolean): string {
  if (slot.is === 'empty') return 'empty'
  if (slot.is === 'unreadable') return `unreadable: ${slot.reason}`
  const { sequence, nextEpoch } = slot.record
  return `record ${sequence}, next epoch ${nextEpoch}${isLatest ? ' (latest)' : ''}`
}

function describeState(facts: {
  readonly nextEpoch: number
  readonly isClosed: boolean
  readonly isHandedOver: boolean
}): string {
  if (facts.isHandedOver) return `handed over: another machine signs from slot ${facts.nextEpoch} on`
  return facts.isClosed ? 'closed in order' : 'in use, or its process was killed'
}

function describe(facts: {
  readonly file: string
  readonly publicKey: string
  readonly genesisRoot: string
  readonly nextEpoch: number
  readonly isClosed: boolean
  readonly isHandedOver: boolean
  readonly records: readonly string[]
}): string[] {
  const used = facts.nextEpoch === 0 ? 'none' : `up to ${facts.nextEpoch - 1}`
  return [
    `file        ${facts.file}`,
    `public key  ${facts.publicKey}`,
    `genesis     ${facts.genesisRoot}`,
    `used        ${used}${facts.isClosed ? '' : ', or reserved ahead of use'}`,
    `next epoch  ${facts.nextEpoch}`,
    `state       ${describeState(facts)}`,
    ...facts.records.map((record, index) => `slot ${'AB'[index]}      ${record}`),
  ]
}
