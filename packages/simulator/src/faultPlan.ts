import type { LinkConditions } from '@trine/transport-memory'
import type { Fault, NodeIndex, Scenario } from './scenario.ts'
import { peerIdOf, type SimulatedNode } from './simulatedNode.ts'
import type { World } from './world.ts'

/** Arms the faults that happen to nodes and links; those in what validators publish stand elsewhere. */
export function armFaults(scenario: Scenario, world: World): void {
  for (const fault of scenario.faults) armFault(fault, scenario, world)
}

function armFault(fault: Fault, scenario: Scenario, world: World): void {
  const { faultClock, network, nodes } = world
  const during = (begin: () => void, end: () => void) => {
    faultClock.at(fault.from, begin)
    if (fault.to !== undefined) faultClock.at(fault.to, end)
  }
  switch (fault.kind) {
    case 'partition':
      return during(
        () => network.partition(fault.groups.map((group) => group.map(peerIdOf))),
        () => network.heal(),
      )
    case 'link': {
      const set = (changes: Partial<LinkConditions>) => {
        for (const [from, to] of pairsOf(fault, nodes)) {
          network.setLink(peerIdOf(from), peerIdOf(to), changes)
          network.setLink(peerIdOf(to), peerIdOf(from), changes)
        }
      }
      return during(
        () => set(fault.changes),
        () => set(scenario.link),
      )
    }
    case 'crash':
      return during(
        () => forEachNode(fault.nodes, nodes, (node) => node.crash(fault.wipe)),
        () => forEachNode(fault.nodes, nodes, (node) => void node.start()),
      )
    case 'skew':
      return during(
        () => forEachNode(fault.nodes, nodes, (node) => node.shiftClock(fault.milliseconds)),
        () => forEachNode(fault.nodes, nodes, (node) => node.shiftClock(-fault.milliseconds)),
      )
    default:
  }
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
  { between, and }: Extract<Fault, { kind: 'link' }>,
  nodes: readonly SimulatedNode[],
): [NodeIndex, NodeIndex][] {
  // Without a second set: with everybody else.
  const others = and.length > 0 ? and : nodes.map(({ index }) => index)
  return between.flatMap((from) =>
    others.filter((to) => to !== from).map((to): [number, number] => [from, to]),
  )
}

function forEachNode(
  indices: readonly NodeIndex[],
  nodes: readonly SimulatedNode[],
  act: (node: SimulatedNode) => void,
): void {
  for (const index of indices) act(nodes[index]!)
}
