import { beforeEach, describe, expect, it } from 'vitest'
import { decodeHandover, encodeHandover, handOver, pathsOf, takeOver } from '../src/index.ts'
import { genesisRoot, open, opened, outcomeOf, publicKey } from './support/ledgers.ts'
import { SimulatedDisk } from './support/simulatedDisk.ts'

const key = { publicKey, genesisRoot }
const folder = 'keys'
let here: SimulatedDisk
let there: SimulatedDisk

beforeEach(async () => {
  here = new SimulatedDisk()
  there = new SimulatedDisk()
  const ledger = await opened({ files: here })
  expect(await outcomeOf(ledger, 10)).toBe('reserved')
  await ledger.close()
})

const give = (at?: number, files = here) => handOver({ files, folder, ...key }, at)

describe('a handover', () => {
  it('ends the signing here, and lets it go on there from its slot', async () => {
    const handed = await give(15)
    expect(handed).toEqual({ ok: true, value: { ...key, firstEpoch: 15 } })
    const refusal = {
      ok: false,
      error: { code: 'HANDED_OVER', message: expect.stringMatching(/from slot 15 on/) },
    }
    expect(await open({ files: here })).toMatchObject(refusal)
    expect(await open({ files: here, resumeAt: 100 })).toMatchObject(refusal)

    expect(await takeOver({ files: there, folder }, { ...key, firstEpoch: 15 })).toEqual({ ok: true })
    const ledger = await opened({ files: there })
    expect(ledger.isTold(publicKey)).toBe(true)
    expect([await outcomeOf(ledger, 14), await outcomeOf(ledger, 15)]).toEqual(['EPOCH_USED', 'reserved'])
    expect(ledger.isTold(publicKey)).toBe(false)
    await ledger.close()
  })

  it('is from the first unused slot on unless one is named, never from a used one', async () => {
    expect(await give(10)).toMatchObject({
      ok: false,
      error: { code: 'EPOCHS_USED', message: expect.stringMatching(/at least 11, got 10/) },
    })
    await (await opened({ files: here })).close()
    expect(await give()).toMatchObject({ value: { firstEpoch: 11 } })
  })

  it('can be done again, to the same effect', async () => {
    expect(await give(15)).toMatchObject({ value: { firstEpoch: 15 } })
    expect(await give()).toMatchObject({ value: { firstEpoch: 15 } })
    expect(await open({ files: here })).toMatchObject({ error: { code: 'HANDED_OVER' } })
  })

  it('is refused while a process signs, and leaves it alone', async () => {
    const ledger = await opened({ files: here })
    expect(await give()).toMatchObject({ ok: false, error: { code: 'LOCKED' } })
    expect(await outcomeOf(ledger, 11)).toBe('reserved')
    await ledger.close()
  })

  it('goes back the same way, and nothing that was signed there is signed here', async () => {
    await give(15)
    await takeOver({ files: there, folder }, { ...key, firstEpoch: 15 })
    const ledger = await opened({ files: there })
    await outcomeOf(ledger, 30)
    await ledger.close()
    expect(await give(undefined, there)).toMatchObject({ value: { firstEpoch: 31 } })
    expect(await takeOver({ files: here, folder }, { ...key, firstEpoch: 31 })).toEqual({ ok: true })
    const again = await opened({ files: here })
    expect([await outcomeOf(again, 30), await outcomeOf(again, 31)]).toEqual(['EPOCH_USED', 'reserved'])
  })

  it('of an older file never lowers what a ledger knows', async () => {
    await give(15)
    expect(await takeOver({ files: here, folder }, { ...key, firstEpoch: 3 })).toEqual({ ok: true })
    const ledger = await opened({ files: here })
    expect([await outcomeOf(ledger, 14), await outcomeOf(ledger, 15)]).toEqual(['EPOCH_USED', 'reserved'])
  })

  it('under another genesis is refused', async () => {
    const other = { ...key, genesisRoot: new Uint8Array(32).fill(8), firstEpoch: 20 }
    expect(await takeOver({ files: here, folder }, other)).toMatchObject({ error: { code: 'OTHER_GENESIS' } })
  })

  it('leaves a record that an earlier Trine refuses', async () => {
    await give()
    const { visible } = here.contents.get(pathsOf({ folder }, publicKey).ledger)!
    const versions = [0, 4096].map((at) =>
      new DataView(visible.buffer, visible.byteOffset + at).getUint32(8, true),
    )
    expect(versions).toContain(2)
  })
})

describe('a handover file', () => {
  const keys = [{ ...key, firstEpoch: 15 }]

  it('comes back as it was', () => {
    expect(decodeHandover(encodeHandover(keys))).toEqual({ ok: true, value: keys })
  })

  it('that was changed or is none is refused', () => {
    const text = encodeHandover(keys)
    for (const [changed, problem] of [
      [text.replace('15', '14'), /^checksum/],
      [text.slice(0, -10), /^expected the file/],
      [text.replace('handover-1', 'handover-2'), /^format: expected trine-handover-1/],
      ['null', /^format/],
      ['[]', /^format/],
    ] as const) {
      expect(decodeHandover(changed)).toEqual({ ok: false, error: expect.stringMatching(problem) })
    }
  })
})
