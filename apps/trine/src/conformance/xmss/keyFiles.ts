import { decodeSignature, encodeSignature, type PublicKey, type Scheme, verify } from '@trine/xmss'
import { findEncoding } from '@trine/xmss/internals'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { engineDifference, enginesOf, plain } from './engines.ts'
import { byteString, publicKey, schemeOf, words } from './fields.ts'
import { type Check, xmssRunner } from './kind.ts'

/** A signature, perhaps with what led to it. */
export const signed = z.object({
  epoch: z.int(),
  message: byteString,
  rho_counter: z.int().optional(),
  codeword: z.array(z.int()).optional(),
  rho: words.optional(),
  signature: byteString,
  valid: z.boolean(),
})

export type Signed = z.output<typeof signed>

const schema = z.looseObject({
  prf_bytes_per_fe: z.union([z.literal(8), z.literal(16)]),
  public_key: publicKey,
  parameter: words,
  secret_prf_key: byteString,
  signatures: z.array(signed),
})

/** A key without its trees, and signatures: each is valid, and its one-time part comes out of the key again. */
export const keyFileRunner = xmssRunner(
  'signatures',
  ['secret_prf_key', 'signatures'],
  schema,
  function* (file, json) {
    const digits = file.signatures[0]?.codeword?.length ?? 0
    const scheme = { ...schemeOf(json, digits), prfBytesPerElement: file.prf_bytes_per_fe }
    const secret = { prfKey: file.secret_prf_key, parameter: file.parameter }
    for (const [index, vector] of file.signatures.entries()) {
      yield* signatureChecks(`signatures[${index}]`, scheme, file.public_key, secret, vector)
    }
  },
)

/** Verification, encoding, and what the signer has to find. */
export function* signatureChecks(
  name: string,
  scheme: Scheme,
  key: PublicKey,
  secret: { prfKey: Uint8Array; parameter: Uint32Array },
  vector: Signed,
): Generator<Check> {
  const decoded = decodeSignature(scheme, padTo3116(vector.signature), 'padded')
  const { epoch, message } = vector
  yield {
    name: `${name}, verify`,
    check: () =>
      decoded.ok
        ? difference('valid', vector.valid, verify(scheme, key, epoch, message, decoded.value))
        : decoded.error.message,
  }
  // A tampered one is not what the signer makes.
  if (!decoded.ok || !vector.valid) return
  const signature = decoded.value
  yield {
    name: `${name}, encode`,
    check: () =>
      difference(
        'bytes',
        plain(padTo3116(vector.signature)),
        plain(encodeSignature(scheme, signature, 'padded')),
      ),
  }
  yield {
    name: `${name}, sign`,
    check: () => {
      const found = findEncoding(scheme, secret, epoch, message)
      if (!found) return 'encoding: expected one, got none'
      const {
        rho_counter: counter = found.counter,
        codeword = plain(found.codeword),
        rho = found.rho,
      } = vector
      return (
        difference('encoding', { counter, codeword, rho: plain(rho) }, plainFields(found)) ??
        difference('rho', plain(signature.rho), plain(found.rho)) ??
        engineDifference(enginesOf(scheme), 'hashes', signature.hashes, (engine) =>
          engine.revealChains(secret, epoch, found.codeword),
        )
      )
    },
  }
}

const plainFields = (fields: object) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]))

/** The vectors of the test scheme leave the zeros out. */
function padTo3116(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.max(3116, bytes.length))
  padded.set(bytes)
  return padded
}
