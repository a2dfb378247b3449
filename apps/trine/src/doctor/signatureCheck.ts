import { randomBytes } from 'node:crypto'
import type { SignatureEncoding } from '@trine/types'
import { encodePublicKey, encodeSignature, type Scheme, type SignaturePool } from '@trine/xmss'
import { findEncoding } from '@trine/xmss/internals'
import { type Check, fail, ok, unknown, warn } from './check.ts'

const SIGNATURES = 64
const LEAST_BATCHES = 8
const LEAST_MILLISECONDS = 200
const LONGEST_MILLISECONDS = 3000
/** HASH_LENGTH and PARAMETER_LENGTH field elements make up a public key. */
const [ROOT_LENGTH, PARAMETER_LENGTH] = [8, 5]

/**
 * How many signatures a second the pool verifies, beside the votes of a slot, which have an interval of a second to be
 * counted in. No key is used: the signatures are wrong, but only at their very end.
 */
export async function checkVerifyRate(
  pool: SignaturePool,
  { scheme, signatureEncoding }: { readonly scheme: Scheme; readonly signatureEncoding: SignatureEncoding },
  validators: number,
): Promise<Check> {
  const name = 'verify rate'
  const items = Array.from({ length: SIGNATURES }, () => makeItem(scheme, signatureEncoding))
  const measure = async () => {
    const begin = performance.now()
    const job = pool.submitVerify(items)
    const result = job.ok ? await job.value.result : job
    return result.ok ? performance.now() - begin : undefined
  }
  // Workers start, load and compile with their first work, one later than the other: the best batch counts.
  let [time, best] = [0, Number.POSITIVE_INFINITY]
  for (let batch = 0; batch < LEAST_BATCHES || time < LEAST_MILLISECONDS; batch++) {
    const taken = await measure()
    if (taken === undefined) return unknown(name, 'the pool takes no more work now')
    time += taken
    best = Math.min(best, taken)
    if (time > LONGEST_MILLISECONDS) break
  }
  const rate = Math.floor((items.length * 1000) / best)
  const detail = `${rate} a second, for ${validators} votes a slot`
  const fix = 'more or faster cores; end other work on this machine'
  if (rate * 4 < validators) return fail(name, detail, fix)
  return rate < 2 * validators ? warn(name, detail, fix) : ok(name, detail)
}

/** A signature that takes all the work to refuse: all is in form, the codeword valid, and only the root differs. */
function makeItem(scheme: Scheme, encoding: SignatureEncoding) {
  const [epoch, message] = [0, randomBytes(32)]
  const parameter = elements(PARAMETER_LENGTH)
  const found = findEncoding(scheme, { prfKey: randomBytes(32), parameter }, epoch, message)
  if (found === undefined) throw new Error('expected a codeword, found none')
  const signature = {
    path: elements(scheme.logLifetime * ROOT_LENGTH),
    rho: found.rho,
    hashes: elements(scheme.dimension * ROOT_LENGTH),
  }
  return {
    publicKey: encodePublicKey({ root: elements(ROOT_LENGTH), parameter }),
    epoch,
    message,
    signature: encodeSignature(scheme, signature, encoding),
  }
}

/** Field elements: below 2^30, so certainly below the field's order. */
function elements(length: number): Uint32Array {
  const bytes = randomBytes(4 * length)
  return Uint32Array.from({ length }, (_, index) => bytes.readUInt32LE(4 * index) >>> 2)
}
