import { decodeSignature, production, type Scheme, verify } from '@trine/xmss'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { byteString, declaredOrders, publicKey } from './fields.ts'
import { type Check, hasVectorsWith, listOf, xmssRunner } from './kind.ts'

const schema = z.looseObject({
  name: z.string(),
  public_key: publicKey,
  epoch: z.number(),
  message: byteString,
  signature: byteString,
  valid: z.boolean(),
})

type Vector = z.output<typeof schema>

/** Bytes of a production signature before its padding. */
const CONTENT_BYTES = 3100

/** Signatures that were tampered with. */
export const tamperedRunner = {
  ...xmssRunner('tampered signatures', ['vectors'], listOf(schema), ({ vectors }, json) => {
    const scheme = { ...production, roundConstantOrder: declaredOrders(json)[0]! }
    return vectors.map((vector) => tamperedCheck(scheme, vector))
  }),
  recognises: ({ json }: { json?: unknown }) =>
    hasVectorsWith(json, 'name', 'public_key', 'signature', 'valid'),
}

/** The specification ignores the padding's bytes; a strict decoder must not, or one signature has many encodings. */
function tamperedCheck(scheme: Scheme, vector: Vector): Check {
  const isPadded = vector.signature.subarray(CONTENT_BYTES).some((byte) => byte !== 0)
  const note =
    isPadded && vector.valid
      ? 'the padding is not zero: valid by the specification, refused by the strict decoder'
      : undefined
  const check = () => {
    const cleared = vector.signature.slice()
    cleared.fill(0, CONTENT_BYTES)
    const strict = decodeSignature(scheme, vector.signature, 'padded')
    const refusal = isPadded && strict.ok ? 'padding: expected a refusal, got a signature' : undefined
    return (
      refusal ??
      difference('valid', vector.valid, isValid(scheme, vector, isPadded ? cleared : vector.signature))
    )
  }
  return { name: vector.name, check, ...(note !== undefined && { note }) }
}

function isValid(scheme: Scheme, { public_key, epoch, message }: Vector, bytes: Uint8Array): boolean {
  const signature = decodeSignature(scheme, bytes, 'padded')
  return signature.ok && verify(scheme, public_key, epoch, message, signature.value)
}
