import { awaitReply, createRandom, createSystemScheduler, type Scheduler } from '@trine/actors'
import type { ChainView, NetworkView, NodeEvent, PeerView, Verifier } from '@trine/messages'
import { createPayloadCodec } from '@trine/network'
import { createNode, type LeanNode } from '@trine/node'
import { blockRoot, generateGenesis, genesisBlock } from '@trine/state-transition'
import { createMemoryBlockStore } from '@trine/storage'
import { createLibp2pTransport, type Libp2pTransport } from '@trine/transport-libp2p'
import { fromHex, toHex } from '@trine/types'
import { createInlinePool, production } from '@trine/xmss'
import { afterEach } from 'vitest'
import { readVector } from '../../support/vectors.ts'

/** What two ream nodes gossiped, in order of arrival. Roots and SSZ in hexadecimal. */
export type Recording = {
  readonly genesisTime: number
  readonly publicKeys: readonly string[]
  readonly genesisBlockRoot: string
  readonly messages: readonly {
    readonly topic: string
    readonly messageId: string
    readonly ssz: string
    readonly slot: number
    /** Of blocks only. */
    readonly root?: string
    readonly justifiedSlot?: number
    readonly finalizedSlot?: number
    /** Of votes only. */
    readonly validator?: number
  }[]
}

export const recording = readVector('devnet1/real/ream-two-nodes.json') as Recording

/** A follower of the recorded network, over real libp2p and with real verification. */
export type OurNode = {
  readonly node: LeanNode
  readonly transport: Libp2pTransport
  readonly events: NodeEvent[]
  eventsOf<Type extends NodeEvent['type']>(type: Type): Extract<NodeEvent, { type: Type }>[]
  chain(): Promise<ChainView>
  network(): Promise<NetworkView>
  peer(peerId: string): Promise<PeerView | undefined>
}

const open: LeanNode[] = []
afterEach(() => Promise.all(open.splice(0).map((node) => node.stop(10_000))))

const system = createSystemScheduler()

/** The machine's time, set so that the recorded network is three minutes old. */
function schedulerOfRecording(): Scheduler {
  const ahead = (recording.genesisTime + 180) * 1000 - system.now()
  return { ...system, now: () => system.now() + ahead }
}

function genesisOf(publicKeys: readonly string[]) {
  const state = generateGenesis(
    recording.genesisTime,
    publicKeys.map((publicKey, index) => ({ pubkey: fromHex(publicKey) as Uint8Array, index })),
  )
  if (!state.ok) throw new Error(state.error.code)
  return { state: state.value, block: genesisBlock(state.value) }
}

function createVerifier(): Verifier {
  const pool = createInlinePool({ scheme: production, encoding: 'ssz3112' })
  return {
    verify: (items, reply) => {
      const job = pool.submitVerify(items)
      if (!job.ok) return void reply.refuse('refused', job.error.message)
      void job.value.result.then((verdicts) =>
        verdicts.ok ? reply.answer(verdicts.value) : reply.refuse('failed', verdicts.error.message),
      )
    },
  }
}

/** @param dials multiaddresses, with the peer id, of peers that it dials */
export async function startOurNode({
  dials = [],
  publicKeys = recording.publicKeys,
}: {
  readonly dials?: readonly string[]
  readonly publicKeys?: readonly string[]
} = {}): Promise<OurNode> {
  const anchor = genesisOf(publicKeys)
  const scheduler = schedulerOfRecording()
  const random = createRandom('interop')
  const events: NodeEvent[] = []
  const transport = createLibp2pTransport({
    scheduler,
    random,
    secretKey: new Uint8Array(32).fill(1),
    listen: ['/ip4/127.0.0.1/udp/0/quic-v1', '/ip4/127.0.0.1/tcp/0'],
    staticPeers: dials.map((text) => {
      const [address = '', peerId = ''] = text.split('/p2p/')
      return { peerId, addresses: [address] }
    }),
    agent: 'trine/interop',
  })
  const node = createNode({
    name: 'ours',
    scheduler,
    random,
    timing: { genesisTime: recording.genesisTime * 1000, millisecondsPerInterval: 1000, intervalsPerSlot: 4 },
    anchor,
    genesisRoot: toHex(blockRoot(anchor.block)),
    networkName: 'devnet0',
    codec: createPayloadCodec('ssz3112'),
    transport,
    verifier: createVerifier(),
    blockStore: createMemoryBlockStore({ scheduler }),
    expectsPeers: dials.length > 0,
    events: { emit: (event) => void events.push(event) },
  })
  open.push(node)
  await node.start()
  const options = { scheduler, timeoutMilliseconds: 10_000 }
  const network = async () => {
    const view = await awaitReply<NetworkView>('getNetwork', options, (reply) =>
      node.refs.network.tell({ type: 'getNetwork', reply }),
    )
    if (!view.ok) throw new Error(view.error.message)
    return view.value
  }
  return {
    node,
    transport,
    events,
    eventsOf: <Type extends NodeEvent['type']>(type: Type) =>
      events.filter((event): event is Extract<NodeEvent, { type: Type }> => event.type === type),
    chain: async () => {
      const view = await awaitReply<ChainView>('getChain', options, (reply) =>
        node.refs.chain.tell({ type: 'getChain', reply }),
      )
      if (!view.ok) throw new Error(view.error.message)
      return view.value
    },
    network,
    peer: async (peerId) => (await network()).peers.find((peer) => peer.peerId === peerId),
  }
}
