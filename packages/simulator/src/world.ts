import {
  createRandom,
  createTraceDigest,
  type Journal,
  journalsTogether,
  VirtualScheduler,
} from '@trine/actors'
import type { FinalMark, StoreStep } from '@trine/chain'
import type { NodeEvent } from '@trine/messages'
import { createSharedPayloadCodec } from '@trine/network'
import type { ValidatorOutlets } from '@trine/node'
import { blockRoot } from '@trine/state-transition'
import { createMemoryNetwork, type MemoryNetwork } from '@trine/transport-memory'
import { createEquivocator } from './adversaries/forging.ts'
import { faultyNetwork, isPublicationFault } from './adversaries/publications.ts'
import { Stranger } from './adversaries/stranger.ts'
import { FaultClock } from './faultClock.ts'
import { createGenesis } from './genesis.ts'
import { Invariants } from './invariants.ts'
import { MILLISECONDS_PER_INTERVAL, type Moment, momentOf } from './moment.ts'
import { NodeMonitor } from './monitor.ts'
import type { Fault, NodeIndex, Scenario } from './scenario.ts'
import { nodesOf } from './scenarioFile.ts'
import type { SignatureKit } from './signatures.ts'
import { type NodeWorld, peerIdOf, SimulatedNode } from './simulatedNode.ts'
import { StateLibrary } from './stateLibrary.ts'
import { writeJournalHeader } from './timeTravel/journalHeader.ts'
import { connectNodes } from './topology.ts'

/** Nodes start so long before genesis, to find one another. Milliseconds. */
export const WARM_UP = 2000

const STRANGER = 'stranger'

export type WorldOptions = {
  /** Begins a SHA-256 for the trace digest; node:crypto's is several times faster than the portable one. */
  readonly startHash?: Parameters<typeof createTraceDigest>[0] | undefined
  /** Told first how to make the network again, then every message that a service handles. */
  readonly journal?: Journal | undefined
  readonly onStoreStep?: ((node: NodeIndex, step: StoreStep) => void) | undefined
  readonly onFinalized?: ((node: NodeIndex, mark: FinalMark) => void) | undefined
  /** Told everything that happens in any node. */
  readonly onEvent?: ((node: NodeIndex, event: NodeEvent) => void) | undefined
}

/** A simulated network that has not begun to run. */
export type World = {
  readonly scheduler: VirtualScheduler
  readonly network: MemoryNetwork
  readonly nodes: readonly SimulatedNode[]
  readonly stranger: Stranger | undefined
  readonly invariants: Invariants
  readonly faultClock: FaultClock
  readonly trace: ReturnType<typeof createTraceDigest>
}

/** Builds everything a scenario needs; nothing in it depends on anything but scenario and keys. */
export function createWorld(scenario: Scenario, kit: SignatureKit, options: WorldOptions = {}): World {
  const genesis = createGenesis(kit.publicKeys)
  const { reference, genesisRoot } = genesis
  const { genesisTime } = genesis.timing
  const scheduler = new VirtualScheduler(genesisTime - WARM_UP)
  const random = createRandom(scenario.seed)
  const now = (): Moment => {
    const interval = Math.floor((scheduler.now() - genesisTime) / MILLISECONDS_PER_INTERVAL)
    return momentOf(Math.max(0, interval))
  }
  const invariants = new Invariants(reference, now)
  const trace = createTraceDigest(options.startHash)
  if (options.journal) writeJournalHeader(options.journal, scenario, kit)
  const network = createMemoryNetwork({
    scheduler,
    random: random.split('network'),
    conditions: scenario.link,
    gossip: scenario.gossip === 'direct' ? { mode: 'direct' } : { mode: 'mesh', degree: 8 },
  })
  const states = new StateLibrary(genesisRoot, genesis.anchor.state)
  const faultClock = new FaultClock(scheduler, genesisTime)
  const world: NodeWorld = {
    ...genesis,
    scenario,
    scheduler,
    random,
    network,
    codec: createSharedPayloadCodec(kit.encoding),
    kit,
    states,
    journal: options.journal ? journalsTogether(trace, options.journal) : trace,
    onSigned: (validator, epoch, message) =>
      invariants.onSigned(validator % scenario.nodes, kit.publicKeys[validator]!, epoch, message),
    onStoreStep: options.onStoreStep,
    onFinalized: options.onFinalized,
  }
  const nodes = createNodes(world, invariants, faultClock, options.onEvent)
  connectNodes(network, scenario, random.split('topology'))
  const stranger = createStranger(world, faultClock, blockRoot(genesis.anchor.block))
  return { scheduler, network, nodes, stranger, invariants, faultClock, trace }
}

function createNodes(
  world: NodeWorld,
  invariants: Invariants,
  clock: FaultClock,
  onEvent: WorldOptions['onEvent'],
): SimulatedNode[] {
  const { scenario, kit, states, reference } = world
  const equivocate = createEquivocator(kit, states)
  return Array.from({ length: scenario.nodes }, (_, index) => {
    const isAdversary = scenario.faults.some((fault) => isLying(fault, index))
    const listen = onEvent && ((event: NodeEvent) => onEvent(index, event))
    const monitor = new NodeMonitor(reference, invariants.watch(index, isAdversary), listen)
    const faults = scenario.faults.filter(isPublicationFault).filter((fault) => fault.nodes.includes(index))
    const interpose = (outlets: ValidatorOutlets): ValidatorOutlets =>
      faults.length === 0
        ? outlets
        : { ...outlets, network: faultyNetwork(outlets.network, faults, clock, equivocate) }
    return new SimulatedNode(index, world, monitor, isAdversary, interpose)
  })
}

/** Whether a fault makes a node say what is not so. Silence, lateness and crashes are misfortunes. */
function isLying(fault: Fault, node: NodeIndex): boolean {
  return fault.kind === 'equivocate' && nodesOf(fault).includes(node)
}

function createStranger(world: NodeWorld, clock: FaultClock, genesisRoot: Uint8Array): Stranger | undefined {
  const { scenario, network, codec, networkName, states } = world
  const faults = scenario.faults.flatMap((fault) =>
    fault.kind === 'stranger' || fault.kind === 'archive' ? [fault] : [],
  )
  if (faults.length === 0) return undefined
  const transport = network.createTransport(STRANGER)
  for (let index = 0; index < scenario.nodes; index++) network.connect(STRANGER, peerIdOf(index))
  return new Stranger({
    transport,
    codec,
    networkName,
    clock,
    states,
    genesisRoot,
    faults,
    slots: scenario.slots,
  })
}
