import { HASH_LENGTH } from '../constants.ts'
import type { BottomTreeRequest, JobError } from '../ports.ts'
import { failure, type Result } from '../result.ts'
import type { SubTree, TreeLayer } from '../types.ts'
import type { WorkerRequest, WorkerResponse } from './protocol.ts'

/** Runs one request on some worker when nothing more urgent waits. */
export type RunInBackground = (request: WorkerRequest) => Promise<Result<WorkerResponse, JobError>>

const CANCELLED: JobError = { code: 'cancelled', message: 'the caller cancelled it' }

/** Leaves computed in one go: about 20 ms of work, which is how long an urgent task may have to wait. */
const LEAVES_PER_TASK = 128

/** Pieces waiting or running at once: more than there are workers, few enough for a signal to take effect soon. */
const PIECES_AT_ONCE = 64

/** Computes a bottom tree on all workers: the leaves in small pieces, then the layers above them. */
export async function buildTree(
  run: RunInBackground,
  { scheme, prfKey, parameter, index, onLeaves, signal }: BottomTreeRequest,
): Promise<Result<SubTree, JobError>> {
  const leafCount = 2 ** scheme.logBottomTreeLeaves
  const leaves = new Uint32Array(leafCount * HASH_LENGTH)
  let next = 0
  let failed: JobError | undefined
  const work = async () => {
    while (next < leafCount && !failed) {
      const start = next
      next += LEAVES_PER_TASK
      const count = Math.min(LEAVES_PER_TASK, leafCount - start)
      const startEpoch = index * leafCount + start
      const piece = signal?.aborted
        ? failure(CANCELLED)
        : await run({ type: 'leaves', scheme, prfKey, parameter, startEpoch, count })
      if (!piece.ok) {
        failed = piece.error
        return
      }
      leaves.set(piece.value as Uint32Array, start * HASH_LENGTH)
      onLeaves?.(count)
    }
  }
  await Promise.all(Array.from({ length: PIECES_AT_ONCE }, work))
  if (failed) return failure(failed)
  const tree = await run({ type: 'bottomTree', scheme, parameter, index, leaves })
  return tree as Result<SubTree, JobError>
}

/**
 * The same tree in memory that all threads share, where there is such memory (Node; browsers only for isolated
 * pages): a key of 8 MB is then kept once, not once per worker.
 */
export function shareTree(tree: SubTree): SubTree {
  if (typeof SharedArrayBuffer === 'undefined') return tree
  return { ...tree, layers: tree.layers.map(shareLayer) }
}

function shareLayer(layer: TreeLayer): TreeLayer {
  if (layer.nodes.buffer instanceof SharedArrayBuffer) return layer
  const nodes = new Uint32Array(new SharedArrayBuffer(layer.nodes.byteLength))
  nodes.set(layer.nodes)
  return { startIndex: layer.startIndex, nodes }
}
