import { describe, expect, it } from 'vitest'
import { Pool, type PoolOptions } from '../../src/pool/pool.ts'
import type { Submission, VerifyItem } from '../../src/ports.ts'
import { production } from '../../src/schemes.ts'
import { fakeSpawn, SIGNATURE_BYTES, settle } from './fakeWorkers.ts'

function makeItem(isValid: boolean, mark = 0): VerifyItem {
  const signature = new Uint8Array(SIGNATURE_BYTES)
  signature[0] = isValid ? 1 : 0
  signature[1] = mark
  return { publicKey: new Uint8Array(52), epoch: 5, message: new Uint8Array(32), signature }
}

function makePool(workers: number, options: Partial<PoolOptions> = {}) {
  const { spawn, all } = fakeSpawn()
  const pool = new Pool({ scheme: production, encoding: 'ssz3112', ...options }, workers, spawn)
  for (const worker of all) worker.ready()
  return { pool, all }
}

function result<Value>(submission: Submission<Value>) {
  if (!submission.ok) throw new Error(submission.error.message)
  return submission.value.result
}

const items = (...valid: boolean[]) => valid.map((isValid, index) => makeItem(isValid, index))

describe('batching', () => {
  it('packs what many callers submit in one turn, and a free worker starts at once', async () => {
    const { pool, all } = makePool(2)
    const first = result(pool.submitVerify(items(true)))
    const second = result(pool.submitVerify(items(false, true, true, true)))
    await settle()
    expect(all.map((worker) => worker.batch().length)).toEqual([4, 1])
    for (const worker of all) worker.answerVerify()
    expect(await first).toEqual({ ok: true, value: [true] })
    expect(await second).toEqual({ ok: true, value: [false, true, true, true] })
    expect(pool.status()).toMatchObject({ busyWorkers: 0, pendingVerifications: 0 })
  })

  it('spreads a block over the workers in batches of a limited size', async () => {
    const { pool, all } = makePool(2)
    const block = result(
      pool.submitVerify(items(...Array.from({ length: 100 }, (_, index) => index % 3 === 0))),
    )
    await settle()
    const sizes: number[] = []
    while (all.some((worker) => worker.isBusy)) {
      for (const worker of all.filter(({ isBusy }) => isBusy)) {
        sizes.push(worker.batch().length)
        worker.answerVerify()
      }
    }
    expect(sizes.reduce((sum, size) => sum + size)).toBe(100)
    expect(Math.max(...sizes)).toBe(32)
    expect(await block).toEqual({
      ok: true,
      value: Array.from({ length: 100 }, (_, index) => index % 3 === 0),
    })
  })

  it('what cannot be a signature is invalid without troubling a worker', async () => {
    const { pool, all } = makePool(1)
    const wrong: VerifyItem[] = [
      { ...makeItem(true), signature: new Uint8Array(SIGNATURE_BYTES - 1) },
      { ...makeItem(true), signature: new Uint8Array(SIGNATURE_BYTES + 1) },
      { ...makeItem(true), publicKey: new Uint8Array(51) },
      { ...makeItem(true), message: new Uint8Array(0) },
      { ...makeItem(true), epoch: -1 },
      { ...makeItem(true), epoch: 2 ** 32 },
      { ...makeItem(true), epoch: Number.NaN },
    ]
    expect(await result(pool.submitVerify(wrong))).toEqual({ ok: true, value: wrong.map(() => false) })
    expect(await result(pool.submitVerify([]))).toEqual({ ok: true, value: [] })
    const mixed = result(pool.submitVerify([wrong[0]!, makeItem(true)]))
    await settle()
    all[0]!.answerVerify()
    expect(await mixed).toEqual({ ok: true, value: [false, true] })
  })

  it('gives every job its own id', () => {
    const { pool } = makePool(1)
    const ids = [1, 2, 3]
      .map(() => pool.submitVerify(items(true)))
      .map((job) => (job.ok ? job.value.id : undefined))
    expect(new Set(ids).size).toBe(3)
  })
})

describe('bounds', () => {
  it('refuses what goes beyond the limit, as a value, and takes more once there is room', async () => {
    const { pool, all } = makePool(1, { maxPendingVerifications: 6 })
    const taken = result(pool.submitVerify(items(true, true, true, true)))
    expect(pool.submitVerify(items(true, true, true))).toMatchObject({
      ok: false,
      error: { code: 'queueFull' },
    })
    expect(pool.submitVerify(items(true, true)).ok).toBe(true)
    await settle()
    while (all[0]!.isBusy) all[0]!.answerVerify()
    await taken
    expect(pool.submitVerify(items(true, true, true)).ok).toBe(true)
  })
})

describe('crashes', () => {
  it('gives the work of a dead worker to another one', async () => {
    const { pool, all } = makePool(2)
    const job = result(pool.submitVerify(items(true, false)))
    await settle()
    all[0]!.die()
    expect(all).toHaveLength(3)
    expect(all[1]!.batch()).toHaveLength(2)
    all[1]!.answerVerify()
    expect(await job).toEqual({ ok: true, value: [true, false] })
    expect(pool.status()).toMatchObject({ workers: 2, crashes: 1 })
  })

  it('fails a job that two workers died with, and it alone', async () => {
    const { pool, all } = makePool(1)
    const guilty = result(pool.submitVerify(items(true)))
    const innocent = result(pool.submitVerify(items(true)))
    await settle()
    expect(all[0]!.batch()).toHaveLength(2)
    all[0]!.die()
    all[1]!.ready()
    expect(all[1]!.batch()).toHaveLength(1)
    all[1]!.die('out of memory')
    all[2]!.ready()
    all[2]!.answerVerify()
    expect(await guilty).toMatchObject({
      ok: false,
      error: { code: 'workerCrashed', message: expect.stringContaining('out of memory') },
    })
    expect(await innocent).toEqual({ ok: true, value: [true] })
  })

  it('gives up when workers cannot even be started', async () => {
    const { spawn, all } = fakeSpawn()
    const pool = new Pool({ scheme: production, encoding: 'ssz3112' }, 1, spawn)
    const job = result(pool.submitVerify(items(true)))
    for (let start = 0; start < 3; start++) all[start]!.die('no such file')
    expect(all).toHaveLength(3)
    expect(await job).toMatchObject({ ok: false, error: { code: 'workerCrashed' } })
    expect(pool.submitVerify(items(true))).toMatchObject({ ok: false, error: { code: 'workerCrashed' } })
    await pool.close()
  })

  it('ignores what a worker says after it was declared dead', async () => {
    const { pool, all } = makePool(1)
    const job = result(pool.submitVerify(items(true)))
    await settle()
    all[0]!.die()
    all[0]!.answer(Uint8Array.of(0))
    all[1]!.ready()
    all[1]!.answerVerify()
    expect(await job).toEqual({ ok: true, value: [true] })
  })
})

describe('close', () => {
  it('drains what was taken, refuses more, ends the workers', async () => {
    const { pool, all } = makePool(1)
    const jobs = [1, 2, 3].map(() =>
      result(pool.submitVerify(items(...Array.from({ length: 20 }, () => true)))),
    )
    await settle()
    const closed = pool.close()
    expect(pool.submitVerify(items(true))).toMatchObject({ ok: false, error: { code: 'closed' } })
    while (all[0]!.isBusy) all[0]!.answerVerify()
    await closed
    for (const job of jobs) expect(await job).toMatchObject({ ok: true })
    expect(all[0]!.isTerminated).toBe(true)
  })

  it('now: fails what waits and what runs', async () => {
    const { pool, all } = makePool(1)
    const jobs = [1, 2].map(() => result(pool.submitVerify(items(...Array.from({ length: 32 }, () => true)))))
    await settle()
    await pool.close('now')
    for (const job of jobs) expect(await job).toMatchObject({ ok: false, error: { code: 'closed' } })
    expect(all[0]!.isTerminated).toBe(true)
    expect(all).toHaveLength(1)
  })

  it('now ends an earlier drain, and closing again is harmless', async () => {
    const { pool } = makePool(1)
    const job = result(pool.submitVerify(items(true)))
    await settle()
    const drained = pool.close()
    await pool.close('now')
    await drained
    await pool.close()
    expect(await job).toMatchObject({ ok: false, error: { code: 'closed' } })
  })

  it('survives a worker that dies while draining', async () => {
    const { pool, all } = makePool(1)
    const job = result(pool.submitVerify(items(true)))
    await settle()
    const closed = pool.close()
    all[0]!.die()
    all[1]!.ready()
    all[1]!.answerVerify()
    expect(await job).toEqual({ ok: true, value: [true] })
    await closed
  })
})

it('workers keep the process alive only while there is work', async () => {
  const { pool, all } = makePool(1)
  expect(all[0]!.isKeptAlive).toBe(false)
  const job = result(pool.submitVerify(items(true)))
  await settle()
  expect(all[0]!.isKeptAlive).toBe(true)
  all[0]!.answerVerify()
  await job
  expect(all[0]!.isKeptAlive).toBe(false)
})
