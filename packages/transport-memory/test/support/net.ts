import { createRandom, type Ref, type Reply, VirtualScheduler } from '@trine/actors'
import type { PublishOutcome, Transport, TransportEvent } from '@trine/messages'
import { createMemoryNetwork, type MemoryNetworkOptions, type TransportOptions } from '../../src/index.ts'

export const TOPIC = '/leanconsensus/devnet0/attestation/ssz_snappy'

export type TestNode = {
  readonly transport: Transport
  readonly events: TransportEvent[]
  readonly refused: Set<TransportEvent['type']>
  /** Acts on events, after they were noted. */
  act: (event: TransportEvent) => void
  of<K extends TransportEvent['type']>(type: K): Extract<TransportEvent, { readonly type: K }>[]
}

/** A network on virtual time whose nodes note what they are told and accept all gossip. */
export function createTestNet(options: Partial<MemoryNetworkOptions> = {}, seed = 'test') {
  const scheduler = new VirtualScheduler()
  const network = createMemoryNetwork({ scheduler, random: createRandom(seed), ...options })
  const nodes: Record<string, TestNode> = {}

  const add = (peerId: string, transportOptions: TransportOptions = {}): TestNode => {
    const transport = network.createTransport(peerId, transportOptions)
    const node: TestNode = {
      transport,
      events: [],
      refused: new Set(),
      act: (event) => {
        if (event.type === 'gossipAttestation') transport.reportVerdict(event.gossip, 'accept')
      },
      of: <K extends TransportEvent['type']>(type: K) =>
        node.events.filter(
          (event): event is Extract<TransportEvent, { readonly type: K }> => event.type === type,
        ),
    }
    const ref: Ref<TransportEvent> = {
      name: peerId,
      tell: (event) => {
        if (node.refused.has(event.type)) return false
        node.events.push(event)
        node.act(event)
        return true
      },
    }
    transport.subscribe(TOPIC, { deliverAs: 'gossipAttestation', maxLength: 1000 })
    void transport.start(ref)
    nodes[peerId] = node
    return node
  }

  return { scheduler, network, nodes, add }
}

/** Publishes and returns what the transport answers. */
export function publish(node: TestNode, payload: Uint8Array, topic = TOPIC): PublishOutcome {
  let outcome: PublishOutcome | undefined
  const reply: Reply<PublishOutcome> = {
    answer: (value) => {
      outcome = value
      return true
    },
    refuse: () => false,
    isOpen: true,
  }
  node.transport.publish(topic, payload, reply)
  return outcome!
}
