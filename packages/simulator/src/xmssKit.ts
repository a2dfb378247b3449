import { createRandom } from '@trine/actors'
import type { SignRequest, VerificationItem } from '@trine/messages'
import type { SignatureEncoding } from '@trine/types'
import {
  buildBottomTree,
  computeLeaves,
  decodePublicKey,
  decodeSignature,
  encodePublicKey,
  encodeSignature,
  type KeyPair,
  keyGen,
  moveWindow,
  nextBottomTreeIndex,
  preparedRange,
  type Scheme,
  type SecretKey,
  type SignedMessage,
  schemes,
  sign,
  verifyBatch,
} from '@trine/xmss'
import type { SignatureKit } from './signatures.ts'

/** What every client of devnet-1 sends. */
const ENCODING = 'ssz3112'

/** Keys of real XMSS signatures, made from the seed, for at least the slots of the run. */
export async function createXmssKit(
  schemeName: 'test' | 'devnet',
  seed: string,
  validators: number,
  slots: number,
): Promise<SignatureKit> {
  const scheme = schemes[schemeName]
  const keys: KeyPair[] = []
  for (let index = 0; index < validators; index++) {
    const random = createRandom(seed).split(`key ${index}`)
    const keySeed = Uint8Array.from({ length: 32 }, () => random.integer(256))
    const key = await keyGen(scheme, 0, Math.min(slots + 1, 2 ** scheme.logLifetime), { seed: keySeed })
    if (!key.ok) throw new Error(`${schemeName} key for ${slots} slots: ${key.error.message}`)
    keys.push(key.value)
  }
  return {
    encoding: ENCODING,
    publicKeys: keys.map(({ publicKey }) => encodePublicKey(publicKey)),
    sign: (request) => signWith(scheme, keys, request),
    verify: (items) => verifyItems(scheme, ENCODING, items),
  }
}

function signWith(scheme: Scheme, keys: KeyPair[], { validatorIndex, epoch, message }: SignRequest) {
  const key = keys[validatorIndex]
  if (key === undefined) return undefined
  const secretKey = preparedFor(scheme, key.secretKey, epoch)
  keys[validatorIndex] = { ...key, secretKey }
  const signature = sign(scheme, secretKey, epoch, message)
  return signature.ok ? encodeSignature(scheme, signature.value, ENCODING) : undefined
}

/** The key with its window moved on to an epoch, as far as it goes. Takes its time within the call: virtual time waits. */
function preparedFor(scheme: Scheme, secretKey: SecretKey, epoch: number): SecretKey {
  let prepared = secretKey
  while (epoch >= preparedRange(scheme, prepared).end) {
    const index = nextBottomTreeIndex(scheme, prepared)
    if (index === undefined) return prepared
    const { prfKey, parameter } = prepared
    const count = 2 ** scheme.logBottomTreeLeaves
    const leaves = computeLeaves(scheme, prfKey, parameter, index * count, count)
    prepared = moveWindow(prepared, buildBottomTree(scheme, parameter, index, leaves))
  }
  return prepared
}

/** Verifies signatures in an encoding; bytes that are none are invalid. */
export function verifyItems(
  scheme: Scheme,
  encoding: SignatureEncoding,
  items: readonly VerificationItem[],
): boolean[] {
  const verdicts = items.map(() => false)
  const decoded: { readonly index: number; readonly item: SignedMessage }[] = []
  for (const [index, { publicKey, epoch, message, signature }] of items.entries()) {
    const key = decodePublicKey(publicKey)
    const value = decodeSignature(scheme, signature, encoding)
    if (key.ok && value.ok) {
      decoded.push({ index, item: { publicKey: key.value, epoch, message, signature: value.value } })
    }
  }
  const answers = verifyBatch(
    scheme,
    decoded.map(({ item }) => item),
  )
  for (const [position, { index }] of decoded.entries()) verdicts[index] = answers[position]!
  return verdicts
}
