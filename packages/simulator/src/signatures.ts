import { createRandom } from '@trine/actors'
import type { SignRequest, VerificationItem } from '@trine/messages'
import type { SignatureEncoding } from '@trine/types'
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
    verify: (items) => items.map(isDummySignature),
  }
}

/** Layout: mark 8 | public key's first 8 | epoch, u32 big-endian | message's first 16. */
const LENGTH = 36

function dummySignature(publicKey: Uint8Array, epoch: number, message: Uint8Array): Uint8Array {
  const signature = new Uint8Array(LENGTH)
  signature.set(MARK)
  signature.set(publicKey.subarray(0, 8), 8)
  new DataView(signature.buffer).setUint32(16, epoch)
  signature.set(message.subarray(0, 16), 20)
  return signature
}

function isDummySignature({ publicKey, epoch, message, signature }: VerificationItem): boolean {
  if (signature.length !== LENGTH) return false
  let difference = 0
  for (let index = 0; index < 8; index++) {
    difference |= signature[index]! ^ MARK[index]!
    difference |= signature[8 + index]! ^ publicKey[index]!
  }
  for (let index = 0; index < 4; index++) {
    difference |= signature[16 + index]! ^ ((epoch >>> (24 - 8 * index)) & 255)
  }
  for (let index = 0; index < 16; index++) difference |= signature[20 + index]! ^ message[index]!
  return difference === 0
}
