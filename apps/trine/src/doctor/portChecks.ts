import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { NodeConfig } from '@trine/config'
import { type Check, fail, ok } from './check.ts'

type Port = {
  readonly kind: 'udp' | 'tcp'
  readonly host: string
  readonly port: number
  readonly flag: string
}

/** Whether the ports that the node would listen on are free. */
export async function checkPorts(config: NodeConfig, listen: readonly string[]): Promise<Check[]> {
  const checks: Check[] = []
  // One after the other: two settings may name one port.
  const open: Disposable[] = []
  try {
    for (const port of portsOf(config, listen)) checks.push(await checkPort(port, open))
  } finally {
    for (const each of open) each[Symbol.dispose]()
  }
  return checks
}

function portsOf(config: NodeConfig, listen: readonly string[]): Port[] {
  const network = listen.flatMap((address): Port[] => {
    const [, host, kind, port] = /^\/ip[46]\/([^/]+)\/(udp|tcp)\/(\d+)/.exec(address) ?? []
    if (host === undefined || (kind !== 'udp' && kind !== 'tcp')) return []
    return [{ kind, host, port: Number(port), flag: kind === 'udp' ? '--quic-port' : '--tcp-port' }]
  })
  const { api, httpAddress, apiPort = 5052, metrics, metricsAddress, metricsPort = 8080 } = config
  const { adminPort, adminAddress } = config
  return [
    ...network,
    ...(api ? [{ kind: 'tcp', host: httpAddress, port: apiPort, flag: '--api-port' } as const] : []),
    ...(metrics
      ? [{ kind: 'tcp', host: metricsAddress, port: metricsPort, flag: '--metrics-port' } as const]
      : []),
    ...(adminPort === undefined
      ? []
      : [{ kind: 'tcp', host: adminAddress, port: adminPort, flag: '--admin-port' } as const]),
  ]
}

async function checkPort({ kind, host, port, flag }: Port, open: Disposable[]): Promise<Check> {
  const name = `port ${kind} ${port}`
  try {
    open.push(kind === 'udp' ? await bindUdp(host, port) : await bindTcp(host, port))
    return ok(name, `free on ${host}`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') {
      return fail(
        name,
        `in use on ${host}`,
        `end what listens there (this node, if it runs), or choose another ${flag}`,
      )
    }
    return fail(
      name,
      `cannot be had on ${host}: ${message}`,
      `choose another ${flag}, or an address of this machine`,
    )
  }
}

async function bindUdp(host: string, port: number): Promise<Disposable> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  socket.bind(port, host)
  await once(socket, 'listening')
  return { [Symbol.dispose]: () => void socket.close() }
}

async function bindTcp(host: string, port: number): Promise<Disposable> {
  const server = createServer()
  server.listen(port, host)
  await once(server, 'listening')
  return { [Symbol.dispose]: () => void server.close() }
}
