import type { Reference } from './events.ts'
import type { Change, Model } from './model.ts'

/** One node among several. */
export type NodeStanding = {
  readonly name: string
  readonly head: Reference | undefined
  readonly justified: Reference | undefined
  readonly finalized: Reference | undefined
  /** Nodes with the same head have the same letter; A is the head of most. */
  readonly group: string
  /** The tick since which its head is not the one of most nodes; undefined when it is. */
  readonly differsSince: number | undefined
}

/** The heads of a node over time, as a model keeps them. */
export type HeadHistory = Pick<Model, 'head' | 'justified' | 'finalized' | 'tick'> & {
  readonly name: string
  readonly heads: readonly Change[]
}

/** Where the heads of nodes differ, and since when. */
export function compareNodes(nodes: readonly HeadHistory[]): NodeStanding[] {
  const counts = new Map<string, number>()
  for (const { head } of nodes) if (head) counts.set(head.root, (counts.get(head.root) ?? 0) + 1)
  const order = [...counts].sort((left, right) => right[1] - left[1]).map(([root]) => root)
  const reference = nodes.find(({ head }) => head?.root === order[0])
  return nodes.map((node) => {
    const { name, head, justified, finalized } = node
    const isSame = head === undefined || head.root === order[0]
    return {
      name,
      head,
      justified,
      finalized,
      group: head === undefined ? '-' : letter(order.indexOf(head.root)),
      differsSince: isSame || reference === undefined ? undefined : lastAgreement(node, reference),
    }
  })
}

/** The tick at which two nodes that now differ last stopped having the same head: both histories, from their ends. */
function lastAgreement(node: HeadHistory, reference: HeadHistory): number {
  let [at, other] = [node.heads.length - 1, reference.heads.length - 1]
  let since = node.tick
  while (at >= 0 && other >= 0) {
    const [mine, theirs] = [node.heads[at]!, reference.heads[other]!]
    if (mine.root === theirs.root) break
    since = Math.max(mine.at, theirs.at)
    // Before the later of the two changes, the one that made it had its former head.
    if (mine.at >= since) at -= 1
    if (theirs.at >= since) other -= 1
  }
  return since
}

function letter(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `#${index + 1}`
}
