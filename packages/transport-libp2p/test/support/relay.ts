import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Relay = {
  /** Where it listens. */
  readonly address: string
  /** Somebody has connected. */
  readonly isUsed: () => boolean
  /** Carries to there from now on, also for those who wait. */
  carryTo(address: string): void
  /** Breaks the connections of now; later ones are carried. */
  cut(): void
  close(): void
}

/** A TCP path between two endpoints that can be cut. */
export async function startRelay(): Promise<Relay> {
  const inbound = new Set<Socket>()
  let target: number | undefined
  const carry = (socket: Socket) => {
    const other = connect(target!, '127.0.0.1')
    for (const [one, another] of [
      [socket, other],
      [other, socket],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => another.destroy())
      one.pipe(another)
    }
  }
  const server = createServer((socket) => {
    inbound.add(socket)
    socket.on('close', () => inbound.delete(socket))
    if (target !== undefined) carry(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of inbound) socket.destroy()
  }
  return {
    address: `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`,
    isUsed: () => inbound.size > 0,
    carryTo: (address) => {
      target = Number(address.split('/')[4])
      for (const socket of inbound) carry(socket)
    },
    cut,
    close: () => {
      cut()
      server.close()
    },
  }
}
