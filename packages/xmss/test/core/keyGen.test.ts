import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  activeRange,
  advancePreparation,
  bottomTreeRange,
  type KeyPair,
  keyGen,
  preparedRange,
  type Scheme,
  type SecretKey,
  sign,
  test,
  verify,
} from '../../src/index.ts'

const seed = new Uint8Array(32).fill(1)

async function make(
  activationEpoch: number,
  count: number,
  from = seed,
  scheme: Scheme = test,
): Promise<KeyPair> {
  const made = await keyGen(scheme, activationEpoch, count, { seed: from })
  if (!made.ok) throw new Error(made.error.message)
  return made.value
}

const code = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? 'ok' : result.error?.code)
const message = new Uint8Array(32)

describe('keyGen', () => {
  it('gives the same key for the same scheme, range and seed, and another for any other', async () => {
    const first = await make(0, 40)
    expect(await make(0, 40)).toEqual(first)
    const others = [
      await make(0, 40, new Uint8Array(32).fill(2)),
      await make(48, 40),
      await make(0, 64),
      await make(0, 40, seed, { ...test, prfBytesPerElement: 16 }),
      await make(0, 40, seed, { ...test, logBottomTreeLeaves: 3 }),
    ]
    const prfKeys = [first, ...others].map(({ secretKey }) => Buffer.from(secretKey.prfKey).toString('hex'))
    expect(new Set(prfKeys).size).toBe(prfKeys.length)
  })

  it('draws a fresh seed without one', async () => {
    const [left, right] = [await keyGen(test, 0, 1), await keyGen(test, 0, 1)]
    expect(left.ok && right.ok && left.value.publicKey.root).not.toEqual(
      right.ok && right.value.publicKey.root,
    )
  })

  it('tells its progress, ending with all epochs', async () => {
    const calls: [number, number][] = []
    await keyGen(test, 0, 40, { seed, onProgress: (done, total) => calls.push([done, total]) })
    expect(calls).toEqual([
      [16, 48],
      [32, 48],
      [48, 48],
    ])
  })

  it('stops when told to', async () => {
    const controller = new AbortController()
    const made = keyGen(test, 0, 256, {
      seed,
      signal: controller.signal,
      onProgress: (done) => {
        if (done >= 32) controller.abort()
      },
    })
    expect(code(await made)).toBe('aborted')
    expect(code(await keyGen(test, 0, 40, { seed, signal: AbortSignal.abort() }))).toBe('aborted')
  })

  it('lets others work meanwhile', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await keyGen({ ...test, logBottomTreeLeaves: 8, logLifetime: 12 }, 0, 4096, { seed })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
  })

  it.each([
    [-1, 10],
    [0.5, 10],
    [256, 1],
    [250, 7],
    [0, 0],
    [0, 1.5],
    [0, Number.NaN],
    [0, Infinity],
  ])('refuses epochs from %d, %d of them', async (activationEpoch, count) => {
    expect(code(await keyGen(test, activationEpoch, count, { seed }))).toBe('badRange')
  })

  it('refuses a seed that is not 32 bytes', async () => {
    expect(code(await keyGen(test, 0, 1, { seed: new Uint8Array(31) }))).toBe('badSeed')
  })

  it('covers what was asked for with whole bottom trees, two or more, within the lifetime', () => {
    const range = fc
      .integer({ min: 0, max: 255 })
      .chain((start) => fc.tuple(fc.constant(start), fc.integer({ min: 1, max: 256 - start })))
    fc.assert(
      fc.property(range, fc.constantFrom(3, 4, 5), ([start, count], logBottomTreeLeaves) => {
        const trees = bottomTreeRange({ ...test, logBottomTreeLeaves }, start, count)
        if (!trees.ok) throw new Error(trees.error.message)
        const leaves = 2 ** logBottomTreeLeaves
        expect(trees.value.start * leaves).toBeLessThanOrEqual(start)
        expect(trees.value.end * leaves).toBeGreaterThanOrEqual(start + count)
        expect(trees.value.end - trees.value.start).toBeGreaterThanOrEqual(2)
        expect(trees.value.start).toBeGreaterThanOrEqual(0)
        expect(trees.value.end * leaves).toBeLessThanOrEqual(256)
      }),
    )
  })
})

describe('the life of a key', () => {
  it('signs exactly the active epochs, once the window has come to them', async () => {
    let { publicKey, secretKey } = await make(70, 50)
    const active = activeRange(secretKey)
    expect(active).toEqual({ start: 64, end: 128 })
    for (let epoch = active.start; epoch < active.end; epoch++) {
      if (epoch >= preparedRange(test, secretKey).end) {
        expect(code(sign(test, secretKey, epoch, message))).toBe('epochNotPrepared')
        secretKey = await advanced(secretKey)
      }
      const signature = sign(test, secretKey, epoch, message)
      expect(signature.ok && verify(test, publicKey, epoch, message, signature.value)).toBe(true)
    }
    expect(code(sign(test, secretKey, active.start, message))).toBe('epochNotPrepared')
    expect(code(sign(test, secretKey, active.start - 1, message))).toBe('epochNotActive')
    expect(code(sign(test, secretKey, active.end, message))).toBe('keyExhausted')
    expect(await advanced(secretKey)).toBe(secretKey)
  })

  async function advanced(secretKey: SecretKey): Promise<SecretKey> {
    const next = await advancePreparation(test, secretKey)
    if (!next.ok) throw new Error(next.error.message)
    return next.value
  }

  it('refuses what is no epoch or no message', async () => {
    const { secretKey } = await make(0, 1)
    for (const epoch of [-1, 0.5, Number.NaN, 256, 2 ** 32]) {
      expect(code(sign(test, secretKey, epoch, message))).toBe('epochOutOfRange')
    }
    expect(code(sign(test, secretKey, 0, new Uint8Array(31)))).toBe('badMessage')
  })

  it('gives up when no attempt has a codeword', async () => {
    const hopeless = { ...test, maxTries: 1 }
    const { secretKey } = await make(0, 1, seed, hopeless)
    const codes = Array.from({ length: 32 }, (_, epoch) => code(sign(hopeless, secretKey, epoch, message)))
    expect(new Set(codes)).toEqual(new Set(['ok', 'noCodeword']))
  })

  it('stops preparing when told to', async () => {
    const { secretKey } = await make(0, 64)
    expect(code(await advancePreparation(test, secretKey, { signal: AbortSignal.abort() }))).toBe('aborted')
  })
})
