import { HASH_LENGTH, MESSAGE_BYTES, MESSAGE_HASH_LENGTH } from './constants.ts'
import { encoderFor } from './encoder.ts'
import { LANES } from './engine/engine.ts'
import { engineFor } from './engine/engines.ts'
import { activeRange, isEpoch, preparedRange } from './epochs.ts'
import { type XmssError, xmssFailure } from './error.ts'
import { messageInput } from './messageHash.ts'
import { type Result, success } from './result.ts'
import { siblings } from './trees.ts'
import type { Scheme, SecretKey, Signature } from './types.ts'

/** A codeword and the randomness that led to it, at attempt number `counter`. */
export interface Encoding {
  readonly codeword: Uint8Array
  readonly rho: Uint32Array
  readonly counter: number
}

/**
 * Signs a 32-byte message for an epoch (leanSpec xmss/interface.py, sign). Deterministic: the same key, epoch and
 * message give the same signature. NEVER sign two messages for one epoch: it lets others forge. This function keeps no
 * record; the caller must, on disk and before it signs.
 *
 * Errors: `badMessage`, `epochOutOfRange`, `epochNotActive`, `keyExhausted`, `epochNotPrepared`, `noCodeword`.
 */
export function sign(
  scheme: Scheme,
  secretKey: SecretKey,
  epoch: number,
  message: Uint8Array,
): Result<Signature, XmssError> {
  const refused = refusal(scheme, secretKey, epoch, message)
  if (refused) return refused
  const encoding = findEncoding(scheme, secretKey, epoch, message)
  if (!encoding) return xmssFailure('noCodeword', `no valid codeword in ${scheme.maxTries} attempts`)
  const hashes = engineFor(scheme).revealChains(secretKey, epoch, encoding.codeword)
  return success({ path: pathOf(scheme, secretKey, epoch), rho: encoding.rho, hashes })
}

/** Tries randomness from attempt 0 on until the message hash gives a codeword. */
export function findEncoding(
  scheme: Scheme,
  { prfKey, parameter }: Pick<SecretKey, 'prfKey' | 'parameter'>,
  epoch: number,
  message: Uint8Array,
): Encoding | undefined {
  const engine = engineFor(scheme)
  const attempts = engine.randomness(prfKey, epoch, message)
  try {
    return firstEncoding(scheme, attempts, messageInput(parameter, epoch, message))
  } finally {
    engine.forget()
  }
}

function firstEncoding(
  scheme: Scheme,
  attempts: (counter: number) => Uint32Array[],
  input: Uint32Array,
): Encoding | undefined {
  const engine = engineFor(scheme)
  const encoder = encoderFor(scheme)
  const inputs = new Uint32Array(LANES * input.length)
  for (let lane = 0; lane < LANES; lane++) inputs.set(input, lane * input.length)
  for (let counter = 0; counter < scheme.maxTries; counter += LANES) {
    const randomness = attempts(counter)
    randomness.forEach((rho, lane) => {
      inputs.set(rho, lane * input.length)
    })
    const hashes = engine.hashMessages(inputs)
    for (let lane = 0; lane < LANES && counter + lane < scheme.maxTries; lane++) {
      const codeword = encoder.codeword(hashes, lane * MESSAGE_HASH_LENGTH)
      if (codeword) return { codeword, rho: randomness[lane]!, counter: counter + lane }
    }
  }
  return undefined
}

function refusal(scheme: Scheme, secretKey: SecretKey, epoch: number, message: Uint8Array) {
  if (message.length !== MESSAGE_BYTES) {
    return xmssFailure('badMessage', `message: expected ${MESSAGE_BYTES} bytes, got ${message.length}`)
  }
  if (!isEpoch(scheme, epoch)) {
    return xmssFailure('epochOutOfRange', `epoch ${epoch}: expected an integer below 2^${scheme.logLifetime}`)
  }
  const active = activeRange(secretKey)
  const prepared = preparedRange(scheme, secretKey)
  if (epoch < active.start) {
    return xmssFailure('epochNotActive', `epoch ${epoch}: the key's first epoch is ${active.start}`)
  }
  if (epoch >= active.end) {
    return xmssFailure('keyExhausted', `epoch ${epoch}: the key's last epoch is ${active.end - 1}`)
  }
  if (epoch < prepared.start || epoch >= prepared.end) {
    const range = `${prepared.start} to ${prepared.end - 1}`
    return xmssFailure('epochNotPrepared', `epoch ${epoch}: the key is prepared for epochs ${range}`)
  }
  return undefined
}

/** The siblings from an epoch's leaf to the key's root. */
function pathOf(scheme: Scheme, secretKey: SecretKey, epoch: number): Uint32Array {
  const bottomTreeIndex = Math.floor(epoch / 2 ** scheme.logBottomTreeLeaves)
  const { leftBottomTreeIndex, leftBottomTree, rightBottomTree } = secretKey
  const bottomTree = bottomTreeIndex === leftBottomTreeIndex ? leftBottomTree : rightBottomTree
  const path = new Uint32Array(scheme.logLifetime * HASH_LENGTH)
  path.set(siblings(bottomTree, epoch))
  path.set(siblings(secretKey.topTree, bottomTreeIndex), scheme.logBottomTreeLeaves * HASH_LENGTH)
  return path
}
