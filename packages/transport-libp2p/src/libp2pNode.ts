import { quic } from '@chainsafe/libp2p-quic'
import type { GossipSub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import type { PeerId } from '@trine/messages'
import { createLibp2p } from 'libp2p'
import { createGossipSub, type GossipHooks } from './gossipSub.ts'
import type { Libp2pTransportOptions, TransportLimits } from './options.ts'
import { safeYamux } from './safeYamux.ts'

export type Node = Libp2p<{ pubsub: GossipSub }>

/** A libp2p host with QUIC, TCP with noise and yamux, identify and gossip; not started. */
export async function createNode(
  options: Libp2pTransportOptions,
  limits: TransportLimits,
  privateKey: PrivateKey,
  gate: { isBanned(peerId: PeerId): boolean; refuses(peerId: PeerId): boolean },
  hooks: GossipHooks,
): Promise<Node> {
  return createLibp2p({
    start: false,
    privateKey,
    addresses: { listen: [...options.listen] },
    nodeInfo: { userAgent: options.agent },
    transports: [quic({ ipv6: false }), tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [safeYamux()],
    // Its pings need a protocol that other clients do not speak; without an answer it would hang up.
    connectionMonitor: { enabled: false },
    // Nodes of a devnet share an address: the usual five connections a second from one are too few.
    connectionManager: { maxConnections: limits.maxConnections, inboundConnectionThreshold: 1000 },
    connectionGater: {
      denyDialPeer: (peerId) => gate.isBanned(peerId.toString()),
      denyInboundEncryptedConnection: (peerId) => gate.refuses(peerId.toString()),
    },
    services: {
      // Gossip with a peer begins once it has said who it is: as much time as it has for connecting.
      identify: identify({ timeout: limits.dialMilliseconds }),
      pubsub: createGossipSub(limits, hooks),
    },
  }) as unknown as Promise<Node>
}
