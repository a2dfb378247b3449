import { describe, expect, it } from 'vitest'
import { bottomTreeShape, publicKeyOf } from '../../src/keys/shape.ts'
import { Pool, type PoolOptions } from '../../src/pool/pool.ts'
import type { WorkerRequest } from '../../src/pool/protocol.ts'
import type { Submission, VerifyItem } from '../../src/ports.ts'
import { production } from '../../src/schemes.ts'
import { vectorKeys } from '../keys/support.ts'
import { type FakeWorker, fakeSpawn, SIGNATURE_BYTES, settle } from './fakeWorkers.ts'

/** Active in epochs 0 to 255, prepared for 0 to 31. */
const { scheme, secretKey } = vectorKeys().find(({ name }) => name === 'plonky3 test_key_3')!
const opened = { scheme, publicKey: publicKeyOf(secretKey), secretKey }
const message = new Uint8Array(32)

function makePool(workers: number, options: Partial<PoolOptions> = {}) {
  const { spawn, all } = fakeSpawn()
  const pool = new Pool({ scheme: production, encoding: 'ssz3112', ...options }, workers, spawn)
  for (const worker of all) worker.ready()
  return { pool, all, keyId: pool.addKey(opened) }
}

function result<Value>(submission: Submission<Value>) {
  if (!submission.ok) throw new Error(submission.error.message)
  return submission.value.result
}

/** Answers the request that waits, as a worker would; a signature is one byte, the epoch. */
function answer(worker: FakeWorker): WorkerRequest {
  const request = worker.waiting
  if (request.type === 'sign') worker.answer(Uint8Array.of(request.epoch))
  else if (request.type === 'leaves') worker.answer(new Uint32Array(8 * request.count))
  else if (request.type === 'bottomTree') {
    const layers = bottomTreeShape(scheme, request.index).map(({ startIndex, nodeCount }) => ({
      startIndex,
      nodes: new Uint32Array(8 * nodeCount).fill(request.index),
    }))
    worker.answer({ depth: scheme.logLifetime, lowestLayer: 0, layers })
  } else worker.answerVerify()
  return request
}

/** Lets the workers do everything there is; returns what they were asked. */
async function finish(all: readonly FakeWorker[]): Promise<WorkerRequest[]> {
  const requests: WorkerRequest[] = []
  await settle()
  for (
    let busy = all.filter(({ isBusy }) => isBusy);
    busy.length > 0;
    busy = all.filter(({ isBusy }) => isBusy)
  ) {
    for (const worker of busy) requests.push(answer(worker))
    await settle()
  }
  return requests
}

describe('signing', () => {
  it('brings the key to a worker once, and again when its window has moved', async () => {
    const { pool, all, keyId } = makePool(1)
    const brought: unknown[] = []
    for (const epoch of [0, 1, 200, 201]) {
      const job = result(pool.submitSign({ keyId, epoch, message }))
      const requests = await finish(all)
      brought.push(
        ...requests.flatMap((request) => (request.type === 'sign' ? [request.key !== undefined] : [])),
      )
      expect(await job).toEqual({ ok: true, value: Uint8Array.of(epoch) })
    }
    expect(brought).toEqual([true, false, true, false])
  })

  it('refuses what can never be signed, as a value', () => {
    const { pool, keyId } = makePool(1)
    const code = (epoch: number, id = keyId) => {
      const submission = pool.submitSign({ keyId: id, epoch, message })
      return submission.ok ? 'taken' : submission.error.code
    }
    expect([code(256), code(-1), code(0.5), code(Number.NaN)]).toEqual(Array(4).fill('epochNotActive'))
    expect(code(0, 'ff')).toBe('unknownKey')
    expect(code(255)).toBe('taken')
    expect(() => pool.submitSign({ keyId, epoch: 0, message: new Uint8Array(31) })).toThrow(RangeError)
  })

  it('refuses more than the limit', () => {
    const { pool, keyId } = makePool(1, { maxPendingSignatures: 2 })
    const codes = [0, 1, 2].map((epoch) => pool.submitSign({ keyId, epoch, message }).ok)
    expect(codes).toEqual([true, true, false])
  })

  it('takes two of each key, however many there are', () => {
    const { pool } = makePool(1)
    // With the one that is there already 1,500.
    const keyIds = Array.from({ length: 1499 }, (_, index) => {
      const root = Uint32Array.from(opened.publicKey.root)
      root[0] = index
      return pool.addKey({ ...opened, publicKey: { ...opened.publicKey, root } })
    })
    const codes = [0, 1, 2].map(
      (epoch) => keyIds.filter((keyId) => pool.submitSign({ keyId, epoch, message }).ok).length,
    )
    expect(codes).toEqual([1499, 1499, 2])
  })

  it('goes before checking, and checking before preparation', async () => {
    const { pool, all, keyId } = makePool(1)
    const signature = new Uint8Array(SIGNATURE_BYTES).fill(1)
    const item: VerifyItem = { publicKey: new Uint8Array(52), epoch: 0, message, signature }
    void pool.submitSign({ keyId, epoch: 20, message })
    void pool.submitVerify([item])
    void pool.submitSign({ keyId, epoch: 1, message })
    await settle()
    expect((await finish(all)).map(({ type }) => type)).toEqual([
      'sign',
      'sign',
      'verify',
      'leaves',
      'bottomTree',
    ])
  })

  it('adding a key again changes nothing', async () => {
    const { pool, all, keyId } = makePool(1)
    void pool.submitSign({ keyId, epoch: 16, message })
    await finish(all)
    expect(pool.addKey(opened)).toBe(keyId)
    expect(pool.preparedRange(keyId)).toEqual({ start: 16, end: 48 })
    expect(pool.preparedRange('ff')).toBeUndefined()
  })
})

describe('preparation', () => {
  it('computes the next tree once the right half is reached, and tells', async () => {
    const prepared: number[] = []
    const { pool, all, keyId } = makePool(2, {
      onPrepared: (_, key) => prepared.push(key.secretKey.leftBottomTreeIndex),
    })
    void pool.submitSign({ keyId, epoch: 15, message })
    expect(await finish(all)).toHaveLength(1)
    void pool.submitSign({ keyId, epoch: 16, message })
    void pool.submitSign({ keyId, epoch: 17, message })
    const requests = await finish(all)
    expect(requests.map(({ type }) => type)).toEqual(['sign', 'sign', 'leaves', 'bottomTree'])
    expect(requests[2]).toMatchObject({ startEpoch: 32, count: 16 })
    expect(pool.preparedRange(keyId)).toEqual({ start: 16, end: 48 })
    expect(prepared).toEqual([1])
  })

  it('an epoch far ahead waits for its trees alone; one behind too', async () => {
    const { pool, all, keyId } = makePool(2)
    const far = result(pool.submitSign({ keyId, epoch: 130, message }))
    const indexes = (requests: WorkerRequest[]) =>
      requests.flatMap((request) => (request.type === 'bottomTree' ? [request.index] : []))
    expect(indexes(await finish(all))).toEqual([8, 9])
    expect(await far).toEqual({ ok: true, value: Uint8Array.of(130) })
    const back = result(pool.submitSign({ keyId, epoch: 112, message }))
    expect(indexes(await finish(all))).toEqual([7])
    expect(await back).toEqual({ ok: true, value: Uint8Array.of(112) })
    expect(pool.preparedRange(keyId)).toEqual({ start: 112, end: 144 })
  })

  it('can be asked for before the first signature', async () => {
    const { pool, all, keyId } = makePool(1)
    const prepared = result(pool.submitPreparation(keyId, 77))
    expect((await finish(all)).map(({ type }) => type)).toEqual([
      'leaves',
      'leaves',
      'bottomTree',
      'bottomTree',
    ])
    expect(await prepared).toEqual({ ok: true, value: { start: 64, end: 96 } })
    expect(await result(pool.submitPreparation(keyId, 66))).toEqual({
      ok: true,
      value: { start: 64, end: 96 },
    })
    expect(pool.submitPreparation(keyId, 256)).toMatchObject({ ok: false, error: { code: 'epochNotActive' } })
    const waiting = result(pool.submitPreparation(keyId, 200))
    await pool.close()
    expect(await waiting).toMatchObject({ ok: false, error: { code: 'closed' } })
  })

  it('the last window stays', async () => {
    const { pool, all, keyId } = makePool(1)
    const last = result(pool.submitSign({ keyId, epoch: 255, message }))
    await finish(all)
    expect(await last).toMatchObject({ ok: true })
    expect(pool.preparedRange(keyId)).toEqual({ start: 224, end: 256 })
    void pool.submitSign({ keyId, epoch: 250, message })
    expect(await finish(all)).toHaveLength(1)
  })

  it('a request whose tree two workers died with fails; the next one tries again', async () => {
    const { pool, all, keyId } = makePool(1)
    const failed = result(pool.submitSign({ keyId, epoch: 100, message }))
    await settle()
    for (let death = 0; death < 4; death++) {
      all.at(-1)!.die()
      all.at(-1)!.ready()
      await settle()
    }
    expect(await failed).toMatchObject({ ok: false, error: { code: 'workerCrashed' } })
    const retried = result(pool.submitSign({ keyId, epoch: 100, message }))
    await finish([all.at(-1)!])
    expect(await retried).toEqual({ ok: true, value: Uint8Array.of(100) })
    expect(pool.status().pendingSignatures).toBe(0)
  })

  it('closing fails what waits for a tree and drains what is ready', async () => {
    const { pool, all, keyId } = makePool(1)
    const ready = result(pool.submitSign({ keyId, epoch: 3, message }))
    const waiting = result(pool.submitSign({ keyId, epoch: 100, message }))
    await settle()
    const closed = pool.close()
    answer(all[0]!)
    await closed
    expect(await ready).toMatchObject({ ok: true })
    expect(await waiting).toMatchObject({ ok: false, error: { code: 'closed' } })
  })
})
