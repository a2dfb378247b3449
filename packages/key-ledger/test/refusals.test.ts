import { beforeEach, describe, expect, it } from 'vitest'
import { encodeRecord, type LedgerErrorCode, pathsOf, SLOT_FILE_LENGTH } from '../src/index.ts'
import { genesisRoot, open, opened, outcomeOf, publicKey } from './support/ledgers.ts'
import { SimulatedDisk } from './support/simulatedDisk.ts'

const paths = pathsOf({ folder: 'keys' }, publicKey)
const isLedger = (path: string) => path === paths.ledger
let files: SimulatedDisk

/** Reserves an epoch in a life of its own that ends in order. */
async function use(epoch: number): Promise<void> {
  const ledger = await opened({ files })
  expect(await outcomeOf(ledger, epoch)).toBe('reserved')
  await ledger.close()
}

async function expectRefusal(code: LedgerErrorCode, text: string | RegExp, options = {}): Promise<void> {
  const result = await open({ files, ...options })
  expect(result).toMatchObject({ ok: false, error: { code } })
  if (!result.ok) expect(result.error.message).toMatch(text)
}

beforeEach(async () => {
  files = new SimulatedDisk()
  await use(10)
})

it('two at a time: the second, until the first is closed', async () => {
  const first = await opened({ files })
  await expectRefusal('LOCKED', /another process/)
  await first.close()
  await (await opened({ files })).close()
})

it('another genesis: with both roots, the reason and the ways out, even if the operator insists', async () => {
  const other = new Uint8Array(32).fill(8)
  const text = /expected genesis 0x0808.*signed for genesis 0x0707.*below 11.*twice.*trine keys generate/
  await expectRefusal('OTHER_GENESIS', text, { genesisRoot: other })
  await expectRefusal('OTHER_GENESIS', text, { genesisRoot: other, resumeAt: 1000 })
})

it('the file of another key', async () => {
  const otherKey = new Uint8Array(52).fill(9)
  const other = pathsOf({ folder: 'keys' }, otherKey)
  files.contents.set(other.ledger, files.contents.get(paths.ledger)!)
  await expectRefusal('OTHER_KEY', /expected the ledger of key 0x0909.*got that of 0x0102/, {
    publicKeys: [publicKey, otherKey],
  })
  await (await opened({ files })).close() // the first key was let go again
})

it('a later version', async () => {
  const record = encodeRecord({ sequence: 90, nextEpoch: 9, genesisRoot, publicKey, isClosing: false })
  record[8] = 3
  const { sha256 } = await import('@noble/hashes/sha2.js')
  record.set(sha256(record.subarray(0, 128)), 128)
  files.contents.get(paths.ledger)!.visible.set(record, 4096)
  await expectRefusal('NEWER_VERSION', /expected a ledger of version 2 or earlier, got version 3/)
})

describe('until the operator says where to go on', () => {
  const refused: [string, LedgerErrorCode, () => void | Promise<void>][] = [
    ['a ledger without its marker', 'MARKER_MISSING', () => void files.contents.delete(paths.marker)],
    ['a marker without its ledger', 'LEDGER_MISSING', () => void files.contents.delete(paths.ledger)],
    [
      'an older ledger',
      'OLDER_LEDGER',
      async () => {
        const backup = files.backup(isLedger)
        await use(20)
        files.restore(backup)
      },
    ],
    [
      'a ledger that lost its last record',
      'OLDER_LEDGER',
      () => {
        const { visible, durable } = files.contents.get(paths.ledger)!
        const latest = durable.findIndex((byte, index) => index % 4096 === 16 && byte === 3)
        expect(latest).toBeGreaterThan(0)
        visible[latest]! ^= 1
      },
    ],
    ['a damaged ledger', 'DAMAGED', () => void files.contents.get(paths.ledger)!.visible.fill(1)],
    ['an empty file', 'DAMAGED', () => files.restore(new Map([[paths.ledger, new Uint8Array()]]))],
    [
      'a file that grew',
      'DAMAGED',
      () => files.restore(new Map([[paths.ledger, new Uint8Array(SLOT_FILE_LENGTH + 1)]])),
    ],
  ]

  it.each(refused)('%s', async (_, code, damage) => {
    await damage()
    await expectRefusal(code, /trine keys ledger FILE --resume-at SLOT/)
    const ledger = await opened({ files, resumeAt: 30 })
    expect(await outcomeOf(ledger, 29)).toBe('EPOCH_USED')
    expect(await outcomeOf(ledger, 30)).toBe('reserved')
    await ledger.close()
    await use(31)
  })

  it.each(['close', 'crash'] as const)(
    'known as told until an epoch is given out, also after a %s',
    async (end) => {
      const before = await opened({ files })
      expect(before.isTold(publicKey)).toBe(false)
      await before.close()
      const first = await opened({ files, resumeAt: 100 })
      expect([first.isTold(publicKey), first.highestReserved(publicKey)]).toEqual([true, 99])
      if (end === 'close') await first.close()
      else files.crash()
      const second = await opened({ files })
      expect(second.isTold(publicKey)).toBe(true)
      expect(await outcomeOf(second, 100)).toBe('reserved')
      expect(second.isTold(publicKey)).toBe(false)
      await second.close()
      // The word may have stayed in a configuration.
      const third = await opened({ files, resumeAt: 100 })
      expect(third.isTold(publicKey)).toBe(false)
      await third.close()
    },
  )

  it('never below what either file knows', async () => {
    const backup = files.backup(isLedger)
    await use(50)
    files.restore(backup)
    const ledger = await opened({ files, resumeAt: 0 })
    expect(ledger.highestReserved(publicKey)).toBe(50)
    await ledger.close()
  })
})

it('a disk that fails, whatever the operation, and lets go of the key', async () => {
  const operations: string[] = []
  files.fault = (operation) => void operations.push(operation)
  await (await opened({ files })).close()
  for (let failing = 0; failing < operations.length - 4; failing++) {
    let count = 0
    files.fault = () => (count++ === failing ? 'error' : undefined)
    await expectRefusal('FILE_FAILED', /keys\/0102.*simulated/)
  }
  files.fault = () => undefined
  await use(11)
})
