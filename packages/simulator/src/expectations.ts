import { formatMoment, type Moment } from './moment.ts'
import type { Expectation } from './scenario.ts'
import type { SimulatedNode } from './simulatedNode.ts'

/** An expectation of the scenario that was not met. */
export type Disappointment = { readonly at: Moment; readonly message: string }

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
  const miss = (message: string) => found.push({ at: now, message })
  if (honest.length === 0) miss('expected a node to be running, found none')
  for (const { index, monitor } of honest) {
    const { head, finalized, counts } = monitor
    const limits: [string, number, '>=' | '<=', number | undefined][] = [
      ['finalized slot', finalized.slot, '>=', expectation.finalizedAtLeast],
      ['finalized slot', finalized.slot, '<=', expectation.finalizedAtMost],
      ['head slot', head.slot, '>=', expectation.headAtLeast],
      ['slots from finalized to head', head.slot - finalized.slot, '<=', expectation.finalizedWithin],
      ['depth of the deepest reorg', counts.deepestReorg, '<=', expectation.reorgDepthAtMost],
      ['pieces of evidence', counts.evidence, '>=', expectation.evidenceAtLeast],
    ]
    for (const [what, actual, sign, limit] of limits) {
      const isMet = limit === undefined || (sign === '>=' ? actual >= limit : actual <= limit)
      if (!isMet) miss(`node ${index}: expected ${what} ${sign} ${limit}, got ${actual}`)
    }
  }
  if (expectation.sameHead === true) {
    const heads = new Set(honest.map(({ monitor }) => monitor.head.root))
    if (heads.size > 1) miss(`expected one head, got ${heads.size} at ${formatMoment(now)}`)
  }
  return found
}
