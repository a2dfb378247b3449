import { type ActorSystem, createActorSystem, createRandom, VirtualScheduler } from '@trine/actors'
import {
  type ChainMessage,
  chainLanes,
  type NetworkMessage,
  type NodeEvent,
  networkLanes,
  type RootedBlock,
  type SyncMessage,
  syncLanes,
  type ValidatorMessage,
  validatorLanes,
} from '@trine/messages'
import { createNetwork, createSharedPayloadCodec, superviseNetwork } from '@trine/network'
import { createMemoryNetwork, type LinkConditions } from '@trine/transport-memory'
import { blockAt } from '../../../network/test/support/blocks.ts'
import { createSync, type HistoryParts, type SyncLimits, superviseSync } from '../../src/index.ts'
import { GENESIS } from './bench.ts'
import { type ModelChainParts, type ModelChainState, modelChain } from './modelChain.ts'

export type ModelNode = {
  readonly peerId: string
  readonly system: ActorSystem
  readonly chain: ModelChainState
  readonly events: NodeEvent[]
  readonly states: string[]
  readonly produce: (block: RootedBlock) => void
  readonly tick: (slot: number, interval: number) => void
}

export type ModelNodeOptions = Pick<ModelChainParts, 'maxPending' | 'finalityDistance'> & {
  readonly limits?: Partial<SyncLimits>
  /** What the node has at the start. */
  readonly blocks?: readonly RootedBlock[]
  readonly history?: HistoryParts
}

/** Nodes of a real network and sync service each, a simulated network between them, and chains that are models. */
export function createModelNet(seed: number, conditions?: LinkConditions) {
  const scheduler = new VirtualScheduler(1_000_000)
  const random = createRandom(seed)
  const network = createMemoryNetwork({
    scheduler,
    random: random.split('links'),
    ...(conditions === undefined ? {} : { conditions }),
    timing: { seenMilliseconds: 24_000 },
  })
  const codec = createSharedPayloadCodec('ssz3112')
  const nodes: ModelNode[] = []

  const add = (peerId: string, options: ModelNodeOptions = {}): ModelNode => {
    const transport = network.createTransport(peerId)
    const system = createActorSystem({
      name: peerId,
      scheduler,
      onFailure: ({ error }) => {
        throw error
      },
    })
    const genesis = { root: GENESIS, slot: 0 }
    const last = options.blocks?.at(-1)
    const head =
      last === undefined ? genesis : { root: last.root, slot: Number(last.signedBlock.message.block.slot) }
    const chainState: ModelChainState = {
      blocks: new Map(options.blocks?.map((block) => [block.root, block])),
      head,
      finalized: genesis,
    }
    const events: NodeEvent[] = []
    const states: string[] = []
    const sink = { emit: (event: NodeEvent) => void events.push(event) }
    const chainActor = system.actor<ChainMessage>('chain', chainLanes)
    const networkActor = system.actor<NetworkMessage>('network', networkLanes)
    const syncActor = system.actor<SyncMessage>('sync', syncLanes)
    const validator = system.spawn<ValidatorMessage>('validator', validatorLanes, () => ({
      receive: (message) => void (message.type === 'syncState' && states.push(message.state)),
    }))
    const parts = { chain: chainActor.ref, sync: syncActor.ref, network: networkActor.ref, events: sink }
    const heads = { head, finalized: genesis }
    chainActor.start(modelChain({ ...parts, ...options }, chainState))
    networkActor.start(
      createNetwork({ ...parts, transport, codec, networkName: 'model', genesisRoot: GENESIS, heads }),
      superviseNetwork,
    )
    syncActor.start(
      createSync({
        ...parts,
        validator,
        random: random.split(peerId),
        heads,
        expectsPeers: true,
        history: options.history,
        ...(options.limits === undefined ? {} : { limits: options.limits }),
      }),
      superviseSync,
    )
    void transport.start(networkActor.ref)
    const node: ModelNode = {
      peerId,
      system,
      chain: chainState,
      events,
      states,
      produce: (block) => {
        chainActor.ref.tell({ type: 'ownBlock', block })
        networkActor.ref.tell({ type: 'publishBlock', block })
      },
      tick: (slot, interval) => {
        const tick = { type: 'tick', slot, interval, skipped: 0 } as const
        networkActor.ref.tell(tick)
        syncActor.ref.tell(tick)
      },
    }
    nodes.push(node)
    return node
  }

  /** Lets slots pass; in each one of the producers makes a block on its head, if there are any. */
  const pass = async (from: number, to: number, producers: readonly ModelNode[]): Promise<void> => {
    for (let slot = from; slot <= to; slot++) {
      for (let interval = 0; interval < 4; interval++) {
        for (const node of nodes) node.tick(slot, interval)
        const producer = producers[slot % producers.length]
        if (interval === 0 && producer !== undefined && slot > producer.chain.head.slot) {
          producer.produce(blockAt(slot, producer.chain.head.root))
        }
        await scheduler.advance(1000)
      }
    }
  }
  return { scheduler, network, nodes, add, pass }
}

/** All heads, as slots; one value when all agree. */
export function headsOf(nodes: readonly ModelNode[]): string[] {
  return [...new Set(nodes.map(({ chain }) => `${chain.head.slot} ${chain.head.root}`))]
}
