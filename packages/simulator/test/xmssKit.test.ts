import { describe, expect, it } from 'vitest'
import { createSignatureKit, DEFAULT_SCENARIO } from '../src/index.ts'

const scenario = { ...DEFAULT_SCENARIO, signatures: 'test' as const, validators: 2, slots: 100, seed: 'keys' }
const message = new Uint8Array(32).fill(3)

describe('a kit of real keys', () => {
  it('is the same for the same seed', async () => {
    const [one, same, other] = [
      await createSignatureKit(scenario),
      await createSignatureKit(scenario),
      await createSignatureKit({ ...scenario, seed: 'other' }),
    ]
    expect(one.publicKeys).toEqual(same.publicKeys)
    expect(one.publicKeys).not.toEqual(other.publicKeys)
    expect(one.publicKeys.map(({ length }) => length)).toEqual([52, 52])
  })

  it('signs in every slot of the run, whatever was signed before, and what it signs verifies', async () => {
    const kit = await createSignatureKit(scenario)
    // The trees at hand cover 32 epochs: the key moves on, and an epoch that it has left is gone.
    const epochs = [0, 1, 31, 32, 60, 99]
    const items = epochs.map((epoch) => {
      const signature = kit.sign({ validatorIndex: 1, epoch, message })
      if (signature === undefined) throw new Error(`no signature for epoch ${epoch}`)
      return { publicKey: kit.publicKeys[1]!, epoch, message, signature }
    })
    const others = [
      { ...items[0]!, publicKey: kit.publicKeys[0]! },
      { ...items[0]!, epoch: 1 },
      { ...items[0]!, message: new Uint8Array(32) },
      { ...items[0]!, signature: new Uint8Array(3) },
      { ...items[0]!, publicKey: new Uint8Array(52).fill(255) },
    ]
    expect(kit.verify([...items, ...others])).toEqual([...epochs.map(() => true), ...others.map(() => false)])
  })

  it('does not sign for whom it has no key, or for an epoch that no key has', async () => {
    const kit = await createSignatureKit(scenario)
    expect(kit.sign({ validatorIndex: 2, epoch: 0, message })).toBeUndefined()
    expect(kit.sign({ validatorIndex: 0, epoch: 100_000, message })).toBeUndefined()
  })
})
