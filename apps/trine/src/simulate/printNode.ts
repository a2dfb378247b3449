import type { BlockReference, DutyResult, ForkChoiceNode, ForkChoiceView, PeerView } from '@trine/messages'
import { formatMoment, momentOf, type NodeView, type ServicesView, type VoteView } from '@trine/simulator'

/** Prints everything that a node can tell of itself. */
export function printNode(view: NodeView): void {
  console.log(`\nnode ${view.node}`)
  if (!view.isRunning) {
    console.log('  down')
    return
  }
  const sections: [string, readonly string[]][] = [
    ['store', storeLines(view)],
    [
      'blocks from the justified one on, with the votes for each and what is built on it',
      treeLines(view.forkChoice),
    ],
    ['votes with weight', view.votes.known.map(voteLine)],
    ['votes that wait to be accepted', view.votes.new.map(voteLine)],
    ['evidence', view.evidence.map(evidenceLine)],
    ['validators', dutyLines(view)],
    ['sync', [syncLine(view)]],
    ['peers', view.network.peers.map(peerLine)],
  ]
  for (const [title, lines] of sections) {
    console.log(`  ${title}${lines.length === 0 ? ': none' : ''}`)
    for (const line of lines) console.log(`    ${line}`)
  }
}

function storeLines({ chain, starts }: ServicesView & { readonly starts: number }): string[] {
  const { head, safeTarget, justified, finalized, headState } = chain
  return [
    `clock at ${chain.slot}.${chain.interval}, started ${starts === 1 ? 'once' : `${starts} times`}`,
    `head ${named(head)}, its state justified ${headState.justified.slot}, finalized ${headState.finalized.slot}`,
    `safe target ${named(safeTarget)}`,
    `justified ${named(justified)}`,
    `finalized ${named(finalized)}`,
    `${chain.blocksInMemory} blocks and ${chain.statesInMemory} states in memory, ` +
      `${chain.pendingBlocks} blocks and ${chain.pendingAttestations} votes waiting, ` +
      `${chain.unauthenticatedBlocks} blocks not vouched for by their proposers`,
  ]
}

/** Prints a fork-choice store that stands by itself. */
export function printStore(view: ForkChoiceView & { readonly time: number }): void {
  const { head, safeTarget, justified, finalized, time } = view
  const lines = [
    `clock at ${formatMoment(momentOf(time))}`,
    ...Object.entries({ head, 'safe target': safeTarget, justified, finalized }).map(
      ([name, block]) => `${name} ${named(block)}`,
    ),
    ...treeLines(view),
  ]
  for (const line of lines) console.log(`  ${line}`)
}

/** A chain goes straight down; branches of one parent are set in, all but the heaviest. */
function treeLines({ nodes, head, safeTarget, finalized }: ForkChoiceView): string[] {
  const marks = new Map<string, string[]>()
  for (const [name, { root }] of Object.entries({ head, 'safe target': safeTarget, finalized })) {
    marks.set(root, [...(marks.get(root) ?? []), name])
  }
  const childrenOf = Map.groupBy(nodes, ({ parentRoot }) => parentRoot)
  const lines: string[] = []
  const walk: { node: ForkChoiceNode; depth: number }[] = nodes
    .slice(0, 1)
    .map((node) => ({ node, depth: 0 }))
  for (let next = walk.pop(); next !== undefined; next = walk.pop()) {
    const { node, depth } = next
    const mark = marks.get(node.root)
    lines.push(
      `${'| '.repeat(depth)}${named(node)} by ${node.proposerIndex}, ${node.weight}${mark ? ` <- ${mark.join(', ')}` : ''}`,
    )
    const children = [...(childrenOf.get(node.root) ?? [])].sort((left, right) => right.weight - left.weight)
    // The last one pushed comes next: side branches before the main one goes on.
    const [main, ...side] = children
    if (main !== undefined) walk.push({ node: main, depth })
    for (const branch of side) walk.push({ node: branch, depth: depth + 1 })
  }
  return lines
}

function voteLine({ validatorIndex, slot, head, target, source }: VoteView): string {
  return `validator ${validatorIndex} in slot ${slot}: head ${named(head)}, target ${named(target)}, source ${named(source)}`
}

function evidenceLine(evidence: ServicesView['evidence'][number]): string {
  return evidence.kind === 'twoVotes'
    ? `validator ${evidence.validatorIndex} made two votes in slot ${evidence.slot}`
    : `validator ${evidence.proposerIndex} made two blocks in slot ${evidence.slot}${evidence.isProof ? '' : ', or somebody else did'}`
}

function dutyLines({ duties }: ServicesView): string[] {
  const paused = duties.pausedBecause === undefined ? [] : [`no duties: ${duties.pausedBecause}`]
  const lines = duties.validators.map(({ validatorIndex, nextProposal, lastResults }) => {
    const last = lastResults.slice(0, 3).map(resultText)
    return `validator ${validatorIndex} proposes next in slot ${nextProposal}; last: ${last.join(', ') || 'nothing'}`
  })
  return [...paused, ...lines]
}

function resultText({ kind, slot, outcome, reason }: DutyResult): string {
  return `${kind} of ${slot} ${outcome}${reason === '' ? '' : ` (${reason})`}`
}

function syncLine({ sync }: ServicesView): string {
  const { state, headSlot, targetSlot, missingRoots, openRequests } = sync
  return `${state}, head ${headSlot} of ${targetSlot}, ${missingRoots} blocks missing, ${openRequests} requests open`
}

function peerLine({ peerId, direction, score, status }: PeerView): string {
  const chain =
    status === undefined
      ? 'no status yet'
      : `said head ${status.head.slot}, finalized ${status.finalized.slot}`
  return `${peerId} ${direction}, score ${score}, ${chain}`
}

function named({ root, slot }: BlockReference): string {
  return `${slot} ${root.slice(0, 10)}`
}
