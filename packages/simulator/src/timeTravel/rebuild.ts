import type { JournalEntry } from '@trine/actors'
import type { StoreStep } from '@trine/chain'
import { MILLISECONDS_PER_INTERVAL, type Moment, millisecondsTo } from '../moment.ts'
import type { NodeIndex } from '../scenario.ts'
import { WARM_UP } from '../world.ts'
import type { JournalHeader } from './journalHeader.ts'
import type { NodeView } from './nodeView.ts'
import { createRebuiltWorld, RebuiltNode } from './rebuiltNode.ts'

/**
 * Rebuilds nodes from the journal of a run as they were at the end of an interval, which is when a run checks its
 * invariants and expectations; without one, at the end of the journal.
 *
 * @param entries those after the first one, which is the header
 * @param onStoreStep told every step of the nodes' fork-choice stores on the way
 */
export async function rebuildNodes(
  header: JournalHeader,
  entries: AsyncIterable<JournalEntry> | Iterable<JournalEntry>,
  nodes: readonly NodeIndex[],
  until: Moment | undefined,
  onStoreStep: (node: NodeIndex, step: StoreStep) => void = () => {},
): Promise<NodeView[]> {
  const world = createRebuiltWorld(header)
  const rebuilt = nodes.map((index) => new RebuiltNode(index, world, (step) => onStoreStep(index, step)))
  const end = until === undefined ? Number.POSITIVE_INFINITY : endOf(until)
  let last = 0
  for await (const entry of entries) {
    if (entry.monotonic > end) break
    last = entry.monotonic
    for (const node of rebuilt) await node.take(entry)
  }
  const views: NodeView[] = []
  for (const node of rebuilt) views.push(await node.view(until === undefined ? last : end))
  return views
}

/** The last instant of an interval, by the simulation's monotonic clock. */
function endOf(moment: Moment): number {
  return WARM_UP + millisecondsTo(moment) + MILLISECONDS_PER_INTERVAL - 1
}
