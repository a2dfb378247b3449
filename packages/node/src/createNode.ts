import {
  type ActorFigures,
  createActorSystem,
  type Message,
  type OverfullLane,
  type Ref,
  type StopReport,
} from '@trine/actors'
import {
  type ChainMessage,
  type ClockMessage,
  chainLanes,
  clockLanes,
  type NetworkMessage,
  networkLanes,
  type ServiceName,
  type SyncMessage,
  syncLanes,
  type ValidatorMessage,
  validatorLanes,
} from '@trine/messages'
import { superviseNetwork } from '@trine/network'
import { superviseSync } from '@trine/sync'
import type { NodeParts } from './parts.ts'
import { type Refused, watchRef, watchTransport } from './refusals.ts'
import { createStarts, type NodeRefs } from './services.ts'

/** One node: five services that speak only by message, and what holds them together. */
export interface LeanNode {
  readonly name: string
  readonly refs: NodeRefs
  /** Lets the transport listen and dial. The services run from `createNode` on. */
  start(): Promise<void>
  /** Ends duties first, then the rest, each service with its mailbox handled to the end; then the transport. */
  stop(deadlineMilliseconds: number): Promise<readonly StopReport[]>
  /** Ends the services at once, as a crash would. The transport is left to its owner. */
  kill(): void
  figures(): readonly ActorFigures[]
  /** As `ActorSystem.overfullLane`. */
  overfullLane(): OverfullLane | undefined
}

/** Order in which services stop: whoever tells stops before whoever is told. */
const STOP_ORDER: readonly ServiceName[] = ['clock', 'validator', 'sync', 'network', 'chain']

/** Puts a node together. Mailboxes exist before any service starts, so that the services can know one another. */
export function createNode(parts: NodeParts): LeanNode {
  const { name, scheduler, events, transport, journal } = parts
  const system = createActorSystem({
    name,
    scheduler,
    ...(journal && { journal }),
    onFailure: (report) => events.emit({ type: 'actorFailed', report }),
  })
  const clock = system.actor<ClockMessage>('clock', clockLanes)
  const chain = system.actor<ChainMessage>('chain', chainLanes)
  const validator = system.actor<ValidatorMessage>('validator', validatorLanes)
  const network = system.actor<NetworkMessage>('network', networkLanes)
  const sync = system.actor<SyncMessage>('sync', syncLanes)
  const refs: NodeRefs = {
    clock: clock.ref,
    chain: chain.ref,
    validator: validator.ref,
    network: network.ref,
    sync: sync.ref,
  }

  const noteFor = (teller: ServiceName) => (refused: Refused) =>
    journal?.record(scheduler.now(), `${name}/${teller}`, refused, scheduler.monotonic())
  const starts =
    journal === undefined
      ? createStarts(parts, refs)
      : createStarts(
          { ...parts, transport: watchTransport(transport, noteFor('network')) },
          refs,
          <M extends Message>(teller: ServiceName, ref: Ref<M>) => watchRef(ref, noteFor(teller)),
        )
  chain.start(starts.chain)
  network.start(starts.network, superviseNetwork)
  sync.start(starts.sync, superviseSync)
  validator.start(starts.validator)
  clock.start(starts.clock)

  return {
    name,
    refs,
    start: () => transport.start(network.ref),
    stop: async (deadlineMilliseconds) => {
      const reports = await system.shutdown(STOP_ORDER, deadlineMilliseconds)
      await transport.stop()
      return reports
    },
    kill: () => system.kill(),
    figures: () => system.figures(),
    overfullLane: () => system.overfullLane(),
  }
}
