import { HASH_LENGTH } from '../constants.ts'
import { finishKey, type KeyPlan, planKey } from '../keyGen.ts'
import type { JobError, KeyRequest } from '../ports.ts'
import { failure, type Result, success } from '../result.ts'
import { rootOf } from '../trees.ts'
import type { KeyPair, SubTree } from '../types.ts'
import { buildTree, type RunInBackground } from './trees.ts'

/** Trees under way at once: while the last pieces of one are computed, the next keeps the other workers busy. */
const TREES_AT_ONCE = 2

/** `keyGen` on all workers: the same key from the same request. */
export async function generateKey(
  run: RunInBackground,
  request: KeyRequest,
): Promise<Result<KeyPair, JobError>> {
  const { scheme, activationEpoch, numActiveEpochs, seed } = request
  const plan = planKey(scheme, activationEpoch, numActiveEpochs, seed)
  if (!plan.ok) return failure({ code: 'badRequest', message: plan.error.message })
  const trees = await buildAllTrees(run, request, plan.value)
  if (!trees.ok) return trees
  const { roots, left, right } = trees.value
  return success(finishKey(plan.value, roots, left, right))
}

interface BuiltTrees {
  readonly roots: Uint32Array
  readonly left: SubTree
  readonly right: SubTree
}

async function buildAllTrees(
  run: RunInBackground,
  { onProgress, signal }: KeyRequest,
  { scheme, trees, prfKey, parameter }: KeyPlan,
): Promise<Result<BuiltTrees, JobError>> {
  const total = (trees.end - trees.start) * 2 ** scheme.logBottomTreeLeaves
  const roots = new Uint32Array((trees.end - trees.start) * HASH_LENGTH)
  const kept: SubTree[] = []
  let done = 0
  let next = trees.start
  let failed: JobError | undefined
  const onLeaves = (count: number) => {
    done += count
    onProgress?.(done, total)
  }
  const work = async () => {
    while (next < trees.end && !failed) {
      const index = next++
      const tree = await buildTree(run, { scheme, prfKey, parameter, index, onLeaves, signal })
      if (!tree.ok) {
        failed = tree.error
        return
      }
      const position = index - trees.start
      roots.set(rootOf(tree.value), position * HASH_LENGTH)
      if (position < 2) kept[position] = tree.value
    }
  }
  await Promise.all(Array.from({ length: TREES_AT_ONCE }, work))
  if (failed) return failure(failed)
  return success({ roots, left: kept[0]!, right: kept[1]! })
}
