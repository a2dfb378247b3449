import { activeRange, preparedRange } from './epochs.ts'
import type { XmssError } from './error.ts'
import { computeBottomTree, type WorkOptions } from './keyGen.ts'
import { type Result, success } from './result.ts'
import type { Scheme, SecretKey, SubTree } from './types.ts'

/** Index of the bottom tree that `advancePreparation` would compute, or undefined at the end of the key's life. */
export function nextBottomTreeIndex(scheme: Scheme, secretKey: SecretKey): number | undefined {
  const end = preparedRange(scheme, secretKey).end + 2 ** scheme.logBottomTreeLeaves
  return end > activeRange(secretKey).end ? undefined : secretKey.leftBottomTreeIndex + 2
}

/** The key with its window moved on by a bottom tree: the one of `nextBottomTreeIndex`. */
export function moveWindow(secretKey: SecretKey, next: SubTree): SecretKey {
  return {
    ...secretKey,
    leftBottomTreeIndex: secretKey.leftBottomTreeIndex + 1,
    leftBottomTree: secretKey.rightBottomTree,
    rightBottomTree: next,
  }
}

/**
 * Moves the prepared window on by one bottom tree, which is computed (leanSpec xmss/interface.py,
 * advance_preparation). At the end of the key's life the key comes back as it is. Errors: `aborted`.
 */
export async function advancePreparation(
  scheme: Scheme,
  secretKey: SecretKey,
  options: WorkOptions = {},
): Promise<Result<SecretKey, XmssError>> {
  const index = nextBottomTreeIndex(scheme, secretKey)
  if (index === undefined) return success(secretKey)
  const next = await computeBottomTree(scheme, secretKey.prfKey, secretKey.parameter, index, options)
  return next.ok ? success(moveWindow(secretKey, next.value)) : next
}
