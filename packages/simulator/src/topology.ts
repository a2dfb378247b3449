import type { Random } from '@trine/actors'
import type { MemoryNetwork } from '@trine/transport-memory'
import type { NodeIndex, Scenario } from './scenario.ts'
import { peerIdOf } from './simulatedNode.ts'

/** Who is connected with whom, the dialling side first. */
export function linksOf({ nodes, topology, degree }: Scenario, random: Random): [NodeIndex, NodeIndex][] {
  const links: [NodeIndex, NodeIndex][] = []
  const all = Array.from({ length: nodes }, (_, index) => index)
  switch (topology) {
    case 'full':
      for (const listener of all)
        for (let dialler = listener + 1; dialler < nodes; dialler++) links.push([dialler, listener])
      return links
    case 'star':
      return all.slice(1).map((dialler) => [dialler, 0])
    case 'line':
      return all.slice(1).map((dialler) => [dialler, dialler - 1])
    case 'ring':
      // A ring of two would have the same link twice, a ring of one a link to itself.
      return all.slice(nodes <= 2 ? 1 : 0).map((dialler) => [dialler, (dialler + nodes - 1) % nodes])
    case 'random':
      return randomLinks(nodes, degree, random)
  }
}

/** Every node dials half of `degree` others at random, and its predecessor, so that nobody is cut off. */
function randomLinks(nodes: number, degree: number, random: Random): [NodeIndex, NodeIndex][] {
  const known = new Set<string>()
  const links: [NodeIndex, NodeIndex][] = []
  const add = (dialler: NodeIndex, listener: NodeIndex) => {
    const name = `${Math.min(dialler, listener)}-${Math.max(dialler, listener)}`
    if (dialler === listener || known.has(name)) return
    known.add(name)
    links.push([dialler, listener])
  }
  for (let dialler = 0; dialler < nodes; dialler++) {
    if (dialler > 0) add(dialler, dialler - 1)
    for (let count = 1; count < Math.ceil(degree / 2); count++) add(dialler, random.integer(nodes))
  }
  return links
}

export function connectNodes(network: MemoryNetwork, scenario: Scenario, random: Random): void {
  for (const [dialler, listener] of linksOf(scenario, random)) {
    network.connect(peerIdOf(dialler), peerIdOf(listener))
  }
}
