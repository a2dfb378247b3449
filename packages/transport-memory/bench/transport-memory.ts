/**
 * Votes of all nodes, one each per slot, through the simulated network into actors that accept them: real time per slot,
 * per delivery, and memory per node. `npm run bench -- transport-memory [--json FILE]`
 */
import { writeFileSync } from 'node:fs'
import {
  createActorSystem,
  createRandom,
  defineLanes,
  type Ref,
  type Scheduler,
  VirtualScheduler,
} from '@trine/actors'
import type { Transport, TransportEvent } from '@trine/messages'
import { createMemoryNetwork, type MemoryNetworkOptions } from '../src/index.ts'

const TOPIC = '/leanconsensus/devnet0/attestation/ssz_snappy'
const SLOT = 4000
const WARM_UP_SLOTS = 10
const SLOTS = 11
/** Bytes of a signed vote. */
const VOTE = 3248

const lanes = defineLanes<TransportEvent>()({
  lanes: {
    peers: { rank: 0, capacity: 4096, whenFull: 'refuse' },
    other: { rank: 1, capacity: 64, whenFull: 'refuse' },
    votes: { rank: 2, capacity: 8192, whenFull: 'dropOldest' },
  },
  laneOf: {
    peerConnected: 'peers',
    peerDisconnected: 'peers',
    dialFailed: 'peers',
    peerFlooding: 'peers',
    requestReceived: 'other',
    requestAborted: 'other',
    responseDrained: 'other',
    responseChunk: 'other',
    responseEnded: 'other',
    gossipBlock: 'other',
    gossipAttestation: 'votes',
    gossipBroken: 'votes',
  },
})

function spawnNode(scheduler: Scheduler, transport: Transport, heard: { count: number }): void {
  const system = createActorSystem({
    name: transport.localPeerId,
    scheduler,
    onFailure: ({ error }) => {
      throw error
    },
  })
  const ref: Ref<TransportEvent> = system.spawn('network', lanes, () => ({
    receive(event) {
      if (event.type !== 'gossipAttestation') return
      heard.count += 1
      transport.reportVerdict(event.gossip, 'accept')
    },
  }))
  transport.subscribe(TOPIC, { deliverAs: 'gossipAttestation', maxLength: 10_000 })
  void transport.start(ref)
}

async function run(nodes: number, gossip: NonNullable<MemoryNetworkOptions['gossip']>) {
  const scheduler = new VirtualScheduler()
  const network = createMemoryNetwork({ scheduler, random: createRandom('bench'), gossip })
  const heard = { count: 0 }
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  const transports = Array.from({ length: nodes }, (_, index) => network.createTransport(`node-${index}`))
  for (const transport of transports) spawnNode(scheduler, transport, heard)
  network.connectAll()
  await scheduler.advance(SLOT)
  const times: number[] = []
  for (let slot = 0; slot < WARM_UP_SLOTS + SLOTS; slot++) {
    for (const [index, transport] of transports.entries()) {
      const payload = new Uint8Array(VOTE)
      new DataView(payload.buffer).setUint32(0, slot * nodes + index)
      transport.publish(TOPIC, payload, { answer: () => true, refuse: () => true, isOpen: true })
    }
    const began = performance.now()
    await scheduler.advance(SLOT)
    if (slot >= WARM_UP_SLOTS) times.push(performance.now() - began)
  }
  const expected = (WARM_UP_SLOTS + SLOTS) * nodes * (nodes - 1)
  if (heard.count !== expected) throw new Error(`expected ${expected} votes to arrive, got ${heard.count}`)
  globalThis.gc?.()
  const kilobytesPerNode = (process.memoryUsage().heapUsed - heapBefore) / nodes / 1024
  const perSlot = times.sort((left, right) => left - right)[SLOTS >> 1]!
  return { perSlot, perDelivery: (perSlot * 1000) / (nodes * (nodes - 1)), kilobytesPerNode }
}

const results: Record<string, unknown>[] = []
for (const nodes of [4, 16, 64, 256]) {
  for (const gossip of [{ mode: 'direct' } as const, { mode: 'mesh', degree: 8 } as const]) {
    const figures = await run(nodes, gossip)
    results.push({ nodes, gossip: gossip.mode, ...figures })
    console.log(
      `${String(nodes).padStart(4)} nodes, ${gossip.mode.padEnd(6)} ${figures.perSlot.toFixed(2).padStart(8)} ms a slot ` +
        `${figures.perDelivery.toFixed(2).padStart(6)} us a delivery ${figures.kilobytesPerNode.toFixed(0).padStart(6)} KiB a node`,
    )
  }
}

const jsonAt = process.argv.indexOf('--json')
if (jsonAt !== -1)
  writeFileSync(process.argv[jsonAt + 1]!, JSON.stringify({ 'transport-memory': results }, null, 2))
