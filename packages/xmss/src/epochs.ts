import { type XmssError, xmssFailure } from './error.ts'
import { type Result, success } from './result.ts'
import type { EpochRange, Scheme, SecretKey } from './types.ts'

/** True for the epochs of a scheme: integers from 0 to 2^logLifetime - 1. */
export function isEpoch(scheme: Scheme, epoch: number): boolean {
  return Number.isInteger(epoch) && epoch >= 0 && epoch < 2 ** scheme.logLifetime
}

/**
 * The bottom trees [start, end) that a key needs for the wanted epochs (leanSpec xmss/utils.py,
 * expand_activation_time): the start rounded down, the end up, at least two trees, moved back if they would leave the
 * lifetime.
 */
export function bottomTreeRange(
  scheme: Scheme,
  activationEpoch: number,
  numActiveEpochs: number,
): Result<EpochRange, XmssError> {
  const wanted = `epochs from ${activationEpoch}, ${numActiveEpochs} of them`
  if (!isEpoch(scheme, activationEpoch) || !Number.isInteger(numActiveEpochs) || numActiveEpochs < 1) {
    return xmssFailure(
      'badRange',
      `${wanted}: expected a first epoch below 2^${scheme.logLifetime} and at least one`,
    )
  }
  if (activationEpoch + numActiveEpochs > 2 ** scheme.logLifetime) {
    return xmssFailure('badRange', `${wanted}: expected an end of at most 2^${scheme.logLifetime}`)
  }
  const leaves = 2 ** scheme.logBottomTreeLeaves
  const trees = 2 ** (scheme.logLifetime - scheme.logBottomTreeLeaves)
  const start = Math.floor(activationEpoch / leaves)
  const end = Math.max(Math.ceil((activationEpoch + numActiveEpochs) / leaves), start + 2)
  const excess = Math.max(0, end - trees)
  return success({ start: start - excess, end: end - excess })
}

/** The epochs a key may sign, each once. */
export function activeRange({ activationEpoch, numActiveEpochs }: SecretKey): EpochRange {
  return { start: activationEpoch, end: activationEpoch + numActiveEpochs }
}

/** The epochs a key can sign now, with the two bottom trees it holds. */
export function preparedRange(scheme: Scheme, { leftBottomTreeIndex }: SecretKey): EpochRange {
  const leaves = 2 ** scheme.logBottomTreeLeaves
  return { start: leftBottomTreeIndex * leaves, end: (leftBottomTreeIndex + 2) * leaves }
}
