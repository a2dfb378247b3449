import { formatMoment, type Moment } from './moment.ts'
import type { Expectation } from './scenario.ts'
import type { SimulatedNode } from './simulatedNode.ts'

/** What of an expectation was not met; `nodeRunning`: nobody was there to meet it. */
export type DisappointmentKind = Exclude<keyof Expectation, 'at' | 'everAfter'> | 'nodeRunning'

/** An expectation of the scenario that was not met. */
export type Disappointment = {
  readonly kind: DisappointmentKind
  readonly expectation: Expectation
  readonly at: Moment
  readonly message: string
}

type LimitKind = Exclude<DisappointmentKind, 'sameHead' | 'nodeRunning'>

/** Which expectations are due at a moment; those without one are due at the end. */
export function dueAt(expectations: readonly Expectation[], now: Moment, isEnd: boolean): Expectation[] {
  return expectations.filter(({ at, everAfter }) => {
    if (at === undefined) return isEnd
    if (at.slot === now.slot && at.interval === now.interval) return true
    const isLater = now.slot > at.slot || (now.slot === at.slot && now.interval > at.interval)
    return everAfter && isLater && now.interval === 0
  })
}

/** What of an expectation is not met now, by the nodes that run and are no adversaries. */
export function check(
  expectation: Expectation,
  nodes: readonly SimulatedNode[],
  now: Moment,
): Disappointment[] {
  const found: Disappointment[] = []
  const honest = nodes.filter(({ node, isAdversary }) => node !== undefined && !isAdversary)
  const miss = (kind: DisappointmentKind, message: string) => {
    found.push({ kind, expectation, at: now, message })
  }
  if (honest.length === 0) miss('nodeRunning', 'expected a node to be running, found none')
  for (const { index, monitor } of honest) {
    const { head, finalized, counts } = monitor
    const limits: [LimitKind, string, number, '>=' | '<='][] = [
      ['finalizedAtLeast', 'finalized slot', finalized.slot, '>='],
      ['finalizedAtMost', 'finalized slot', finalized.slot, '<='],
      ['headAtLeast', 'head slot', head.slot, '>='],
      ['finalizedWithin', 'slots from finalized to head', head.slot - finalized.slot, '<='],
      ['reorgDepthAtMost', 'depth of the deepest reorg', counts.deepestReorg, '<='],
      ['evidenceAtLeast', 'pieces of evidence', counts.evidence, '>='],
    ]
    for (const [kind, what, actual, sign] of limits) {
      const limit = expectation[kind]
      const isMet = limit === undefined || (sign === '>=' ? actual >= limit : actual <= limit)
      if (!isMet) miss(kind, `node ${index}: expected ${what} ${sign} ${limit}, got ${actual}`)
    }
  }
  if (expectation.sameHead === true) {
    const heads = new Set(honest.map(({ monitor }) => monitor.head.root))
    if (heads.size > 1) miss('sameHead', `expected one head, got ${heads.size} at ${formatMoment(now)}`)
  }
  return found
}
