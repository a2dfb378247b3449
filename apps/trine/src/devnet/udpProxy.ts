import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createRandom } from '@trine/actors'

/** What a proxy does to each packet, in both directions; it may be changed while it runs. */
export type PacketFate = {
  /** Share of the packets that are lost, 0 to 1; 1 is a partition. */
  loss: number
  /** Added to the way of each packet, milliseconds. */
  delay: number
}

/** A way to a UDP port that loses and delays packets. */
export type UdpProxy = { readonly port: number; readonly fate: PacketFate; close(): void }

/** Listens on a free port of loopback and passes packets to `target` and back, for each client from a port of its own. */
export async function startUdpProxy(target: number, seed: string, fate: PacketFate): Promise<UdpProxy> {
  const random = createRandom(seed)
  const upstreams = new Map<number, Socket>()
  const front = createSocket('udp4')
  let isClosed = false
  const pass = (packet: Buffer, socket: Socket, port: number) => {
    if (random.chance(fate.loss)) return
    setTimeout(() => !isClosed && socket.send(packet, port, '127.0.0.1'), fate.delay)
  }
  const upstreamOf = (client: number) => {
    const known = upstreams.get(client)
    if (known !== undefined) return known
    const upstream = createSocket('udp4')
    upstreams.set(client, upstream)
    upstream.on('message', (packet) => pass(packet, front, client))
    // What a dead node's port answers is what a lost packet is.
    upstream.on('error', () => {})
    return upstream
  }
  front.on('message', (packet, { port }) => pass(packet, upstreamOf(port), target))
  front.on('error', () => {})
  front.bind(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    port: front.address().port,
    fate,
    close: () => {
      isClosed = true
      front.close()
      for (const upstream of upstreams.values()) upstream.close()
    },
  }
}
