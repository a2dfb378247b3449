import type { Message, Ref, Start } from '@trine/actors'
import { createChain } from '@trine/chain'
import { startClock } from '@trine/clock'
import type { BlockReference, MessagesOf, ServiceName, Signer, Tick } from '@trine/messages'
import { createNetwork } from '@trine/network'
import { blockRoot } from '@trine/state-transition'
import { createSync } from '@trine/sync'
import { toHex, toNumber } from '@trine/types'
import { createValidator, MemoryLedger } from '@trine/validator'
import type { Duties, NodeParts } from './parts.ts'

/** Where the services of a node can be told and asked. */
export type NodeRefs = { readonly [S in ServiceName]: Ref<MessagesOf[S]> }

/** How each service begins. */
export type ServiceStarts = { readonly [S in ServiceName]: Start<MessagesOf[S]> }

/** What services are made of. */
export type ServiceParts = Omit<NodeParts, 'name' | 'scheduler' | 'journal'>

const NO_SIGNER: Signer = {
  validators: [],
  publicKeyOf: () => undefined,
  sign: (_, reply) => void reply.refuse('failed', 'there are no keys here'),
}

/**
 * The services of a node, each with the refs of those that it speaks to.
 *
 * @param via what stands between a teller and a ref: for taking down, or for making up, what is refused
 */
export function createStarts(
  parts: ServiceParts,
  refs: NodeRefs,
  via: <M extends Message>(teller: ServiceName, ref: Ref<M>) => Ref<M> = (_, ref) => ref,
): ServiceStarts {
  const { anchor, transport, events, timing, limits, random } = parts
  const duties: Duties = parts.duties ?? { signer: NO_SIGNER, ledger: new MemoryLedger() }
  const head: BlockReference = { root: toHex(blockRoot(anchor.block)), slot: toNumber(anchor.block.slot) }
  const heads = { head, finalized: head }
  const outlets = parts.interpose?.(refs) ?? refs
  // In this order: when the validators hear of a tick, the chain has heard of it.
  const listeners: readonly Ref<Tick>[] = [refs.chain, refs.validator, refs.network, refs.sync]
  return {
    clock: startClock({ timing, listeners: listeners.map((ref) => via('clock', ref)), events }),
    chain: createChain({
      anchor,
      ownValidators: duties.signer.validators,
      verifier: parts.verifier,
      blockStore: parts.blockStore,
      events,
      network: via('chain', refs.network),
      sync: via('chain', refs.sync),
      validator: via('chain', refs.validator),
      limits: limits?.chain,
      transition: parts.transition,
      onBuilt: parts.onBuilt,
      onStoreStep: parts.onStoreStep,
      onFinalized: parts.onFinalized,
    }),
    validator: createValidator({
      timing,
      validatorCount: anchor.state.validators.length,
      ...duties,
      chain: via('validator', outlets.chain),
      network: via('validator', outlets.network),
      events,
    }),
    network: createNetwork({
      transport,
      chain: via('network', refs.chain),
      sync: via('network', refs.sync),
      events,
      codec: parts.codec,
      networkName: parts.networkName,
      genesisRoot: parts.genesisRoot,
      heads,
      ...(limits?.network && { limits: limits.network }),
      ...(parts.scoreRules && { scoreRules: parts.scoreRules }),
    }),
    sync: createSync({
      chain: via('sync', refs.chain),
      network: via('sync', refs.network),
      validator: via('sync', refs.validator),
      events,
      random: random.split('sync'),
      heads,
      expectsPeers: parts.expectsPeers,
      history: parts.backfill && { ...parts.backfill, verifier: parts.verifier, state: anchor.state },
      ...(limits?.sync && { limits: limits.sync }),
    }),
  }
}
