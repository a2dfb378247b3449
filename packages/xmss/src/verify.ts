import {
  HASH_LENGTH,
  MESSAGE_BYTES,
  MESSAGE_HASH_LENGTH,
  PARAMETER_LENGTH,
  RANDOMNESS_LENGTH,
} from './constants.ts'
import { encoderFor } from './encoder.ts'
import { LANES, type Opening } from './engine/engine.ts'
import { engineFor } from './engine/engines.ts'
import { isEpoch } from './epochs.ts'
import { areElements } from './field.ts'
import { MESSAGE_INPUT_LENGTH, messageInput } from './messageHash.ts'
import type { PublicKey, Scheme, Signature } from './types.ts'

/** A signature to check. */
export interface SignedMessage {
  readonly publicKey: PublicKey
  readonly epoch: number
  /** 32 bytes. */
  readonly message: Uint8Array
  readonly signature: Signature
}

/**
 * Checks a signature (leanSpec xmss/interface.py, verify). Whatever is wrong with the input (lengths, elements not
 * below P, an epoch outside the scheme), the answer is false: it never throws.
 */
export function verify(
  scheme: Scheme,
  publicKey: PublicKey,
  epoch: number,
  message: Uint8Array,
  signature: Signature,
): boolean {
  return verifyBatch(scheme, [{ publicKey, epoch, message, signature }])[0]!
}

/** Checks signatures of any keys, four at a time: about half the work of one at a time. One answer for each, in order. */
export function verifyBatch(scheme: Scheme, items: readonly SignedMessage[]): boolean[] {
  const answers = items.map(() => false)
  const wellFormed = items.map((_, index) => index).filter((index) => isWellFormed(scheme, items[index]!))
  const opened = inGroups(wellFormed).flatMap((group) => openings(scheme, items, group))
  for (const group of inGroups(opened)) {
    const roots = engineFor(scheme).roots(group.map(({ opening }) => opening))
    group.forEach(({ index }, lane) => {
      answers[index] = isEqual(roots[lane]!, items[index]!.publicKey.root)
    })
  }
  return answers
}

/** Of up to four items, those whose message hash gives a codeword. */
function openings(scheme: Scheme, items: readonly SignedMessage[], indices: readonly number[]) {
  const inputs = new Uint32Array(indices.length * MESSAGE_INPUT_LENGTH)
  indices.forEach((index, lane) => {
    const { publicKey, epoch, message, signature } = items[index]!
    const input = messageInput(publicKey.parameter, epoch, message)
    input.set(signature.rho)
    inputs.set(input, lane * MESSAGE_INPUT_LENGTH)
  })
  const hashes = engineFor(scheme).hashMessages(inputs)
  return indices.flatMap((index, lane): { index: number; opening: Opening }[] => {
    const codeword = encoderFor(scheme).codeword(hashes, lane * MESSAGE_HASH_LENGTH)
    if (!codeword) return []
    const { publicKey, epoch, signature } = items[index]!
    const { hashes: digests, path } = signature
    return [{ index, opening: { parameter: publicKey.parameter, epoch, codeword, hashes: digests, path } }]
  })
}

function isWellFormed(scheme: Scheme, { publicKey, epoch, message, signature }: SignedMessage): boolean {
  return (
    isEpoch(scheme, epoch) &&
    message.length === MESSAGE_BYTES &&
    hasElements(publicKey.root, HASH_LENGTH) &&
    hasElements(publicKey.parameter, PARAMETER_LENGTH) &&
    hasElements(signature.rho, RANDOMNESS_LENGTH) &&
    hasElements(signature.path, scheme.logLifetime * HASH_LENGTH) &&
    hasElements(signature.hashes, scheme.dimension * HASH_LENGTH)
  )
}

const hasElements = (words: Uint32Array, length: number): boolean =>
  words.length === length && areElements(words)

function isEqual(left: Uint32Array, right: Uint32Array): boolean {
  return left.every((word, index) => word === right[index])
}

function inGroups<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / LANES) }, (_, group) =>
    items.slice(group * LANES, (group + 1) * LANES),
  )
}
