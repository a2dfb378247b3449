import { describe, expect, it } from 'vitest'
import { keyGen } from '../../src/keyGen.ts'
import { encodePublicKey } from '../../src/keys/publicKey.ts'
import { createInlinePool } from '../../src/pool/inline.ts'
import { test as testScheme } from '../../src/schemes.ts'
import { sign } from '../../src/sign.ts'
import { encodeSignature } from '../../src/signatureEncoding.ts'
import { settle } from './fakeWorkers.ts'

const message = new Uint8Array(32).fill(3)
const made = await keyGen(testScheme, 0, 64, { seed: new Uint8Array(32) })
if (!made.ok) throw new Error(made.error.message)
const { publicKey, secretKey } = made.value
const options = { scheme: testScheme, encoding: 'ssz' } as const

const items = Array.from({ length: 30 }, (_, epoch) => {
  const signature = sign(testScheme, secretKey, epoch, message)
  if (!signature.ok) throw new Error(signature.error.message)
  const bytes = encodeSignature(testScheme, signature.value, 'ssz')
  if (epoch % 4 === 1) bytes[40]! ^= 1
  return { publicKey: encodePublicKey(publicKey), epoch, message, signature: bytes }
})
const valid = items.map(({ epoch }) => epoch % 4 !== 1)

describe('inline pool', () => {
  it('does everything in microtasks, in the same order every time', async () => {
    const run = async () => {
      const order: string[] = []
      const pool = createInlinePool(options)
      const keyId = pool.addKey({ scheme: testScheme, publicKey, secretKey })
      const note = (name: string) => (answer: { ok: boolean }) => order.push(`${name} ${answer.ok}`)
      for (const epoch of [3, 40, 20]) {
        const job = pool.submitSign({ keyId, epoch, message })
        if (job.ok) void job.value.result.then(note(`sign ${epoch}`))
      }
      for (const count of [30, 1, 5]) {
        const job = pool.submitVerify(items.slice(0, count))
        if (job.ok) void job.value.result.then(note(`verify ${count}`))
      }
      for (let turn = 0; turn < 20; turn++) await settle()
      await pool.close()
      return order
    }
    const first = await run()
    expect(first).toHaveLength(6)
    expect(first.slice(0, 2)).toEqual(['sign 3 true', 'sign 20 true'])
    expect(await run()).toEqual(first)
  })

  it('answers as the scheme does', async () => {
    const pool = createInlinePool(options)
    const job = pool.submitVerify(items)
    expect(job.ok && (await job.value.result)).toEqual({ ok: true, value: valid })
  })

  it('is bounded and closes like any pool', async () => {
    const pool = createInlinePool({ ...options, maxPendingVerifications: 40 })
    const taken = pool.submitVerify(items)
    expect(pool.submitVerify(items)).toMatchObject({ ok: false, error: { code: 'queueFull' } })
    await pool.close()
    expect(taken.ok && (await taken.value.result)).toEqual({ ok: true, value: valid })
    expect(pool.submitVerify(items)).toMatchObject({ ok: false, error: { code: 'closed' } })
  })

  it('turns a broken invariant into a typed error, not into an exception nobody catches', async () => {
    const pool = createInlinePool(options)
    const broken = { ...secretKey, topTree: { ...secretKey.topTree, layers: [] } }
    const keyId = pool.addKey({ scheme: testScheme, publicKey, secretKey: broken })
    const job = pool.submitSign({ keyId, epoch: 0, message })
    const answer = job.ok ? await job.value.result : job
    expect(answer).toMatchObject({ ok: false, error: { code: 'workerCrashed' } })
  })
})
