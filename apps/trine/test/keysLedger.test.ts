import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyLedger, pathsOf } from '@trine/key-ledger'
import { nodeLedgerFiles } from '@trine/key-ledger/node'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { trine } from './support/trine.ts'

const publicKey = new Uint8Array(52).fill(1)
const genesisRoot = new Uint8Array(32).fill(2)

let folder = ''
let file = ''
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trine-ledger-'))
  file = pathsOf({ folder }, publicKey).ledger
  await use(41)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () => openKeyLedger({ files: nodeLedgerFiles, folder, publicKeys: [publicKey], genesisRoot })

async function use(epoch: number): Promise<void> {
  const opened = await open()
  if (!opened.ok) throw new Error(opened.error.message)
  await new Promise((resolve) => {
    const answer = (value: unknown) => {
      resolve(value)
      return true
    }
    const reservation = { publicKey, epoch, message: new Uint8Array(32) }
    opened.value.reserve(reservation, { answer, refuse: () => false, isOpen: true })
  })
  await opened.value.close()
}

const keys = (...args: readonly string[]) => trine(['keys', ...args])
const ledger = (...args: readonly string[]) => keys('ledger', ...args)

it('prints what the ledger of a key says', async () => {
  const { stdout, exitCode } = await ledger(file)
  expect(exitCode).toBe(0)
  expect(stdout.split('\n').slice(1)).toEqual([
    `public key  0x${'01'.repeat(52)}`,
    `genesis     0x${'02'.repeat(32)}`,
    'used        up to 41',
    'next epoch  42',
    'state       closed in order',
    'slot A      record 3, next epoch 42 (latest)',
    'slot B      record 2, next epoch 50',
    '',
  ])
  const { stdout: json } = await ledger(file.replace('.ledger', '.marker'), '--json')
  expect(JSON.parse(json)).toMatchObject({ nextEpoch: 42, isClosed: true })
})

it('lets a ledger that was restored go on from the slot that the operator names', async () => {
  const backup = readFileSync(file)
  await use(60)
  writeFileSync(file, backup)
  expect(await open()).toMatchObject({ ok: false, error: { code: 'OLDER_LEDGER' } })
  const { stdout, exitCode } = await ledger(file, '--resume-at', '70')
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('next epoch  70')])
  const opened = await open()
  if (!opened.ok) throw new Error(opened.error.message)
  expect(opened.value.highestReserved(publicKey)).toBe(69)
  const { stderr, exitCode: inUse } = await ledger(file, '--resume-at', '80')
  expect([inUse, stderr]).toEqual([2, expect.stringContaining('another process signs with this key')])
  await opened.value.close()
})

it('refuses what is no ledger, in one line', async () => {
  const other = join(folder, 'other.ledger')
  writeFileSync(other, 'no ledger')
  expect(await ledger(other)).toMatchObject({
    exitCode: 2,
    stderr: `trine: ${other}: expected a key ledger of 8192 bytes, got 9\n`,
  })
  expect(await ledger(join(folder, 'none'))).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^trine: .*no such file or folder\n$/),
  })
  expect(await ledger(other, '--resume-at', '5')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^trine: .*expected the name of a ledger.*\n$/),
  })
  expect(await ledger(file, '--resume-at', '-1')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^trine: --resume-at: expected a whole number.*\n$/),
  })
})

it('hands keys over to another machine, which goes on from a later slot', async () => {
  const handover = join(folder, 'handover.json')
  const there = join(folder, 'there')
  const running = await open()
  if (!running.ok) throw new Error(running.error.message)
  expect(await keys('handover', folder, handover, '--at', '60')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^trine: [^\n]*another process signs with this key[^\n]*\n$/),
  })
  await running.value.close()
  expect(await keys('handover', folder, handover, '--at', '60')).toMatchObject({ exitCode: 0 })
  expect((await ledger(file)).stdout).toContain('handed over: another machine signs from slot 60 on')
  expect(await open()).toMatchObject({ ok: false, error: { code: 'HANDED_OVER' } })
  expect(await keys('takeover', handover, there)).toMatchObject({ exitCode: 0 })
  expect((await ledger(pathsOf({ folder: there }, publicKey).ledger)).stdout).toContain('next epoch  60')
  writeFileSync(handover, readFileSync(handover, 'utf8').replace('60', '50'))
  expect(await keys('takeover', handover, there)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^trine: [^\n]*checksum[^\n]*\n$/),
  })
})
