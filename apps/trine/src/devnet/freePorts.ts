import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { UserError } from '../userError.ts'

const HOST = '127.0.0.1'
const FURTHEST = 2000

/** The first of so many ports in a row, from a wanted one on, that nobody listens on. */
export async function freePorts(
  wanted: number,
  count: number,
  isFree: (port: number) => Promise<boolean>,
): Promise<number> {
  for (let first = wanted; first < wanted + FURTHEST; first += count) {
    const ports = Array.from({ length: count }, (_, position) => first + position)
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first
  }
  throw new UserError(`expected ${count} free ports in a row on ${HOST} from ${wanted} on, found none`)
}

export async function isFreeUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  try {
    socket.bind(port, HOST)
    await once(socket, 'listening')
    return true
  } catch {
    return false
  } finally {
    socket.close()
  }
}

export async function isFreeTcp(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, HOST)
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
