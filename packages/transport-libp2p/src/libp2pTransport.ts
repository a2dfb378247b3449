import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { Ref, Scheduler } from '@trine/actors'
import type { PeerId, Transport, TransportEvent } from '@trine/messages'
import { Asking } from './asking.ts'
import { Deadline } from './deadline.ts'
import { EventSink } from './eventSink.ts'
import { Gossip } from './gossip.ts'
import { GossipWatch } from './gossipWatch.ts'
import { createNode, type Node } from './libp2pNode.ts'
import { defaultTransportLimits, type Libp2pTransportOptions, type StaticPeer } from './options.ts'
import { Peers } from './peers.ts'
import { Serving } from './serving.ts'
import { StaticPeers } from './staticPeers.ts'

export type Libp2pTransport = Transport & {
  /** Where others reach it, with ports as given by the system; empty before `start`. */
  addresses(): readonly string[]
  /** Peers that gossip of any topic goes to directly. */
  meshPeers(): readonly PeerId[]
  /** Streams of all connections that are not closed by both sides. */
  openStreams(): number
}

/**
 * Longest that an orderly end may take, milliseconds. QUIC waits for three timeouts of every connection that it closed,
 * which on a busy machine are seconds; the peers have been told by then.
 */
const STOP_MILLISECONDS = 1500

/**
 * The real network behind the `Transport` port. Nothing is opened before `start`, which rejects when an address cannot
 * be listened on. Throws when the secret key or an address is none.
 */
export function createLibp2pTransport(options: Libp2pTransportOptions): Libp2pTransport {
  const { scheduler, random } = options
  const limits = { ...defaultTransportLimits, ...options.limits }
  const privateKey = privateKeyFromRaw(options.secretKey)
  const localPeerId: PeerId = peerIdFromPrivateKey(privateKey).toString()
  for (const address of [...options.listen, ...options.staticPeers.flatMap(({ addresses }) => addresses)]) {
    checkAddress(address)
  }
  let node: Node | undefined
  let isStarted = false

  const sink = new EventSink(scheduler)
  const gossip = new Gossip(sink, limits.maxGossipLength)
  const peers: Peers = new Peers(scheduler, sink, limits, (peerId) => {
    asking.peerGone(peerId)
    serving.peerGone(peerId)
    gossipWatch.gone(peerId)
    staticPeers.gone(peerId)
  })
  const gossipWatch = new GossipWatch({
    scheduler,
    lookMilliseconds: limits.gossipLookMilliseconds,
    isOpen: (peerId) => gossip.isOpen(peerId),
    isConnected: (peerId) => peers.isConnected(peerId),
    disconnect: (peerId, reason) => peers.disconnect(peerId, reason),
  })
  const asking = new Asking(scheduler, sink, peers)
  const serving = new Serving(scheduler, sink, limits, peers)
  const staticPeers = new StaticPeers(
    options.staticPeers.filter(({ peerId }) => peerId !== localPeerId),
    {
      scheduler,
      random,
      limits,
      dial: async (peer) =>
        node !== undefined &&
        !peers.isBanned(peer.peerId) &&
        dialPeer(node, peer, new Deadline(scheduler, limits.dialMilliseconds), sink),
      isConnected: (peerId) => peers.isConnected(peerId),
    },
  )

  const start = async (events: Ref<TransportEvent>): Promise<void> => {
    if (isStarted) throw new Error(`${localPeerId}: started twice`)
    isStarted = true
    const made = await createNode(options, limits, privateKey, peers, {
      maxLengthOf: (topic) => gossip.maxLengthOf(topic),
      scoreOf: (peerId) => peers.scoreOf(peerId),
      trafficOf: (peerId) => peers.trafficOf(peerId),
      onOpened: (peerId) => gossipWatch.opened(peerId),
      onBroken: (peerId, topic, error) => gossip.onBroken(peerId, topic, error),
    })
    sink.open(events)
    peers.start(made)
    await serving.start(made)
    await made.start()
    gossip.start(made.services.pubsub)
    gossipWatch.start()
    node = made
    staticPeers.start()
  }

  const stop = async (): Promise<void> => {
    sink.close()
    staticPeers.stop()
    asking.stop()
    serving.stop()
    gossipWatch.stop()
    gossip.stop()
    peers.stop()
    const stopping = node
    node = undefined
    if (stopping !== undefined) await stopNode(stopping, scheduler)
  }

  return {
    localPeerId,
    start,
    stop,
    subscribe: (topic, subscribed) => gossip.subscribe(topic, subscribed),
    unsubscribe: (topic) => gossip.unsubscribe(topic),
    publish: (topic, payload, reply) => gossip.publish(topic, payload, reply),
    reportVerdict: (reference, verdict) => gossip.reportVerdict(reference, verdict),
    serve: (protocols) => serving.serve(protocols),
    request: (request) => {
      if (node !== undefined) asking.request(request)
    },
    readOn: (requestId) => asking.readOn(requestId),
    cancelRequest: (requestId) => asking.cancel(requestId),
    respond: (inboundId, chunk) => serving.respond(inboundId, chunk),
    endResponse: (inboundId) => serving.endResponse(inboundId),
    setScore: (peerId, score) => peers.setScore(peerId, score),
    disconnect: (peerId, reason) => peers.disconnect(peerId, reason),
    ban: (peerId, milliseconds) => peers.ban(peerId, milliseconds),
    peers: () => peers.list(),
    meshPeers: () => gossip.meshPeers(),
    openStreams: () => (node?.getConnections() ?? []).reduce((sum, { streams }) => sum + streams.length, 0),
    addresses: () => (node?.getMultiaddrs() ?? []).map((address) => address.toString()),
  }
}

/** Whether it is connected now; of a failure the sink is told. */
async function dialPeer(
  node: Node,
  { peerId, addresses }: StaticPeer,
  deadline: Deadline,
  sink: EventSink,
): Promise<boolean> {
  try {
    await node.dial(
      addresses.map((address) => multiaddr(`${address}/p2p/${peerId}`)),
      { signal: deadline.signal },
    )
    return true
  } catch (error) {
    const cause = deadline.signal.aborted ? 'timeout' : 'error'
    sink.tell({ type: 'dialFailed', peerId, cause, message: (error as Error).message })
    return false
  } finally {
    deadline.cancel()
  }
}

/** Ends it in order, but waits no longer than `STOP_MILLISECONDS`. */
async function stopNode(node: Node, scheduler: Scheduler): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = scheduler.after(STOP_MILLISECONDS, resolve)
    Promise.resolve(node.stop())
      .then(resolve, reject)
      .finally(() => timer.cancel())
  })
}

function checkAddress(address: string): void {
  try {
    multiaddr(address)
  } catch (error) {
    throw new Error(`expected an address like /ip4/127.0.0.1/udp/9000/quic-v1, got ${address}`, {
      cause: error,
    })
  }
}
