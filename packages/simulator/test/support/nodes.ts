import type { NodeCounts } from '../../src/index.ts'
import { NodeMonitor } from '../../src/monitor.ts'
import type { SimulatedNode } from '../../src/simulatedNode.ts'

export const GENESIS = { root: '0x0', slot: 0 }

type Figures = { readonly lane: string; readonly depth: number; readonly capacity: number }

export type FakeNode = {
  readonly index?: number
  readonly headSlot?: number
  readonly headRoot?: string
  readonly finalizedSlot?: number
  readonly finalizedRoot?: string
  readonly counts?: Partial<NodeCounts>
  readonly isRunning?: boolean
  readonly isAdversary?: boolean
  readonly lane?: Figures
}

/** What checks look at of a node. */
export function fakeNode(of: FakeNode): SimulatedNode {
  const nothing = () => {}
  const monitor = new NodeMonitor(GENESIS, { onBlock: nothing, onFinalized: nothing, onFailure: nothing })
  const [headSlot, finalizedSlot] = [of.headSlot ?? 0, of.finalizedSlot ?? 0]
  monitor.head = { root: of.headRoot ?? `0x${headSlot}`, slot: headSlot }
  monitor.finalized = { root: of.finalizedRoot ?? `0x${finalizedSlot}`, slot: finalizedSlot }
  Object.assign(monitor.counts, of.counts)
  const overfullLane = () =>
    of.lane !== undefined && of.lane.depth > of.lane.capacity
      ? { actor: 'node-0/chain', ...of.lane }
      : undefined
  return {
    index: of.index ?? 0,
    isAdversary: of.isAdversary ?? false,
    monitor,
    node: of.isRunning === false ? undefined : { overfullLane },
  } as unknown as SimulatedNode
}
