/** Of the benchmark `scale`: makes a chain, and gossips its blocks and votes to one node, each at its interval. */
import { setTimeout } from 'node:timers/promises'
import { createActorSystem, createRandom, createSkewedScheduler, createSystemScheduler } from '@trine/actors'
import {
  type ChainMessage,
  chainLanes,
  type NetworkMessage,
  networkLanes,
  type SyncMessage,
  syncLanes,
} from '@trine/messages'
import { createNetwork, createPayloadCodec } from '@trine/network'
import { blockRoot } from '@trine/state-transition'
import { createLibp2pTransport, type StaticPeer } from '@trine/transport-libp2p'
import { toHex } from '@trine/types'
import { genesisOf } from '../src/node/genesisOf.ts'
import { type MadeSlot, makeChain } from './scaleChain.ts'
import {
  type FeederCommand,
  type FeederReport,
  GENESIS_TIME,
  INTERVALS_PER_SLOT,
  MILLISECONDS_PER_INTERVAL,
  NETWORK_NAME,
} from './scaleProtocol.ts'

const tell = (report: FeederReport) => void process.send!(report)
const [validators = 0, slots = 0] = process.argv.slice(2).map(Number)

const began = performance.now()
const chain = await makeChain(validators, slots)
tell({ type: 'made', publicKeys: chain.publicKeys, seconds: (performance.now() - began) / 1000 })
process.on('message', ({ peer, startsAt }: FeederCommand) => void feed(peer, startsAt))
process.on('disconnect', () => process.exit())

async function feed(peer: StaticPeer, startsAt: number): Promise<void> {
  const { network, isInMesh } = await startNetwork(peer, startsAt)
  while (!isInMesh()) await setTimeout(50)
  tell({ type: 'connected' })
  const usage = process.cpuUsage()
  for (const [index, made] of chain.slots.entries()) await feedSlot(network, index + 1, made, startsAt)
  await until(startsAt + (slots + 1) * INTERVALS_PER_SLOT * MILLISECONDS_PER_INTERVAL)
  const { user, system } = process.cpuUsage(usage)
  tell({ type: 'fed', cpuSeconds: (user + system) / 1e6 })
}

async function feedSlot(
  network: { tell(message: NetworkMessage): boolean },
  slot: number,
  { block, votes }: MadeSlot,
  startsAt: number,
): Promise<void> {
  for (let interval = 0; interval < INTERVALS_PER_SLOT; interval++) {
    await until(startsAt + (slot * INTERVALS_PER_SLOT + interval) * MILLISECONDS_PER_INTERVAL)
    network.tell({ type: 'tick', slot, interval, skipped: 0 })
    if (interval === 0) network.tell({ type: 'publishBlock', block })
    if (interval !== 1) continue
    for (const signedAttestation of votes) {
      // Its lane is full when this process has not sent the votes of the slot before yet.
      while (!network.tell({ type: 'publishAttestation', signedAttestation })) await setTimeout(20)
    }
  }
}

async function until(time: number): Promise<void> {
  await setTimeout(Math.max(0, time - Date.now()))
}

/** A real NetworkService that knows the blocks made here, for a node that asks for what it missed. */
async function startNetwork(peer: StaticPeer, startsAt: number) {
  const scheduler = createSkewedScheduler(createSystemScheduler(), GENESIS_TIME * 1000 - startsAt)
  const system = createActorSystem({
    name: 'feeder',
    scheduler,
    onFailure: ({ error }) => {
      throw error
    },
  })
  const { publicKeys, slots: made } = chain
  const genesis = genesisOf({ name: 'feeder', genesis: { genesisTime: GENESIS_TIME, publicKeys } })
  const genesisRoot = toHex(blockRoot(genesis.block))
  const blocks = new Map(made.map(({ block }) => [block.root, block]))
  const transport = createLibp2pTransport({
    scheduler,
    random: createRandom('feeder'),
    secretKey: new Uint8Array(32).fill(2),
    listen: ['/ip4/127.0.0.1/udp/0/quic-v1'],
    staticPeers: [peer],
    agent: 'trine/feeder',
  })
  const network = system.actor<NetworkMessage>('network', networkLanes)
  const chainActor = system.spawn<ChainMessage>('chain', chainLanes, () => ({
    receive(message) {
      if (message.type !== 'getBlock') return
      message.reply.answer(message.id.by === 'root' ? blocks.get(message.id.root) : undefined)
    },
  }))
  const sync = system.spawn<SyncMessage>('sync', syncLanes, () => ({ receive() {} }))
  const head = { root: genesisRoot, slot: 0 }
  network.start(
    createNetwork({
      transport,
      chain: chainActor,
      sync,
      events: { emit() {} },
      codec: createPayloadCodec('ssz3112'),
      networkName: NETWORK_NAME,
      genesisRoot,
      heads: { head, finalized: head },
    }),
  )
  await transport.start(network.ref)
  return { network: network.ref, isInMesh: () => transport.meshPeers().length > 0 }
}
