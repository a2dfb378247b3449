import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { hexToBytes } from '@noble/hashes/utils.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../../test/support/vectors.ts'
import { keyGen } from '../../src/keyGen.ts'
import { createPool, type NodePoolOptions } from '../../src/pool/node.ts'
import type { SignaturePool, Submission, VerifyItem } from '../../src/ports.ts'
import { devnet, production, test as testScheme } from '../../src/schemes.ts'
import { sign } from '../../src/sign.ts'
import { decodeSignature, encodeSignature } from '../../src/signatureEncoding.ts'
import { verify } from '../../src/verify.ts'

interface KeyVector {
  readonly public_key: string
  readonly signatures: readonly { epoch: number; message: string; signature: string; valid: boolean }[]
}

/** Production signatures of the vectors, as items in their padded encoding. */
function productionItems(): { item: VerifyItem; valid: boolean }[] {
  const path = vectorsPath('xmss', 'production-plonky3', 'key_a.json')
  const { public_key, signatures } = JSON.parse(readFileSync(path, 'utf8')) as KeyVector
  const bytes = (hex: string) => hexToBytes(hex.slice(2))
  return signatures.map(({ epoch, message, signature, valid }) => ({
    item: { publicKey: bytes(public_key), epoch, message: bytes(message), signature: bytes(signature) },
    valid,
  }))
}

function result<Value>(submission: Submission<Value>) {
  if (!submission.ok) throw new Error(submission.error.message)
  return submission.value.result
}

const workers: Worker[] = []
const remember = (worker: Worker) => workers.push(worker)
const pools: SignaturePool[] = []

beforeEach(() => {
  workers.length = 0
  process.on('worker', remember)
})
afterEach(async () => {
  process.off('worker', remember)
  await Promise.all(pools.splice(0).map((pool) => pool.close('now')))
})

function makePool(options: Partial<NodePoolOptions> = {}): SignaturePool {
  const pool = createPool({ scheme: production, encoding: 'padded', workers: 2, ...options })
  pools.push(pool)
  return pool
}

describe('worker threads', () => {
  it('check production signatures of many callers', async () => {
    const pool = makePool()
    const items = productionItems()
    expect(items.length).toBeGreaterThan(10)
    const single = items.map(({ item }) => result(pool.submitVerify([item])))
    const flipped = items.map(({ item }) => {
      const signature = item.signature.slice()
      signature[100]! ^= 1
      return { ...item, signature }
    })
    const block = result(pool.submitVerify([...items.map(({ item }) => item), ...flipped]))
    for (const [index, { valid }] of items.entries())
      expect(await single[index]).toEqual({ ok: true, value: [valid] })
    const expected = [...items.map(({ valid }) => valid), ...flipped.map(() => false)]
    expect(await block).toEqual({ ok: true, value: expected })
    expect(pool.status()).toMatchObject({ workers: 2, pendingVerifications: 0, crashes: 0 })
  })

  it('make the very key that keyGen makes, with progress up to the end', async () => {
    const pool = makePool()
    const seed = new Uint8Array(32).fill(9)
    for (const [scheme, first, count] of [
      [testScheme, 16, 240],
      [devnet, 1024, 3000],
    ] as const) {
      const progress: [number, number][] = []
      const made = await result(
        pool.submitKeyGeneration({
          scheme,
          activationEpoch: first,
          numActiveEpochs: count,
          seed,
          onProgress: (done, total) => progress.push([done, total]),
        }),
      )
      expect(made).toEqual(await keyGen(scheme, first, count, { seed }))
      const total = made.ok ? made.value.secretKey.numActiveEpochs : 0
      expect(progress.at(-1)).toEqual([total, total])
    }
  })

  it('sign like sign, wherever the window is', async () => {
    const pool = makePool({ scheme: testScheme, encoding: 'ssz' })
    const made = await keyGen(testScheme, 0, 256, { seed: new Uint8Array(32).fill(1) })
    if (!made.ok) throw new Error(made.error.message)
    const { publicKey, secretKey } = made.value
    const keyId = pool.addKey({ scheme: testScheme, publicKey, secretKey })
    const message = new Uint8Array(32).fill(5)
    for (const epoch of [0, 15, 16, 31, 200, 201, 255]) {
      const made = await result(pool.submitSign({ keyId, epoch, message }))
      if (!made.ok) throw new Error(made.error.message)
      const signature = decodeSignature(testScheme, made.value, 'ssz')
      expect(signature.ok && verify(testScheme, publicKey, epoch, message, signature.value)).toBe(true)
      if (epoch < 32) {
        const direct = sign(testScheme, secretKey, epoch, message)
        expect(direct.ok && encodeSignature(testScheme, direct.value, 'ssz')).toEqual(made.value)
      }
    }
  })

  it('take bad requests for keys as values, and can be told to stop', async () => {
    const pool = makePool()
    const request = { scheme: devnet, activationEpoch: 0, numActiveEpochs: 2 ** 20, seed: new Uint8Array(32) }
    const bad = await result(pool.submitKeyGeneration({ ...request, numActiveEpochs: 0 }))
    expect(bad).toMatchObject({ ok: false, error: { code: 'badRequest' } })
    const controller = new AbortController()
    const long = result(
      pool.submitKeyGeneration({
        ...request,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      }),
    )
    expect(await long).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  })

  it('that are killed in the middle of jobs do not lose any', async () => {
    const pool = makePool()
    const items = productionItems()
    await result(pool.submitVerify([items[0]!.item]))
    const expected = items.map(({ valid }) => valid)
    // One after the other, each with jobs of its own: a job whose worker dies twice is given up.
    for (const index of [0, 1]) {
      const jobs = Array.from({ length: 40 }, () => result(pool.submitVerify(items.map(({ item }) => item))))
      await Promise.race(jobs)
      await workers[index]!.terminate()
      for (const job of jobs) expect(await job).toEqual({ ok: true, value: expected })
    }
    expect(pool.status()).toMatchObject({ workers: 2, crashes: 2 })
  })

  it('that are killed again and again fail their job with a typed error', async () => {
    const pool = makePool({ workers: 1 })
    await result(pool.submitVerify([]))
    const killer = (worker: Worker) => worker.on('online', () => worker.terminate())
    const long = result(
      pool.submitBottomTree({
        scheme: production,
        prfKey: new Uint8Array(32),
        parameter: new Uint32Array(5),
        index: 0,
        onLeaves: () => {
          process.on('worker', killer)
          void workers[0]!.terminate()
        },
      }),
    )
    expect(await long).toMatchObject({ ok: false, error: { code: 'workerCrashed' } })
    process.off('worker', killer)
    expect(pool.submitVerify([])).toMatchObject({ ok: false, error: { code: 'workerCrashed' } })
  })

  it('under load are closed at once, and every job gets its answer', async () => {
    const pool = makePool()
    const items = productionItems().map(({ item }) => item)
    const jobs = Array.from({ length: 50 }, () => result(pool.submitVerify(items)))
    await jobs[0]
    await pool.close('now')
    const settled = await Promise.all(jobs)
    const codes = new Set(settled.map((answer) => (answer.ok ? 'ok' : answer.error.code)))
    expect(codes).toEqual(new Set(['ok', 'closed']))
    expect(pool.submitVerify(items)).toMatchObject({ ok: false, error: { code: 'closed' } })
  })
})

describe('a process', () => {
  const url = (path: string) => new URL(path, import.meta.url).href
  const run = (code: string) =>
    promisify(execFile)(process.execPath, ['--input-type=module-typescript', '--eval', code], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    })
  const setUp = `
    import { createPool } from '${url('../../src/pool/node.ts')}'
    import { production } from '${url('../../src/schemes.ts')}'
    const pool = createPool({ scheme: production, encoding: 'padded', workers: 2 })
    const item = { publicKey: new Uint8Array(52), epoch: 0, message: new Uint8Array(32), signature: new Uint8Array(3116) }
    const job = pool.submitVerify([item, item])
  `

  it('ends by itself once its jobs are done, also with an open pool', async () => {
    const { stdout } = await run(`${setUp} console.log(JSON.stringify(await job.value.result))`)
    expect(JSON.parse(stdout)).toEqual({ ok: true, value: [false, false] })
  })

  it('ends after close, which waits for the jobs', async () => {
    const { stdout } = await run(
      `${setUp} await pool.close(); console.log(JSON.stringify(await job.value.result))`,
    )
    expect(JSON.parse(stdout)).toEqual({ ok: true, value: [false, false] })
  })
})
