import { quic } from '@chainsafe/libp2p-quic'
import type { Libp2p, ServiceMap } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2pOptions } from 'libp2p'

/** As much time as a busy machine may take to say who it is; without that gossip never begins. */
export const IDENTIFY = { timeout: 60_000 }

const running = new Set<Libp2p<ServiceMap>>()

/** Starts a libp2p node without any of our code. It listens where it is told. */
export async function startRawNode<Services extends ServiceMap>(
  services: NonNullable<Libp2pOptions<Services>['services']>,
  listen: string[] = [],
): Promise<Libp2p<Services>> {
  const node = await createLibp2p<Services>({
    addresses: { listen },
    transports: [quic({ ipv6: false }), tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    services,
  })
  running.add(node)
  return node
}

export function stopRawNodes(): Promise<unknown> {
  const stopping = [...running].map((node) => node.stop())
  running.clear()
  return Promise.all(stopping)
}
