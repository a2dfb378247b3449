import {
  decodePublicKey,
  decodeSignature,
  encodeSignature,
  production,
  type Signature,
  verify,
} from '@trine/xmss'
import { RawKernels } from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { plain } from './engines.ts'
import { byteString, declaredOrders, join, wordsOf } from './fields.ts'
import { vectorsRunner } from './kind.ts'

const schema = z.object({
  key: z.string(),
  epoch: z.int(),
  message: byteString,
  public_key_canonical: byteString,
  public_key_bincode_montgomery: byteString,
  leanspec_d1_bytes3116: byteString,
  leansig_ssz_3112: byteString,
  leansig_bincode_fixint_3116: byteString,
})

/** One signature in every layout seen around devnet-1: decoded from each, encoded to the others, verified. */
export const encodingsRunner = vectorsRunner(
  'encodings',
  ['leanspec_d1_bytes3116', 'leansig_ssz_3112', 'public_key_canonical'],
  schema,
  (vector, _index, json) => ({
    name: vector.key,
    check: () => {
      const scheme = { ...production, roundConstantOrder: declaredOrders(json)[0]! }
      const key = decodePublicKey(vector.public_key_canonical)
      const signature = decodeSignature(scheme, vector.leansig_ssz_3112, 'ssz3112')
      if (!key.ok) return key.error.message
      if (!signature.ok) return signature.error.message
      const padded = decodeSignature(scheme, vector.leanspec_d1_bytes3116, 'padded')
      const encode = (encoding: 'padded' | 'ssz3112' | 'ssz') =>
        plain(encodeSignature(scheme, signature.value, encoding))
      const keyElements = join([key.value.root, key.value.parameter])
      return (
        difference('padded', plain(vector.leanspec_d1_bytes3116), encode('padded')) ??
        difference('ssz3112', plain(vector.leansig_ssz_3112), encode('ssz3112')) ??
        difference('ssz', plain(vector.leansig_ssz_3112), encode('ssz')) ??
        difference('from padded', signature, padded) ??
        difference('bincode', plain(vector.leansig_bincode_fixint_3116), plain(bincode(signature.value))) ??
        difference(
          'public key',
          plain(wordsOf(vector.public_key_bincode_montgomery)),
          plain(montgomery(keyElements)),
        ) ??
        difference('valid', true, verify(scheme, key.value, vector.epoch, vector.message, signature.value))
      )
    },
  }),
)

/** Montgomery forms of any number of elements. */
function montgomery(elements: Uint32Array): Uint32Array {
  const whole = new Uint32Array(Math.ceil(elements.length / 4) * 4)
  whole.set(elements)
  return RawKernels.create()!.toMontgomery(whole).subarray(0, elements.length)
}

/** leanSig's serde layout: each list after its length in 64 bits, elements in Montgomery form. */
function bincode({ path, rho, hashes }: Signature): Uint8Array {
  const parts = [
    Uint32Array.of(path.length / 8, 0),
    montgomery(path),
    montgomery(rho),
    Uint32Array.of(hashes.length / 8, 0),
    montgomery(hashes),
  ]
  return new Uint8Array(join(parts).buffer)
}
