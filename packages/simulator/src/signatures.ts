import { createRandom } from '@trine/actors'
import type { SignRequest, VerificationItem } from '@trine/messages'
import { bytesEqual, type SignatureEncoding } from '@trine/types'
import type { Scenario, SignatureMode } from './scenario.ts'
import { createXmssKit } from './xmssKit.ts'

/** How a simulated network signs and verifies. All nodes share one. */
export interface SignatureKit {
  readonly encoding: SignatureEncoding
  /** 52 bytes each, by validator. */
  readonly publicKeys: readonly Uint8Array[]
  /** Signs without asking any ledger; undefined for an epoch outside the key's life. */
  sign(request: SignRequest): Uint8Array | undefined
  verify(items: readonly VerificationItem[]): boolean[]
}

/** The keys of a scenario: the same for the same seed, mode and number of validators. */
export async function createSignatureKit(scenario: Scenario): Promise<SignatureKit> {
  const { signatures, seed, validators, slots } = scenario
  return signatures === 'none'
    ? createDummyKit(seed, validators)
    : await createXmssKit(signatures satisfies Exclude<SignatureMode, 'none'>, seed, validators, slots)
}

const MARK = new TextEncoder().encode('UNSIGNED')

/**
 * Signatures that prove nothing and say so: the mark, then the first bytes of key and message and the epoch. Another
 * key, message or epoch makes them invalid all the same, so that mix-ups are found.
 */
function createDummyKit(seed: string, validators: number): SignatureKit {
  const random = createRandom(seed).split('dummy keys')
  const publicKeys = Array.from({ length: validators }, () => {
    return Uint8Array.from({ length: 52 }, () => random.integer(256))
  })
  return {
    encoding: 'ssz',
    publicKeys,
    sign: ({ validatorIndex, epoch, message }) => dummySignature(publicKeys[validatorIndex]!, epoch, message),
    verify: (items) =>
      items.map(({ publicKey, epoch, message, signature }) =>
        bytesEqual(signature, dummySignature(publicKey, epoch, message)),
      ),
  }
}

function dummySignature(publicKey: Uint8Array, epoch: number, message: Uint8Array): Uint8Array {
  const signature = new Uint8Array(36)
  signature.set(MARK)
  signature.set(publicKey.subarray(0, 8), 8)
  new DataView(signature.buffer).setUint32(16, epoch)
  signature.set(message.subarray(0, 16), 20)
  return signature
}
