import type { SignatureCheck } from '@trine/state-transition'
import {
  decodePublicKey,
  decodeSignature,
  type Scheme,
  type SignatureEncoding,
  type SignedMessage,
  verifyBatch,
} from '@trine/xmss'

/** Verifies the signatures of a block or vote: says which is wrong and why, `undefined` when none is. */
export function wrongSignature(
  scheme: Scheme,
  checks: readonly SignatureCheck[],
  encoding: SignatureEncoding,
): string | undefined {
  const items: SignedMessage[] = []
  for (const { publicKey, signature, epoch, message, validatorIndex } of checks) {
    const key = decodePublicKey(publicKey)
    if (!key.ok) return `public key of validator ${validatorIndex}: ${key.error.message}`
    const decoded = decodeSignature(scheme, signature, encoding)
    if (!decoded.ok) return `signature of validator ${validatorIndex}: ${decoded.error.message}`
    items.push({ publicKey: key.value, epoch, message, signature: decoded.value })
  }
  const wrong = verifyBatch(scheme, items).indexOf(false)
  if (wrong < 0) return undefined
  const { validatorIndex, epoch } = checks[wrong]!
  return `signatures[${wrong}] of validator ${validatorIndex}, epoch ${epoch}: expected a valid one, got one that is not`
}
