import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, createSystemScheduler } from '@trine/actors'
import { createLibp2pTransport } from '@trine/transport-libp2p'
import { PRESET } from '@trine/types'
import { freePorts, isFreeTcp, isFreeUdp } from './freePorts.ts'
import { type Checkpoint, ProcessNode } from './processNode.ts'
import { runTrine, until } from './trineProcess.ts'
import { type PacketFate, startUdpProxy, type UdpProxy } from './udpProxy.ts'

export type Wire = 'quic' | 'tcp'

export type ProcessDevnetOptions = {
  /** Of the network's files, data and logs; made when it is not there. */
  readonly folder: string
  /** Where free ports are looked for, unlike that of any network being made at the same time; by the process unless given. */
  readonly firstPort?: number
  /** Nodes with validators. */
  readonly nodes: number
  readonly validators: number
  /** Nodes without validators; they come last and are started by hand. */
  readonly followers?: number
  /** How node `from` dials node `to`. */
  readonly wire?: (from: number, to: number) => Wire
  /** When given, all QUIC goes through proxies that treat the packets of each pair so. */
  readonly fate?: (from: number, to: number) => PacketFate
  readonly activeEpochs?: number
  /** Whether clocks of nodes can be set; each compares its own with those of three others. */
  readonly canSetClocks?: boolean
  /** More arguments for each node. */
  readonly args?: (index: number) => readonly string[]
  /** Whether nodes print into files of the folder. */
  readonly logsToFiles?: boolean
}

/** Ports in a row, one for each node. */
type Ports = {
  readonly udp: number
  readonly api: number
  readonly metrics: number
  readonly tcp: number
  readonly admin: number
}

let made = 0

/** A network of `trine node` processes on loopback, with files made by `trine genesis`. */
export class ProcessDevnet {
  readonly folder: string
  /** Those with validators. */
  readonly nodes: readonly ProcessNode[]
  readonly followers: readonly ProcessNode[]
  readonly #proxies: readonly UdpProxy[]
  #genesisTime: number

  private constructor(
    options: ProcessDevnetOptions,
    nodes: readonly ProcessNode[],
    proxies: readonly UdpProxy[],
  ) {
    this.folder = options.folder
    this.nodes = nodes.slice(0, options.nodes)
    this.followers = nodes.slice(options.nodes)
    this.#proxies = proxies
    this.#genesisTime = Number(/^GENESIS_TIME: (\d+)$/m.exec(readFileSync(this.#config, 'utf8'))![1])
  }

  /** Makes the files; nothing runs yet. */
  static async make(options: ProcessDevnetOptions): Promise<ProcessDevnet> {
    const { folder, nodes, validators, followers = 0, activeEpochs = 1024 } = options
    const count = nodes + followers
    const genesis = join(folder, 'genesis')
    const ports = await findPorts(count, options.firstPort)
    await runTrine([
      ...['genesis', '--out', genesis, '--nodes', `${nodes}`, '--validators', `${validators}`],
      ...['--active-epochs', `${activeEpochs}`, '--genesis-time', '+1h'],
      ...['--base-port', `${ports.udp}`],
      ...['--base-metrics-port', `${ports.metrics}`, '--base-api-port', `${ports.api}`],
    ])
    for (let index = nodes; index < count; index++) {
      writeFileSync(join(genesis, `trine_${index}.key`), `00${randomBytes(31).toString('hex')}`, {
        mode: 0o600,
      })
    }
    for (const name of ['logs', 'clocks']) mkdirSync(join(folder, name), { recursive: true })
    const proxies: UdpProxy[] = []
    const peerIds = Array.from({ length: count }, (_, index) => peerIdOf(join(genesis, `trine_${index}.key`)))
    const all: ProcessNode[] = []
    for (let index = 0; index < count; index++) {
      const bootnodes = await bootnodesOf(index, peerIds, ports, options, proxies)
      all.push(planNode(index, bootnodes, ports, options))
    }
    return new ProcessDevnet(options, all, proxies)
  }

  get #config(): string {
    return join(this.folder, 'genesis', 'config.yaml')
  }

  /** Unix seconds. Only nodes that have nothing on disk take a new one. */
  get genesisTime(): number {
    return this.#genesisTime
  }

  set genesisTime(seconds: number) {
    this.#genesisTime = seconds
    const text = readFileSync(this.#config, 'utf8')
    writeFileSync(this.#config, text.replace(/^GENESIS_TIME: .*$/m, `GENESIS_TIME: ${seconds}`))
  }

  /** Starts all nodes with validators, with genesis when they should be ready: that takes longer on a slow machine. */
  async start(): Promise<void> {
    const begin = performance.now()
    await runTrine(['--version'])
    const secondsToStart = (performance.now() - begin) / 1000
    this.genesisTime = Math.ceil(Date.now() / 1000 + 6 + 4 * secondsToStart * this.nodes.length)
    for (const node of this.nodes) node.start()
  }

  /** Kills what still runs. */
  async end(): Promise<void> {
    await Promise.all([...this.nodes, ...this.followers].map((node) => node.end('SIGKILL')))
    for (const proxy of this.#proxies) proxy.close()
  }

  /** The slot it is; negative before genesis. */
  get slot(): number {
    return Math.floor((Date.now() / 1000 - this.#genesisTime) / PRESET.secondsPerSlot)
  }

  /** Waits until every node knows all others. */
  async connect(seconds: number): Promise<void> {
    const wanted = this.nodes.length - 1
    await this.untilEach(
      `${wanted} peers`,
      seconds,
      this.nodes,
      async (node) => (await node.peers()) >= wanted,
    )
  }

  /** Waits until the nodes have finalized a slot. */
  async finalize(slot: number, seconds: number, nodes: readonly ProcessNode[] = this.nodes): Promise<void> {
    await this.untilEach(`slot ${slot} finalized`, seconds, nodes, async (node) => {
      const finalized = await node.finalized()
      return finalized !== undefined && finalized.slot >= slot
    })
  }

  /** The latest finalized checkpoint of the nodes that run. */
  async latestFinalized(): Promise<Checkpoint> {
    const running = this.nodes.filter(({ process }) => process?.isRunning)
    const all = await Promise.all(running.map((node) => node.answer(() => node.finalized())))
    return all.reduce((latest, one) => (one.slot > latest.slot ? one : latest))
  }

  /** Throws with what the nodes print and answer when it does not come true for each in time. */
  async untilEach(
    what: string,
    seconds: number,
    nodes: readonly ProcessNode[],
    holds: (node: ProcessNode) => Promise<boolean>,
  ): Promise<void> {
    try {
      for (const node of nodes) {
        await until(`${what} at node ${node.index}`, seconds, async () => {
          if (node.process?.isRunning) return (await holds(node)) || undefined
          throw new Error(`expected ${what} at node ${node.index}, it does not run`)
        })
      }
    } catch (error) {
      const described = await Promise.all([...this.nodes, ...this.followers].map((node) => node.describe()))
      throw new Error(`${(error as Error).message}\n${described.join('\n')}`)
    }
  }
}

async function findPorts(count: number, firstPort: number | undefined): Promise<Ports> {
  // Networks run side by side, so each looks from a place of its own; below the ports that the system gives to clients.
  const place = firstPort ?? 10_000 + (process.pid % 70) * 300 + (made++ % 6) * 50
  const udp = await freePorts(place, count, isFreeUdp)
  const api = await freePorts(place, 4 * count, isFreeTcp)
  return { udp, api, metrics: api + count, tcp: api + 2 * count, admin: api + 3 * count }
}

async function bootnodesOf(
  from: number,
  peerIds: readonly string[],
  { udp, tcp }: Ports,
  { nodes, wire = () => 'quic', fate }: ProcessDevnetOptions,
  proxies: UdpProxy[],
): Promise<string[]> {
  const addresses: string[] = []
  for (let to = 0; to < nodes; to++) {
    if (to === from) continue
    if (wire(from, to) === 'tcp') {
      addresses.push(`/ip4/127.0.0.1/tcp/${tcp + to}/p2p/${peerIds[to]}`)
      continue
    }
    const proxy = fate && (await startUdpProxy(udp + to, `${from}-${to}`, fate(from, to)))
    if (proxy !== undefined) proxies.push(proxy)
    addresses.push(`/ip4/127.0.0.1/udp/${proxy?.port ?? udp + to}/quic-v1/p2p/${peerIds[to]}`)
  }
  return addresses
}

function planNode(
  index: number,
  bootnodes: readonly string[],
  { udp, api, metrics, tcp, admin }: Ports,
  { folder, nodes, args, logsToFiles, canSetClocks }: ProcessDevnetOptions,
): ProcessNode {
  const name = `trine_${index}`
  const host = 'http://127.0.0.1'
  const others = [1, 2, 3].map((distance) => (index + distance) % nodes).filter((other) => other !== index)
  return new ProcessNode({
    index,
    name,
    args: [
      ...['--genesis', join(folder, 'genesis'), '--node-id', name, '--data-dir', join(folder, 'data', name)],
      ...['--socket-address', '127.0.0.1', '--quic-port', `${udp + index}`, '--tcp-port', `${tcp + index}`],
      ...['--api-port', `${api + index}`, '--metrics-port', `${metrics + index}`],
      ...['--admin-port', `${admin + index}`, '--admin-token-file', join(folder, 'admin-token')],
      ...['--bootnodes', bootnodes.join(',') || 'none'],
      ...(index < nodes ? [] : ['--validators', 'none']),
      ...(canSetClocks ? others.flatMap((other) => ['--time-sources', `${host}:${api + other}`]) : []),
      ...(args?.(index) ?? []),
    ],
    apiUrl: `${host}:${api + index}`,
    metricsUrl: `${host}:${metrics + index}`,
    adminUrl: `${host}:${admin + index}`,
    ...(canSetClocks ? { clockFile: join(folder, 'clocks', name) } : {}),
    ...(logsToFiles ? { logFile: join(folder, 'logs', `${name}.log`) } : {}),
  })
}

function peerIdOf(keyFile: string): string {
  const secretKey = Uint8Array.from(Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'hex'))
  const scheduler = createSystemScheduler()
  const parts = { scheduler, random: createRandom('unused'), listen: [], staticPeers: [], agent: 'unused' }
  return createLibp2pTransport({ ...parts, secretKey }).localPeerId
}
