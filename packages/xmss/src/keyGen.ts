import { HASH_LENGTH } from './constants.ts'
import { bottomTreeRange } from './epochs.ts'
import { type XmssError, xmssFailure } from './error.ts'
import { type Result, success } from './result.ts'
import { expandSeed, SEED_BYTES, type SeedSecrets } from './seed.ts'
import { buildBottomTree, buildTopTree, computeLeaves, rootOf } from './trees.ts'
import type { EpochRange, KeyPair, Scheme, SecretKey, SubTree } from './types.ts'
import { yieldToEventLoop } from './yieldToEventLoop.ts'

export interface WorkOptions {
  /** Called with the epochs done and their total number. */
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

export interface KeyGenOptions extends WorkOptions {
  /** 32 bytes; the same scheme, range and seed give the same key. Drawn from the platform's generator if left out. */
  readonly seed?: Uint8Array
}

/** What a key will be made of: shared by `keyGen` and by pools that spread its bottom trees over workers. */
export interface KeyPlan extends SeedSecrets {
  readonly scheme: Scheme
  /** Bottom trees [start, end). */
  readonly trees: EpochRange
}

/** Leaves computed between two turns of the event loop: some 10 ms of work. */
const LEAVES_PER_TURN = 64

/** Expands the range and the seed of a key. Errors: `badRange`, `badSeed`. */
export function planKey(
  scheme: Scheme,
  activationEpoch: number,
  numActiveEpochs: number,
  seed: Uint8Array,
): Result<KeyPlan, XmssError> {
  if (seed.length !== SEED_BYTES) {
    return xmssFailure('badSeed', `seed: expected ${SEED_BYTES} bytes, got ${seed.length}`)
  }
  const trees = bottomTreeRange(scheme, activationEpoch, numActiveEpochs)
  if (!trees.ok) return trees
  return success({ scheme, trees: trees.value, ...expandSeed(scheme, trees.value, seed) })
}

/** Puts a key together from the roots of all its bottom trees, in order, and the first two of the trees. */
export function finishKey(
  { scheme, trees, prfKey, parameter, padding }: KeyPlan,
  roots: Uint32Array,
  leftBottomTree: SubTree,
  rightBottomTree: SubTree,
): KeyPair {
  const topTree = buildTopTree(scheme, parameter, trees.start, roots, padding)
  const leaves = 2 ** scheme.logBottomTreeLeaves
  const secretKey: SecretKey = {
    prfKey,
    parameter,
    activationEpoch: trees.start * leaves,
    numActiveEpochs: (trees.end - trees.start) * leaves,
    topTree,
    leftBottomTreeIndex: trees.start,
    leftBottomTree,
    rightBottomTree,
  }
  return { publicKey: { root: rootOf(topTree), parameter }, secretKey }
}

/**
 * Makes a key for at least the given epochs: whole bottom trees, two or more (leanSpec xmss/interface.py, key_gen).
 * Yields to the event loop every few milliseconds. Errors: `badRange`, `badSeed`, `aborted`.
 */
export async function keyGen(
  scheme: Scheme,
  activationEpoch: number,
  numActiveEpochs: number,
  options: KeyGenOptions = {},
): Promise<Result<KeyPair, XmssError>> {
  const seed = options.seed ?? crypto.getRandomValues(new Uint8Array(SEED_BYTES))
  const plan = planKey(scheme, activationEpoch, numActiveEpochs, seed)
  if (!plan.ok) return plan
  const { trees, prfKey, parameter } = plan.value
  const count = trees.end - trees.start
  const leaves = 2 ** scheme.logBottomTreeLeaves
  const roots = new Uint32Array(count * HASH_LENGTH)
  const kept: SubTree[] = []
  for (let index = 0; index < count; index++) {
    const tree = await computeBottomTree(scheme, prfKey, parameter, trees.start + index, {
      ...options,
      onProgress: (done) => options.onProgress?.(index * leaves + done, count * leaves),
    })
    if (!tree.ok) return tree
    roots.set(rootOf(tree.value), index * HASH_LENGTH)
    if (index < 2) kept.push(tree.value)
  }
  return success(finishKey(plan.value, roots, kept[0]!, kept[1]!))
}

/** One bottom tree from the secret key's PRF key, in turns. Errors: `aborted`. */
export async function computeBottomTree(
  scheme: Scheme,
  prfKey: Uint8Array,
  parameter: Uint32Array,
  index: number,
  { onProgress, signal }: WorkOptions = {},
): Promise<Result<SubTree, XmssError>> {
  const count = 2 ** scheme.logBottomTreeLeaves
  const leaves = new Uint32Array(count * HASH_LENGTH)
  for (let done = 0; done < count; done += LEAVES_PER_TURN) {
    await yieldToEventLoop()
    if (signal?.aborted)
      return xmssFailure('aborted', `bottom tree ${index}: aborted after ${done} of ${count} leaves`)
    const turn = Math.min(LEAVES_PER_TURN, count - done)
    leaves.set(computeLeaves(scheme, prfKey, parameter, index * count + done, turn), done * HASH_LENGTH)
    onProgress?.(done + turn, count)
  }
  return success(buildBottomTree(scheme, parameter, index, leaves))
}
