import type { OpenedKey } from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'
import { Progress } from '../progress.ts'

const DIGEST_ELEMENTS = 8

/** Computes every bottom tree again, on all cores, and compares its root with the top tree; what differs, or undefined. */
export async function verifyAllTrees({ scheme, secretKey }: OpenedKey): Promise<string | undefined> {
  const { prfKey, parameter, activationEpoch, numActiveEpochs, topTree } = secretKey
  const leaves = 2 ** scheme.logBottomTreeLeaves
  const lowest = topTree.layers[0]!
  const progress = new Progress(process.stderr, numActiveEpochs)
  const pool = createPool({ scheme, encoding: 'ssz3112' })
  let done = 0
  const onLeaves = (count: number) => {
    done += count
    progress.update(done, 'leaves')
  }
  try {
    for (
      let index = activationEpoch / leaves;
      index < (activationEpoch + numActiveEpochs) / leaves;
      index++
    ) {
      const job = pool.submitBottomTree({ scheme, prfKey, parameter, index, onLeaves })
      const tree = job.ok ? await job.value.result : job
      if (!tree.ok) throw new Error(`bottom tree ${index}: ${tree.error.message}`)
      const root = tree.value.layers.at(-1)!.nodes
      const position = (index - lowest.startIndex) * DIGEST_ELEMENTS
      if (!root.every((element, offset) => element === lowest.nodes[position + offset])) {
        return `bottom tree ${index}: the secret gives another root`
      }
    }
    return undefined
  } finally {
    progress.clear()
    await pool.close('now')
  }
}
