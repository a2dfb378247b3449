import { check, type Disappointment, dueAt } from './expectations.ts'
import { armFaults, joinsLate } from './faultPlan.ts'
import type { Violation } from './invariants.ts'
import { INTERVALS_PER_SLOT, MILLISECONDS_PER_INTERVAL, type Moment, momentOf } from './moment.ts'
import type { NodeCounts } from './monitor.ts'
import type { Scenario } from './scenario.ts'
import { createSignatureKit, type SignatureKit } from './signatures.ts'
import { createWorld, WARM_UP, type World, type WorldOptions } from './world.ts'

export type SimulateOptions = WorldOptions & {
  /** Keys made before for the same scenario, to spare making them again. */
  readonly kit?: SignatureKit
  /** Called after every interval. */
  readonly onInterval?: (moment: Moment, world: World) => void | Promise<void>
  /** Ends the run early, after the interval in which it becomes true. */
  readonly shouldStop?: () => boolean
  /** Ends the run at the first violation. */
  readonly failFast?: boolean
}

/** Where a node stood at the end. */
export type NodeReport = {
  readonly node: number
  readonly isRunning: boolean
  readonly isAdversary: boolean
  readonly headSlot: number
  readonly headRoot: string
  readonly justifiedSlot: number
  readonly finalizedSlot: number
  readonly counts: NodeCounts
}

export type SimulationReport = {
  readonly scenario: string
  readonly seed: string
  readonly end: Moment
  /** SHA-256 over every message that any service handled: the same for the same scenario and seed, everywhere. */
  readonly traceDigest: string
  readonly messages: number
  readonly nodes: readonly NodeReport[]
  readonly network: ReturnType<World['network']['figures']>
  readonly strangerBlocks: number
  readonly violations: readonly Violation[]
  readonly disappointments: readonly Disappointment[]
  readonly isOk: boolean
}

/** Runs a scenario on virtual time, from shortly before genesis to the end of its last slot. */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<SimulationReport> {
  const kit = options.kit ?? (await createSignatureKit(scenario))
  const world = createWorld(scenario, kit, options)
  const { scheduler, nodes, invariants, stranger } = world
  const disappointments: Disappointment[] = []
  armFaults(scenario, world)
  const starting = nodes.filter(({ index }) => !joinsLate(scenario, index)).map((node) => node.start())
  if (stranger !== undefined) starting.push(stranger.start())
  await scheduler.settle(Promise.all(starting))
  await scheduler.advance(WARM_UP)

  const intervals = scenario.slots * INTERVALS_PER_SLOT
  let passed = 0
  for (; passed < intervals; passed++) {
    // To just before the next interval begins: what it began with has been worked off.
    await scheduler.advance(MILLISECONDS_PER_INTERVAL - (passed === 0 ? 1 : 0))
    const now = momentOf(passed)
    invariants.check(nodes)
    for (const expectation of dueAt(scenario.expectations, now, passed === intervals - 1)) {
      disappointments.push(...check(expectation, nodes, now))
    }
    await options.onInterval?.(now, world)
    const hasFailed = invariants.violations.length > 0 || disappointments.length > 0
    if (options.shouldStop?.() === true || (options.failFast === true && hasFailed)) break
  }
  const end = momentOf(Math.min(passed, intervals - 1))
  return reportOf(scenario, world, end, disappointments)
}

function reportOf(
  scenario: Scenario,
  world: World,
  end: Moment,
  disappointments: readonly Disappointment[],
): SimulationReport {
  const { violations } = world.invariants
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    end,
    traceDigest: world.trace.digest(),
    messages: world.trace.messages,
    nodes: world.nodes.map(({ index, node, isAdversary, monitor }) => ({
      node: index,
      isRunning: node !== undefined,
      isAdversary,
      headSlot: monitor.head.slot,
      headRoot: monitor.head.root,
      justifiedSlot: monitor.justified.slot,
      finalizedSlot: monitor.finalized.slot,
      counts: { ...monitor.counts },
    })),
    network: world.network.figures(),
    strangerBlocks: world.stranger?.blocksPublished ?? 0,
    violations,
    disappointments,
    isOk: violations.length === 0 && disappointments.length === 0,
  }
}
