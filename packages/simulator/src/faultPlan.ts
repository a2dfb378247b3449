import type { LinkConditions } from '@trine/transport-memory'
import type { Fault, NodeIndex, Scenario } from './scenario.ts'
import { peerIdOf, type SimulatedNode } from './simulatedNode.ts'
import type { World } from './world.ts'

type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>

/**
 * Arms the faults that happen to nodes and links; those in what validators publish stand elsewhere. Whenever one begins
 * or ends, all that are on then decide together: spans may overlap and meet.
 */
export function armFaults(scenario: Scenario, world: World): void {
  for (const fault of scenario.faults) armFault(fault, scenario, world)
}

function armFault(fault: Fault, scenario: Scenario, world: World): void {
  const { faultClock, nodes } = world
  const during = (begin: () => void, end: () => void) => {
    faultClock.at(fault.from, begin)
    if (fault.to !== undefined) faultClock.at(fault.to, end)
  }
  const atBothEnds = (act: () => void) => during(act, act)
  switch (fault.kind) {
    case 'partition':
      return atBothEnds(() => separate(scenario, world))
    case 'link':
      return atBothEnds(() => setLinks(fault, scenario, world))
    case 'crash':
      return during(
        () => forEachNode(fault.nodes, nodes, (node) => node.crash(fault.wipe)),
        () => startAgain(fault, scenario, world),
      )
    case 'skew':
      return during(
        () => forEachNode(fault.nodes, nodes, (node) => node.shiftClock(fault.milliseconds)),
        () => forEachNode(fault.nodes, nodes, (node) => node.shiftClock(-fault.milliseconds)),
      )
    default:
  }
}

/** Faults of a kind that are on now. */
function activeOf<Kind extends Fault['kind']>(
  kind: Kind,
  { faults }: Scenario,
  { faultClock }: World,
): FaultOf<Kind>[] {
  return faults.filter((fault): fault is FaultOf<Kind> => fault.kind === kind && faultClock.isOn(fault))
}

/** Nodes reach one another when no partition parts them. */
function separate(scenario: Scenario, world: World): void {
  const { network, nodes } = world
  const partitions = activeOf('partition', scenario, world)
  if (partitions.length === 0) return network.heal()
  const together = Map.groupBy(nodes, ({ index }) =>
    partitions.map(({ groups }) => groups.findIndex((group) => group.includes(index))).join(),
  )
  // To the network, too, all that are in no group are one more.
  together.delete(partitions.map(() => -1).join())
  network.partition([...together.values()].map((group) => group.map(({ peerId }) => peerId)))
}

/** Gives the links of a fault the conditions by all faults that are on; the later one of the scenario prevails. */
function setLinks(fault: FaultOf<'link'>, scenario: Scenario, world: World): void {
  const { network, nodes } = world
  const active = activeOf('link', scenario, world).map((entry) => ({
    changes: entry.changes,
    concerns: concernOf(entry),
  }))
  for (const [from, to] of pairsOf(fault, nodes)) {
    const changes = active.filter(({ concerns }) => concerns(from, to)).map((entry) => entry.changes)
    const conditions: LinkConditions = Object.assign({}, scenario.link, ...changes)
    network.setLink(peerIdOf(from), peerIdOf(to), conditions)
    network.setLink(peerIdOf(to), peerIdOf(from), conditions)
  }
}

/** Starts the nodes of a crash that has ended, but for those that another one keeps down. */
function startAgain(fault: FaultOf<'crash'>, scenario: Scenario, world: World): void {
  const down = new Set(activeOf('crash', scenario, world).flatMap((crash) => crash.nodes))
  const rising = fault.nodes.filter((node) => !down.has(node))
  forEachNode(rising, world.nodes, (node) => void node.start())
}

/** Nodes that are down from the very beginning: they join late. */
export function joinsLate(scenario: Scenario, node: NodeIndex): boolean {
  return scenario.faults.some(
    ({ kind, from, ...fault }) =>
      kind === 'crash' &&
      from.slot === 0 &&
      from.interval === 0 &&
      'nodes' in fault &&
      fault.nodes.includes(node),
  )
}

function pairsOf(
  { between, and }: FaultOf<'link'>,
  nodes: readonly SimulatedNode[],
): [NodeIndex, NodeIndex][] {
  // Without a second set: with everybody else.
  const others = and.length > 0 ? and : nodes.map(({ index }) => index)
  return between.flatMap((from) =>
    others.filter((to) => to !== from).map((to): [NodeIndex, NodeIndex] => [from, to]),
  )
}

/** Tells whether a fault is about the link between two nodes. */
function concernOf(fault: FaultOf<'link'>): (one: NodeIndex, other: NodeIndex) => boolean {
  const between = new Set(fault.between)
  const and = fault.and.length > 0 ? new Set(fault.and) : undefined
  const joins = (from: NodeIndex, to: NodeIndex) => between.has(from) && (and?.has(to) ?? true)
  return (one, other) => joins(one, other) || joins(other, one)
}

function forEachNode(
  indices: readonly NodeIndex[],
  nodes: readonly SimulatedNode[],
  act: (node: SimulatedNode) => void,
): void {
  for (const index of indices) act(nodes[index]!)
}
