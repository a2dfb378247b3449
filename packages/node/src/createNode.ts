import { type ActorFigures, createActorSystem, type Ref, type StopReport } from '@trine/actors'
import { createChain } from '@trine/chain'
import { startClock } from '@trine/clock'
import {
  type BlockReference,
  type ChainMessage,
  type ClockMessage,
  chainLanes,
  clockLanes,
  type NetworkMessage,
  networkLanes,
  type Signer,
  type SyncMessage,
  syncLanes,
  type ValidatorMessage,
  validatorLanes,
} from '@trine/messages'
import { createNetwork, superviseNetwork } from '@trine/network'
import { blockRoot } from '@trine/state-transition'
import { createSync } from '@trine/sync'
import { toHex, toNumber } from '@trine/types'
import { createValidator, MemoryLedger } from '@trine/validator'
import type { Duties, NodeParts } from './parts.ts'

/** Where the services of a node can be told and asked. */
export type NodeRefs = {
  readonly clock: Ref<ClockMessage>
  readonly chain: Ref<ChainMessage>
  readonly validator: Ref<ValidatorMessage>
  readonly network: Ref<NetworkMessage>
  readonly sync: Ref<SyncMessage>
}

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
}

const NO_SIGNER: Signer = {
  validators: [],
  publicKeyOf: () => undefined,
  sign: (_, reply) => void reply.refuse('failed', 'there are no keys here'),
}

/** Order in which services stop: whoever tells stops before whoever is told. */
const STOP_ORDER = ['clock', 'validator', 'sync', 'network', 'chain']

/** Puts a node together. Mailboxes exist before any service starts, so that the services can know one another. */
export function createNode(parts: NodeParts): LeanNode {
  const { name, scheduler, events, timing, transport } = parts
  const system = createActorSystem({
    name,
    scheduler,
    ...(parts.journal && { journal: parts.journal }),
    onFailure: (report) => events.emit({ type: 'actorFailed', report }),
  })
  const clock = system.actor<ClockMessage>('clock', clockLanes)
  const chain = system.actor<ChainMessage>('chain', chainLanes)
  const validator = system.actor<ValidatorMessage>('validator', validatorLanes)
  const network = system.actor<NetworkMessage>('network', networkLanes)
  const sync = system.actor<SyncMessage>('sync', syncLanes)

  const duties: Duties = parts.duties ?? { signer: NO_SIGNER, ledger: new MemoryLedger() }
  const head = referenceOf(parts)
  const heads = { head, finalized: head }
  chain.start(
    createChain({
      anchor: parts.anchor,
      ownValidators: duties.signer.validators,
      verifier: parts.verifier,
      blockStore: parts.blockStore,
      events,
      network: network.ref,
      sync: sync.ref,
      validator: validator.ref,
      limits: parts.limits?.chain,
      transition: parts.transition,
      onStoreStep: parts.onStoreStep,
    }),
  )
  network.start(
    createNetwork({
      transport,
      chain: chain.ref,
      sync: sync.ref,
      events,
      codec: parts.codec,
      networkName: parts.networkName,
      genesisRoot: parts.genesisRoot,
      heads,
      ...(parts.limits?.network && { limits: parts.limits.network }),
      ...(parts.scoreRules && { scoreRules: parts.scoreRules }),
    }),
    superviseNetwork,
  )
  sync.start(
    createSync({
      chain: chain.ref,
      network: network.ref,
      validator: validator.ref,
      events,
      random: parts.random.split('sync'),
      heads,
      expectsPeers: parts.expectsPeers,
      ...(parts.limits?.sync && { limits: parts.limits.sync }),
    }),
  )
  const outlets = { chain: chain.ref, network: network.ref }
  validator.start(
    createValidator({
      timing,
      validatorCount: parts.anchor.state.validators.length,
      ...duties,
      ...(parts.interpose?.(outlets) ?? outlets),
      events,
    }),
  )
  // In this order: when the validators hear of a tick, the chain has heard of it.
  const listeners = [chain.ref, validator.ref, network.ref, sync.ref]
  clock.start(startClock({ timing, listeners, events }))

  return {
    name,
    refs: {
      clock: clock.ref,
      chain: chain.ref,
      validator: validator.ref,
      network: network.ref,
      sync: sync.ref,
    },
    start: () => transport.start(network.ref),
    stop: async (deadlineMilliseconds) => {
      const reports = await system.shutdown(STOP_ORDER, deadlineMilliseconds)
      await transport.stop()
      return reports
    },
    kill: () => system.kill(),
    figures: () => system.figures(),
  }
}

function referenceOf({ anchor }: NodeParts): BlockReference {
  return { root: toHex(blockRoot(anchor.block)), slot: toNumber(anchor.block.slot) }
}
